"""An agreement's service as its journal has it: for the retime, and for the pages of availability."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from incidents.models import Incident, Outage
from incidents.models.support import Category
from incidents.queries import SHARED_KINDS
from incidents.rules.availability import RefundOn
from incidents.rules.intervals import Interval
from incidents.rules.months import Month
from incidents.rules.service import Service, Setting
from incidents.rules.shared import Ordered, Shared
from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.contract import events as e
from portal.contract.money import Money
from portal.journal.models import Event
from portal.journal.services import read

SERVICE_KINDS = ("outage", "maintenance")
FOREVER = datetime.max.replace(tzinfo=UTC)


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
        active=_active(agreement, events, zone),
        on_premise=agreement.hosting == Agreement.Hosting.ON_PREMISE,
        refund_on=_refund_on(agreement),
    )
    return Service(events, shared, setting, until=until)


def _active(agreement: Agreement, events: Iterable[Ordered], zone: ZoneInfo) -> Interval:
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


def _refund_on(agreement: Agreement) -> RefundOn | None:
    if agreement.prepaid_minor is None or agreement.starts_on is None or agreement.ends_on is None:
        return None
    return RefundOn(Money(agreement.prepaid_minor, agreement.fee_currency), agreement.starts_on, agreement.ends_on)


def with_availability(user: User) -> QuerySet[Agreement]:
    """Return the activated agreements that promise availability and that a user may see. One query."""
    return (
        Agreement.objects.visible_to(user)
        .filter(activated_at__isnull=False, terms__has_key="availability")
        .select_related("client")
        .order_by("client__name", "ref")
    )


def demands_downtime(incident: Incident, service: Service) -> bool:
    """Return whether an incident can't be closed before its downtime was said. Two queries at most. Clause: JS-17."""
    if incident.category != Category.AVAILABILITY or service.now is None:
        return False
    return not accounted(incident)


def accounted(incident: Incident) -> bool:
    """Return whether an incident's outage has ended on record, or somebody said that there was none. Two queries."""
    outages = list(Outage.objects.filter(incident=incident).values_list("ends_at", flat=True))
    if outages:
        return None not in outages
    return hasattr(incident, "no_downtime")
