"""The retime of services: outages, maintenance and backups. What the journal says becomes clocks and findings.

Most of it follows from events. What time alone brings (a window that ends under an open outage, an allowance that is
used up, a month that ends) has its instant in `ServiceWatch`, and the beat looks again once that has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Max

from incidents.escalation import members_of, steps
from incidents.models import BackupCheck, BackupType, MaintenanceWindow, Outage, ServiceWatch
from incidents.queries import SHARED_KINDS
from incidents.rules.backups import clocks_from
from incidents.rules.service import Service, void_breach
from incidents.uptime import SERVICE_KINDS, service_of
from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.clients.queries import terms_at
from portal.clocks.models import Clock
from portal.clocks.services import Answer, FoundFinding, keep_findings, lock_agreement, retime
from portal.contract.clock import Clock as RuledClock
from portal.contract.events import AgreementEnded, BreachVoided
from portal.contract.terms import Terms
from portal.journal.models import Event
from portal.journal.services import read
from portal.journal.subjects import Description, Recipient, SubjectKey
from portal.web.rounds import DATABASE_AWAY

BATCH = 100
SET_ASIDE = timedelta(minutes=1)
"""How long a service waits whose rules failed; it is tried again for ever."""

log = structlog.get_logger(__name__)


# ---------------------------------------------------------------------------------------------- outages and findings


def retime_service(
    agreement: Agreement, *, now: datetime, by: User | None = None, reason: str = "", loaded: bool = False
) -> Service:
    """Compute a locked agreement's outages and findings again and write what changed. A constant number of queries.

    Clause: JS-17, JS-18, JB-10, JB-11.
    """
    now = max(now, _last_recorded(agreement, default=now))
    service = service_of(agreement, until=now)
    shares = _warned_at(service.shared.at(now).terms)
    retime(
        agreement=agreement,
        subject_kind="outage",
        refs=list(service.record.outages),
        answers=[Answer(ref, clock, shares=shares) for ref, clock in service.outage_clocks()],
        now=now,
        by=by,
        reason=reason,
        loaded=loaded,
    )
    announced = MaintenanceWindow.objects.filter(agreement=agreement).values_list("ref", flat=True)
    keep_findings(
        agreement=agreement,
        subjects=["agreement", *(f"maintenance:{ref}" for ref in announced)],
        found=[
            FoundFinding(row.subject, row.kind, row.at, row.clause, row.message, row.data) for row in service.findings()
        ],
    )
    ServiceWatch.objects.update_or_create(agreement=agreement, defaults={"next_at": service.next_look()})
    return service


def _warned_at(terms: Terms) -> Sequence[int]:
    """Return the shares of a target, in percent, at which we warn ourselves."""
    support = terms.document.support
    return support.warnings.value if support is not None and support.warnings is not None else ()


def _last_recorded(agreement: Agreement, *, default: datetime) -> datetime:
    """Return when something that the service feels was last recorded: whoever asks read the time before the lock."""
    felt = Event.objects.filter(agreement=agreement, subject_kind__in=(*SERVICE_KINDS, *SHARED_KINDS))
    last: datetime | None = felt.aggregate(last=Max("recorded_at"))["last"]
    return last or default


def look_at_services(*, now: datetime) -> int:
    """Compute again every service whose instant has come; return how many. One that fails waits and stops no other."""
    looked = 0
    waking = ServiceWatch.objects.filter(next_at__lte=now).order_by("next_at").values_list("agreement_id", flat=True)
    for agreement_id in list(waking[:BATCH]):
        try:
            with transaction.atomic():
                retime_service(lock_agreement(agreement_id), now=now)
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("service_set_aside", agreement=agreement_id)
            ServiceWatch.objects.filter(agreement=agreement_id).update(next_at=now + SET_ASIDE)
        else:
            looked += 1
    return looked


# ---------------------------------------------------------------------------------------------------------- backups


def retime_backups(agreement: Agreement, kind: str, *, now: datetime, loaded: bool = False) -> None:
    """Compute the clocks of a locked agreement's backups of a kind again, from the last two starts on.

    Earlier ones can't change: a check-in is never taken back. Loaded ones are computed all. Clause: JS-19.
    """
    if agreement.hosting == Agreement.Hosting.ON_PREMISE:
        return
    if loaded:
        # A history tells of no activation, as replay's does not: nothing is missed before its first check-in.
        from_activation = Clock.objects.filter(agreement=agreement, subject_kind="backup", subject_ref=kind, ordinal=0)
        from_activation.filter(breach__isnull=True).delete()
    checks = BackupCheck.objects.filter(agreement=agreement, kind=kind).order_by("-ordinal")
    starts = list(checks.values_list("ordinal", "at")[: None if loaded else 2])[::-1]
    if agreement.activated_at is not None and _runs_from_activation(agreement, kind, starts, now=now):
        starts.insert(0, (0, agreement.activated_at))
    if not starts:
        return
    terms = terms_at(agreement, [at for _, at in starts])
    clocks = clocks_from(
        [(at, each) for (_, at), each in zip(starts, terms, strict=True)],
        kind,
        until=max(now, starts[-1][1]),
        first=starts[0][0],
        ended=_ended(agreement),
    )
    retime(
        agreement=agreement,
        subject_kind="backup",
        refs=[kind],
        ordinals=None if loaded else [ordinal for ordinal, _ in starts],
        answers=[Answer(kind, clock, shares=_warned_at(terms[-1])) for clock in _after_voids(agreement, kind, clocks)],
        now=now,
        loaded=loaded,
    )


def _ended(agreement: Agreement) -> datetime | None:
    """Return when the agreement ended, as the journal has it. One query."""
    ends = Event.objects.filter(
        agreement=agreement, subject_kind="agreement", kind=AgreementEnded.__struct_config__.tag
    )
    at: datetime | None = ends.order_by("id").values_list("at", flat=True).first()
    return at


def _after_voids(agreement: Agreement, kind: str, clocks: Iterable[RuledClock]) -> Iterator[RuledClock]:
    """Yield clocks of backups after the decisions that their breaches no longer count. One query."""
    decided = Event.objects.filter(
        agreement=agreement, subject_kind="backup", subject_ref=kind, kind=BreachVoided.__struct_config__.tag
    )
    voided = [
        (row.at, event)
        for row in decided.select_related("text").in_order()
        if isinstance(event := read(row), BreachVoided)
    ]
    for clock in clocks:
        for at, event in voided:
            if (event.target, event.ordinal) == (clock.target, clock.ordinal):
                void_breach(clock, at)
        yield clock


def _runs_from_activation(
    agreement: Agreement, kind: str, starts: Sequence[tuple[int, datetime]], *, now: datetime
) -> bool:
    """Return whether the first of these clocks is the one that the activation started.

    It starts at the activation, and is there from then on.
    """
    if starts and starts[0][0] > 1:
        return False
    if starts or agreement.activated_at != now:
        return Clock.objects.filter(agreement=agreement, subject_kind="backup", subject_ref=kind, ordinal=0).exists()
    return True


# ------------------------------------------------------------------------------------------ what the register is told


class _ServicePart:
    """What the kinds of subjects of a service have in common: the provider's people are those of its agreement."""

    by_itself = False
    """Whether a machine does what is owed: people are told once it is late at it."""

    def audience(self, keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, list[Recipient]]:
        """Return who is told of each one's clocks, each once, with the step from which on. Two queries."""
        wanted = list(keys)
        agreements = Agreement.objects.filter(pk__in={agreement_id for agreement_id, _ in wanted})
        rows = {row.pk: row for row in agreements.select_related("client__relationship_manager", "team__manager")}
        teams = members_of(row.team_id for row in rows.values() if row.team_id)
        people = {
            pk: steps(row.client, row.team, teams.get(row.team_id or 0, []), by_itself=self.by_itself)
            for pk, row in rows.items()
        }
        return {key: people.get(key[0], []) for key in wanted}


