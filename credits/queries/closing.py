"""What closing months reads: for however many agreements and months, the same number of queries.

Clause: JS-13, JS-14, JS-17, JS-20.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from credits.models.closes import MonthClose
from credits.rules.closing import Inputs, fee_of
from credits.rules.seals import hash_of
from credits.rules.service_credits import Crossing, MonthlyFee, Occurrence
from incidents.models import Category, Incident, Outage
from incidents.rules.months import Month, months_between
from incidents.rules.service import Service
from incidents.uptime import services_of
from portal.clients.models import Agreement, AgreementQuerySet
from portal.clocks.models import Clock
from portal.contract.terms import Terms
from portal.journal.models import Event
from portal.journal.subjects import described

THRESHOLDS = ("response_credit", "resolution_credit")
FARTHEST_ZONE = timedelta(hours=26)
"""No local month begins or ends farther from UTC's."""
REACH = 12
"""How many months before a month a recurrence may reach back to, at most."""


class Key(NamedTuple):
    """An agreement's id and a month."""

    agreement_id: int
    month: Month


class Block(NamedTuple):
    """Something that keeps a month from closing by itself: what it is, its subject, its remedy, and the clause."""

    kind: str
    subject: str
    text: str
    remedy: str
    clause: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of some agreements' months that are over.

    Attributes:
        agreements: By id.
        inputs: What each month's credits depend on, for months in which the terms grant any.
        blocks: What keeps a month from closing by itself, in order.
        closed: The last close of each month, where there is one.
    """

    agreements: Mapping[int, Agreement]
    inputs: Mapping[Key, Inputs]
    blocks: Mapping[Key, Sequence[Block]]
    closed: Mapping[Key, MonthClose]


def crediting() -> AgreementQuerySet:
    """Return the agreements whose terms grant credits, or have come to by an amendment; ended ones too."""
    amended = Event.objects.filter(agreement=OuterRef("pk")).amendments()
    return Agreement.objects.filter(activated_at__isnull=False).filter(Q(terms__has_key="credits") | Exists(amended))


def read_months(agreements: AgreementQuerySet, first: Month, last: Month, *, now: datetime) -> Reading:
    """Read every month from the first to the last that is over where the agreement is. Eight queries, always."""
    rows = {agreement.pk: agreement for agreement in agreements.select_related("client")}
    services = services_of(rows.values(), until=now)
    lo = datetime(first.year, first.number, 1, tzinfo=UTC) - FARTHEST_ZONE
    after = last.plus(1)
    hi = datetime(after.year, after.number, 1, tzinfo=UTC) + FARTHEST_ZONE
    crossings = _crossings(agreements, lo, hi)
    occurrences = _occurrences(agreements, lo, hi)
    closed = _closed(agreements, first, last)
    gaps = _Gaps(agreements, lo, hi)
    inputs: dict[Key, Inputs] = {}
    blocks: dict[Key, list[Block]] = {}
    for pk, agreement in rows.items():
        zone = ZoneInfo(agreement.zone)
        service = services[pk]
        assert service.setting.active is not None  # noqa: S101  # Only a history knows no activation.
        active_from, end = service.setting.active
        begin = min([active_from, *(one.at for one in crossings[pk])])
        for month in months_between(max(first, Month.of(begin, zone)), last):
            if month.end(zone) > now or month.start(zone) >= end:
                continue
            key = Key(pk, month)
            found = _inputs(
                agreement,
                month,
                zone,
                service,
                crossings[pk],
                occurrences[pk],
                closed.get(key),
                terms=service.terms_of(month),
            )
            if found is not None:
                inputs[key] = found
                blocks[key] = gaps.of(agreement, found)
    return Reading(rows, inputs, blocks, closed)


def subject_paths(subjects: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """Return where staff mend what holds a month up, by the agreement and the subject. One query a kind of subject."""
    wanted = set(subjects)
    found = {(pk, name): reverse("agreement", args=[pk]) for pk, name in wanted if name == "agreement"}
    keys = ((kind, (pk, ref)) for pk, (kind, _, ref) in ((pk, name.partition(":")) for pk, name in wanted))
    return found | {(pk, f"{kind}:{ref}"): shown.staff_path for (kind, (pk, ref)), shown in described(keys).items()}


_hashes: dict[int, tuple[Terms, str]] = {}


def _hash_of_terms(terms: Terms) -> str:
    """Return the hash of a whole document with its holidays; of the last few documents it is kept."""
    known = _hashes.get(id(terms))
    if known is None or known[0] is not terms:
        if len(_hashes) > 64:
            _hashes.clear()
        known = _hashes[id(terms)] = terms, hash_of(terms.to_json())
    return known[1]


def _inputs(
    agreement: Agreement,
    month: Month,
    zone: ZoneInfo,
    service: Service,
    crossings: Sequence[Crossing],
    occurrences: Sequence[Occurrence],
    closed: MonthClose | None,
    *,
    terms: Terms,
) -> Inputs | None:
    if terms.document.credits is None:
        return None
    start, end = month.start(zone), month.end(zone)
    recurring = terms.document.credits.recurring
    back = month.plus(-recurring.months.value - 1).start(zone) if recurring is not None else start
    fee = fee_of(closed.inputs) if closed is not None else None
    if fee is None and agreement.fee is not None:
        fee = MonthlyFee.of(agreement.fee, agreement.fee_per)
    return Inputs(
        month=month,
        zone=zone,
        crossings=tuple(one for one in crossings if start <= one.at < end),
        occurrences=tuple(one for one in occurrences if back <= one.reported_at < end),
        figure=service.figure_of(month),
        fee=fee,
        hosting=agreement.hosting,
        terms=terms.document.credits,
        terms_name=terms.document.name,
        terms_hash=_hash_of_terms(terms),
    )


def _crossings(agreements: AgreementQuerySet, lo: datetime, hi: datetime) -> dict[int, list[Crossing]]:
    """Return the thresholds that broke, those whose breach was voided excepted. One query. Clause: JS-13, T-5."""
    clocks = Clock.objects.filter(
        agreement__in=agreements.values("pk"), breached_at__gte=lo, breached_at__lt=hi, target__in=THRESHOLDS
    )
    found: dict[int, list[Crossing]] = defaultdict(list)
    rows = clocks.order_by("breached_at", "subject_ref", "target", "ordinal")
    for pk, kind, ref, target, severity, at in rows.values_list(
        "agreement_id", "subject_kind", "subject_ref", "target", "severity", "breached_at"
    ):
        if at is not None:
            found[pk].append(Crossing(at, f"{kind}:{ref}", severity, target))
    return found


def _occurrences(agreements: AgreementQuerySet, lo: datetime, hi: datetime) -> dict[int, list[Occurrence]]:
    """Return the supported incidents of problems that any of the months may count. One query. Clause: JS-13."""
    incidents = Incident.objects.filter(
        agreement__in=agreements.values("pk"),
        problem__isnull=False,
        supported=True,
        ended_at__isnull=True,
        reported_at__gte=lo - timedelta(days=31 * REACH),
        reported_at__lt=hi,
    )
    found: dict[int, list[Occurrence]] = defaultdict(list)
    for pk, ref, problem, severity, at in incidents.order_by("reported_at", "ref").values_list(
        "agreement_id", "ref", "problem__ref", "severity", "reported_at"
    ):
        found[pk].append(Occurrence(at, f"incident:{ref}", problem, severity))
    return found


def _closed(agreements: AgreementQuerySet, first: Month, last: Month) -> dict[Key, MonthClose]:
    """Return the last close of each month. One query."""
    closes = MonthClose.objects.filter(
        agreement__in=agreements.values("pk"),
        month__gte=date(first.year, first.number, 1),
        month__lte=date(last.year, last.number, 1),
        superseded_by__isnull=True,
    )
    return {Key(close.agreement_id, Month(close.month.year, close.month.month)): close for close in closes}


class _Gaps:
    """What speaks against closing months by themselves. Three queries for all of them. Clause: JS-13, JS-17."""

    def __init__(self, agreements: AgreementQuerySet, lo: datetime, hi: datetime) -> None:
        ours = {"agreement__in": agreements.values("pk")}
        self.open_outages: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
        outages = Outage.objects.filter(**ours, ends_at__isnull=True, starts_at__lt=hi).order_by("starts_at", "ref")
        for pk, ref, at in outages.values_list("agreement_id", "ref", "starts_at"):
            self.open_outages[pk].append((ref, at))
        self.unaccounted: dict[int, list[tuple[str, datetime, datetime | None]]] = defaultdict(list)
        unsaid = Incident.objects.filter(
            Q(resolved_at__isnull=True) | Q(resolved_at__gte=lo),
            **ours,
            category=Category.AVAILABILITY,
            supported=True,
            ended_at__isnull=True,
            outages__isnull=True,
            no_downtime__isnull=True,
            reported_at__lt=hi,
        )
        # Ordered here: asked for in order, SQLite goes through every incident there is, newest first.
        rows = unsaid.order_by().values_list("agreement_id", "ref", "reported_at", "resolved_at")
        for pk, ref, at, solved in sorted(rows, key=lambda row: (row[2], row[1])):
            self.unaccounted[pk].append((ref, at, solved))
        still_open = Incident.objects.open().filter(agreement=OuterRef("agreement"), ref=OuterRef("subject_ref"))
        over = Clock.objects.filter(
            Exists(still_open), **ours, target__in=THRESHOLDS, breached_at__gte=lo, breached_at__lt=hi
        )
        self.over: dict[int, set[str]] = defaultdict(set)
        for pk, ref in over.order_by().values_list("agreement_id", "subject_ref"):
            self.over[pk].add(ref)

    def of(self, agreement: Agreement, inputs: Inputs) -> list[Block]:
        """Return what speaks against closing one month by itself, in order."""
        start, end = inputs.month.start(inputs.zone), inputs.month.end(inputs.zone)
        found = []
        if inputs.figure is not None:
            found += [
                Block(
                    "open_outage",
                    f"outage:{ref}",
                    f"Outage {ref} is still open, so nobody can say how long the service was down.",
                    "Record its end.",
                    "JS-17",
                )
                for ref, at in self.open_outages[agreement.pk]
                if at < end
            ]
            found += [
                Block(
                    "unaccounted",
                    f"incident:{ref}",
                    f"{ref} was about availability, and there is no data of its downtime.",
                    "Record its outage, or state with a reason that there was none.",
                    "JS-17",
                )
                for ref, at, solved in self.unaccounted[agreement.pk]
                if at < end and (solved is None or solved >= start)
            ]
        crossed = {one.subject for one in inputs.crossings}
        found += [
            Block(
                "over_threshold",
                f"incident:{ref}",
                f"{ref} is over a threshold of credits and still open, so its severity and cause may change.",
                "Resolve it.",
                "JS-13",
            )
            for ref in sorted(self.over[agreement.pk])
            if f"incident:{ref}" in crossed
        ]
        if inputs.fee is None and inputs.lines():
            found.append(
                Block(
                    "no_fee",
                    "agreement",
                    "No fee is on record to take percents of.",
                    "Enter the agreement's fee.",
                    "JS-14",
                )
            )
        return found
