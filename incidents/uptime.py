"""An agreement's service as its journal has it: for the retime, and for the pages of availability."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from incidents.models import BackupCheck, BackupType, Incident, MaintenanceWindow, NoDowntime, Outage
from incidents.models.support import Category
from incidents.queries import SHARED_KINDS
from incidents.rules.availability import RefundOn
from incidents.rules.intervals import Interval
from incidents.rules.months import Month
from incidents.rules.service import FOREVER, Service, Setting
from incidents.rules.shared import Ordered, Shared
from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.clocks.models import Clock
from portal.contract import events as e
from portal.contract.money import Money
from portal.journal.models import Event, Finding
from portal.journal.services import read

SERVICE_KINDS = ("outage", "maintenance")
MOST_ROWS = 50
MOST_FINDINGS = 20


def services_of(agreements: Iterable[Agreement], *, until: datetime) -> Mapping[int, Service]:
    """Return the services of active agreements at `until`, by the agreement's id. One query for all of them."""
    wanted = {agreement.pk: agreement for agreement in agreements}
    events: dict[int, list[Ordered]] = {pk: [] for pk in wanted}
    rows = Event.objects.filter(agreement__in=wanted, subject_kind__in=(*SERVICE_KINDS, *SHARED_KINDS))
    for row in rows.select_related("text").in_order():
        events[row.agreement_id].append((row.at, row.pk, read(row)))
    return {pk: _service(agreement, events[pk], until) for pk, agreement in wanted.items()}


def service_of(agreement: Agreement, *, until: datetime) -> Service:
    """Return the service of an active agreement at `until`. One query."""
    return services_of([agreement], until=until)[agreement.pk]


def _service(agreement: Agreement, events: list[Ordered], until: datetime) -> Service:
    shared = Shared(agreement.pinned_terms, events, until=until)
    zone = ZoneInfo(agreement.zone)
    setting = Setting(
        zone=zone,
        active=active_of(agreement, events, zone),
        on_premise=agreement.hosting == Agreement.Hosting.ON_PREMISE,
        refund_on=refund_on(agreement),
    )
    return Service(events, shared, setting, until=until)


def active_of(agreement: Agreement, events: Iterable[Ordered], zone: ZoneInfo) -> Interval:
    """Return from when to when the service runs under the agreement.

    A loaded history may be older than the activation: then the month of its first outage or window counts whole, as it
    does in replay, which knows of no activation.
    """
    begin = agreement.activated_at or FOREVER
    loaded = [event.start for _, _, event in events if isinstance(event, e.OutageRecorded | e.MaintenanceAnnounced)]
    first = min(loaded, default=begin)
    if first < begin:
        begin = Month.of(first, zone).start(zone)
    return begin, agreement.ended_at or FOREVER


def refund_on(agreement: Agreement) -> RefundOn | None:
    """Return what ending on a day gives back of the prepaid fees; None where nothing was prepaid. Clause: JB-11."""
    if agreement.prepaid_minor is None or agreement.starts_on is None or agreement.ends_on is None:
        return None
    return RefundOn(Money(agreement.prepaid_minor, agreement.fee_currency), agreement.starts_on, agreement.ends_on)


def with_availability(user: User) -> QuerySet[Agreement]:
    """Return the activated agreements that promise availability and that a user may see. One query."""
    return (
        Agreement.objects.visible_to(user)
        .filter(activated_at__isnull=False, terms__has_key="availability")
        .select_related("client")
    )


def outages_of(agreement: Agreement, *, since: datetime) -> list[Outage]:
    """Return the outages that were not over at an instant, with their incidents, the newest first. One query."""
    known = Outage.objects.filter(agreement=agreement).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=since))
    return list(known.select_related("incident")[:MOST_ROWS])


def windows_of(agreement: Agreement, *, since: datetime) -> list[MaintenanceWindow]:
    """Return the maintenance windows that were not over at an instant, the newest first. One query."""
    return list(MaintenanceWindow.objects.filter(agreement=agreement, ends_at__gt=since)[:MOST_ROWS])


def outage_clocks(agreement: Agreement) -> dict[str, Clock]:
    """Return the clocks of outages by reference. One query."""
    clocks = Clock.objects.filter(agreement=agreement, subject_kind="outage")
    return {clock.subject_ref: clock for clock in clocks}


@dataclass(frozen=True, slots=True)
class Backups:
    """The backups of a kind: the last that checked in, and the clock that waits for the next."""

    kind: str
    label: str
    last: BackupCheck | None
    clock: Clock | None


def backups_of(agreement: Agreement) -> list[Backups]:
    """Return how the backups of each kind stand. Two queries for each kind: of either there are ever more rows."""
    found = []
    for kind in BackupType:
        checks = BackupCheck.objects.filter(agreement=agreement, kind=kind).order_by("-ordinal")
        clocks = Clock.objects.filter(agreement=agreement, subject_kind="backup", subject_ref=kind, target="backup")
        found.append(Backups(kind, kind.label, checks.first(), clocks.order_by("-ordinal").first()))
    return found


def findings_of(agreement: Agreement) -> list[Finding]:
    """Return what was found of the service, the newest first. One query."""
    about = Q(subject="agreement") | Q(subject__startswith="maintenance:") | Q(subject__startswith="backup:")
    return list(Finding.objects.filter(about, agreement=agreement).order_by("-at", "-id")[:MOST_FINDINGS])


def unaccounted(agreement: Agreement) -> list[Incident]:
    """Return the solved availability incidents whose downtime nobody has said: a month's close waits for them.

    One query. Clause: JS-17.
    """
    solved = Incident.objects.filter(agreement=agreement, category=Category.AVAILABILITY, supported=True)
    return list(
        solved.filter(status=Incident.Status.RESOLVED, outages__isnull=True, no_downtime__isnull=True)[:MOST_ROWS]
    )


def demands_downtime(incident: Incident, *, at: datetime) -> bool:
    """Return whether an incident can't be closed before its downtime was said: while its outage is open on record, or
    there is neither one nor a reason why not. Three queries at most. Clause: JS-17."""
    if incident.category != Category.AVAILABILITY or not incident.supported:
        return False
    outages = list(Outage.objects.filter(incident=incident).values_list("ends_at", flat=True))
    said = None not in outages if outages else NoDowntime.objects.filter(incident=incident).exists()
    return not said and service_of(incident.agreement, until=at).now is not None


def open_outage_of(incident: Incident) -> Outage | None:
    """Return the outage of an incident that is still open. One query."""
    return Outage.objects.filter(incident=incident, ends_at__isnull=True).first()
