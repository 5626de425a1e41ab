"""What is at stake now: the running month's cost of agreements, and what open incidents will add. Staff only.

Clause: JS-13, JS-14, JS-20.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Max, Min, Q, QuerySet

from credits.queries.closing import THRESHOLDS
from credits.rules.exposure import Known, Step, steps
from credits.rules.service_credits import CreditLine, Crossing, MonthlyFee, Occurrence
from incidents.models import Incident, Outage
from incidents.rules.months import Month, months_between
from incidents.service_page import month_title
from incidents.uptime import services_of
from portal.clients.models import Agreement, AgreementQuerySet, Client
from portal.clocks.models import Clock, State
from portal.contract.money import Money

REACH = timedelta(days=31 * 13)
"""How far back a recurrence may reach, at most."""
LONGEST_MONTH = timedelta(days=31, hours=1)
"""A month in which the clocks go back."""
NEAREST = 50
"""How many agreements an overview reckons."""
MOST = 20
"""Thresholds that are listed; soonest first."""


@dataclass(frozen=True, slots=True)
class Stake:
    """An agreement's running month: its lines so far, their sum, and what is still ahead."""

    agreement: Agreement
    month: Month
    fee: MonthlyFee | None
    lines: Sequence[CreditLine]
    cost: Money | None
    ahead: Sequence[Step]

    @property
    def title(self) -> str:
        """The month in words."""
        return month_title(self.month)


def crediting(at: datetime) -> AgreementQuerySet:
    """Return the running agreements whose terms grant credits."""
    return Agreement.objects.active(at).filter(terms__has_key="credits")


def stakes_of(agreements: Iterable[Agreement], *, at: datetime) -> dict[int, Stake]:
    """Return what is at stake under some agreements, by their id. Four queries, however many. Clause: JS-13, JS-20."""
    rows = {agreement.pk: agreement for agreement in agreements}
    services = services_of(rows.values(), until=at)
    months = {pk: Month.of(at, ZoneInfo(row.zone)) for pk, row in rows.items()}
    begin = min((months[pk].start(ZoneInfo(row.zone)) for pk, row in rows.items()), default=at)
    crossings, running, clauses = _thresholds(rows, since=begin)
    occurrences = _occurrences(rows, since=begin - REACH)
    stakes: dict[int, Stake] = {}
    for pk, agreement in rows.items():
        service, zone, month = services[pk], ZoneInfo(agreement.zone), months[pk]
        last = max((Month.of(one.at, zone) for one in running[pk]), default=month)
        terms_of = {}
        for one in months_between(month, last):
            terms = service.terms_of(one).document.credits
            if terms is not None:
                terms_of[one] = terms
        figures = [figure for figure in service.figures if figure.month == month]
        fee = MonthlyFee.of(agreement.fee, agreement.fee_per) if agreement.fee is not None else None
        known = Known(
            zone=zone,
            crossings=tuple(crossings[pk]),
            occurrences=tuple(occurrences[pk]),
            figure=figures[0] if figures else None,
            fee=fee,
            terms_of=terms_of,
        )
        ahead = list(steps(known, running[pk], clauses[pk]))
        stakes[pk] = Stake(agreement, month, fee, known.lines(month), known.cost(month), ahead)
    return stakes


def _thresholds(
    rows: Mapping[int, Agreement], *, since: datetime
) -> tuple[dict[int, list[Crossing]], dict[int, list[Crossing]], dict[int, dict[Crossing, str]]]:
    """Return the thresholds that broke since an instant, those that run with their due, and their clauses. Two queries.

    Voided breaches don't count: they have left the clock.
    """
    broken: dict[int, list[Crossing]] = defaultdict(list)
    running: dict[int, list[Crossing]] = defaultdict(list)
    clauses: dict[int, dict[Crossing, str]] = defaultdict(dict)
    clocks = Clock.objects.filter(agreement__in=rows, target__in=THRESHOLDS)
    over = clocks.filter(breached_at__gte=since).order_by("breached_at", "id")
    for clock in over:
        assert clock.breached_at is not None  # noqa: S101  # The filter says so.
        broken[clock.agreement_id].append(Crossing(clock.breached_at, clock.subject, clock.severity, clock.target))
    for clock in clocks.filter(state=State.RUNNING, due_at__isnull=False).order_by("due_at", "id"):
        assert clock.due_at is not None  # noqa: S101  # The filter says so.
        crossing = Crossing(clock.due_at, clock.subject, clock.severity, clock.target)
        running[clock.agreement_id].append(crossing)
        clauses[clock.agreement_id][crossing] = clock.clause
    return broken, running, clauses