def people_answering_for(agreement: Agreement) -> list[Recipient]:
    """Return the agreement's team; where it has none, its manager or the client's relationship manager. Two queries."""
    key = agreement.pk, ""
    return [one for one in _ServicePart().audience([key])[key] if not one.from_share]


def _described(agreement: Agreement, label: str) -> Description:
    path = f"/availability/{agreement.pk}/"
    return Description(label, f"{agreement.title}, {agreement.client.name}", path, path)


class OutageKind(_ServicePart):
    """What the portal must know of outages."""

    def describe(self, keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, Description]:
        """Return how each is shown. One query."""
        wanted = set(keys)
        rows = Outage.objects.filter(agreement__in={pk for pk, _ in wanted}, ref__in={ref for _, ref in wanted})
        return {
            (row.agreement_id, row.ref): _described(row.agreement, f"Outage {row.ref}")
            for row in rows.select_related("agreement__client")
        }

    def retime(self, agreement_id: int, refs: Iterable[str] | None, *, now: datetime) -> None:
        """Compute the agreement's service again: its outages share windows and allowances."""
        if refs is not None or Outage.objects.filter(agreement=agreement_id).exists():
            retime_service(Agreement.objects.get(pk=agreement_id), now=now)


class MaintenanceKind(_ServicePart):
    """What the portal must know of maintenance windows: they have findings and no clocks."""

    def describe(self, keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, Description]:
        """Return how each is shown. One query."""
        wanted = set(keys)
        rows = MaintenanceWindow.objects.filter(
            agreement__in={pk for pk, _ in wanted}, ref__in={ref for _, ref in wanted}
        )
        return {
            (row.agreement_id, row.ref): _described(row.agreement, f"Maintenance {row.ref}")
            for row in rows.select_related("agreement__client")
        }

    def retime(self, agreement_id: int, refs: Iterable[str] | None, *, now: datetime) -> None:
        """Nothing: a window's findings come with the agreement's outages."""


class BackupKind(_ServicePart):
    """What the portal must know of backups: each agreement has one subject for each kind."""

    by_itself = True

    def describe(self, keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, Description]:
        """Return how each is shown. One query."""
        wanted = set(keys)
        agreements = Agreement.objects.filter(pk__in={pk for pk, _ in wanted}).select_related("client").in_bulk()
        return {
            (pk, kind): _described(agreements[pk], f"{BackupType(kind).label} backups")
            for pk, kind in wanted
            if pk in agreements
        }

    def retime(self, agreement_id: int, refs: Iterable[str] | None, *, now: datetime) -> None:
        """Compute the clocks of these kinds again, or of both."""
        agreement = Agreement.objects.get(pk=agreement_id)
        for kind in BackupType.values if refs is None else refs:
            retime_backups(agreement, kind, now=now)