def _occurrences(rows: Mapping[int, Agreement], *, since: datetime) -> dict[int, list[Occurrence]]:
    """Return the supported incidents of problems since an instant. One query."""
    incidents = Incident.objects.filter(
        agreement__in=rows, problem__isnull=False, supported=True, ended_at__isnull=True, reported_at__gte=since
    )
    found: dict[int, list[Occurrence]] = defaultdict(list)
    for row in incidents.select_related("problem").order_by("reported_at", "id"):
        assert row.problem is not None  # noqa: S101  # The filter says so.
        found[row.agreement_id].append(
            Occurrence(row.reported_at, f"incident:{row.ref}", row.problem.ref, row.severity)
        )
    return found


def stakes_of_client(client: Client, *, at: datetime) -> list[Stake]:
    """Return what is at stake for a client, an agreement each. Five queries."""
    return list(stakes_of(crediting(at).filter(client=client).order_by("ref"), at=at).values())


@dataclass(frozen=True, slots=True)
class IncidentStake:
    """What an incident costs so far and ahead.

    Attributes:
        ahead: Its thresholds that run, with what each adds after all that is due before.
        credited: Its month's lines that rest on it.
        waits: Its thresholds that stand still, by target: they have no instant.
    """

    stake: Stake
    ahead: Sequence[Step]
    credited: Sequence[CreditLine]
    waits: Sequence[Clock]


def stake_of_incident(incident: Incident, *, at: datetime) -> IncidentStake:
    """Return what one incident costs. Five queries. Clause: JS-13."""
    stake = stakes_of([incident.agreement], at=at)[incident.agreement_id]
    subject = f"incident:{incident.ref}"
    paused = Clock.objects.filter(
        agreement=incident.agreement_id,
        subject_kind="incident",
        subject_ref=incident.ref,
        target__in=THRESHOLDS,
        state=State.PAUSED,
    )
    return IncidentStake(
        stake,
        [step for step in stake.ahead if step.subject == subject],
        [line for line in stake.lines if subject in line.evidence],
        list(paused.order_by("target")),
    )


@dataclass(frozen=True, slots=True)
class Soon:
    """A threshold that runs, with its incident and client, as Today lists it."""

    step: Step
    incident: Incident


@dataclass(frozen=True, slots=True)
class Overview:
    """What is at stake over all clients, or with one of them.

    Attributes:
        soon: The thresholds that will cost something, soonest first.
        stakes: The agreements' months that cost something so far.
        cut: Whether more agreements than `NEAREST` have something at stake: the rest are left out.
    """

    soon: Sequence[Soon]
    stakes: Sequence[Stake]
    cut: bool


def stakes_today(*, at: datetime, client_id: int | None = None) -> Overview:
    """Return what is at stake with the agreements that are nearest to a cost. Eleven queries, however many there are.

    An agreement takes milliseconds to reckon, so that a thousand of them would keep everybody waiting.
    """
    nearest = list(_nearest(at=at, client_id=client_id))
    agreements = crediting(at).filter(pk__in=nearest[:NEAREST]).select_related("client").order_by("ref")
    stakes = stakes_of(agreements, at=at)
    ahead = sorted(
        ((step, pk) for pk, stake in stakes.items() for step in stake.ahead if not step.free), key=lambda one: one[0].at
    )[:MOST]
    wanted = Incident.objects.filter(
        agreement__in={pk for _, pk in ahead}, ref__in={step.subject.partition(":")[2] for step, _ in ahead}
    ).select_related("client")
    rows = {(row.agreement_id, f"incident:{row.ref}"): row for row in wanted}
    soon = [Soon(step, rows[pk, step.subject]) for step, pk in ahead if (pk, step.subject) in rows]
    return Overview(soon, [stake for stake in stakes.values() if stake.lines], cut=len(nearest) > NEAREST)


def _nearest(*, at: datetime, client_id: int | None) -> dict[int, None]:
    """Return the agreements that something may cost this month, by id: by what is due soonest, then by what was last.

    Four queries; each gives an agreement once, however much it has.
    """
    since = at - LONGEST_MONTH
    thresholds = Clock.objects.filter(target__in=THRESHOLDS)
    lasted = Outage.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gte=since))
    again = Incident.objects.filter(problem__isnull=False, reported_at__gte=since)
    sources: list[tuple[QuerySet[Any], Aggregate, str]] = [
        (thresholds.running().filter(due_at__isnull=False), Min("due_at"), "nearest"),
        (thresholds.filter(breached_at__gte=since), Max("breached_at"), "-nearest"),
        (lasted, Max("starts_at"), "-nearest"),
        (again, Max("reported_at"), "-nearest"),
    ]
    found: dict[int, None] = {}
    for rows, nearest, order in sources:
        ours = rows if client_id is None else rows.filter(agreement__client=client_id)
        each = ours.order_by().values("agreement_id").annotate(nearest=nearest).order_by(order, "agreement_id")
        found |= dict.fromkeys(each.values_list("agreement_id", flat=True)[: NEAREST + 1])
    return found
