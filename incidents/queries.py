"""Reads of incidents: their histories for the rules, and what pages show."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import (
    Count,
    Max,
    Min,
    Q,
    QuerySet,
)

from incidents.models import HostedEvent, Incident, IncidentQuerySet, InformationRequest, Problem, Release, SavedView
from incidents.rules.shared import Ordered, Shared
from incidents.rules.support import IncidentState, fold
from portal.accounts.models import User
from portal.clients.models import Agreement, Product
from portal.clocks.models import Breach, Clock, ClockQuerySet, State
from portal.clocks.notices import INTERNAL_TARGETS
from portal.contract.events import IncidentEvent
from portal.journal.models import Attachment, AttachmentQuerySet, Event, EventQuerySet
from portal.journal.services import read

SHARED_KINDS = ("agreement", "hosted_event", "release")
"""Subjects whose events every incident of an agreement feels."""
AFTER_EVENTS = sys.maxsize
"""The place of an event that nobody recorded yet."""


def _ordered(rows: EventQuerySet) -> list[tuple[str, Ordered]]:
    return [(row.subject_ref, (row.at, row.pk, read(row))) for row in rows.select_related("text").in_order()]


def shared_of(agreement: Agreement, *, until: datetime) -> Shared:
    """Return what the agreement's incidents share up to `until`. One query."""
    events = _ordered(Event.objects.filter(agreement=agreement, subject_kind__in=SHARED_KINDS))
    return Shared(agreement.pinned_terms, [row for _, row in events], until=until)


def states_of(agreement: Agreement, refs: Iterable[str], *, until: datetime) -> Mapping[str, IncidentState]:
    """Return incidents as the journal has them at `until`, by reference. Two queries for all of them."""
    shared = shared_of(agreement, until=until)
    histories: dict[str, list[Ordered]] = {}
    for ref, row in _ordered(
        Event.objects.filter(agreement=agreement, subject_kind="incident", subject_ref__in=list(refs))
    ):
        histories.setdefault(ref, []).append(row)
    states = {ref: fold(ref, history, shared, until=until) for ref, history in histories.items()}
    return {ref: state for ref, state in states.items() if state is not None}


def state_of(incident: Incident, *, until: datetime) -> IncidentState:
    """Return one incident as the journal has it at `until`. Two queries."""
    return states_of(incident.agreement, [incident.ref], until=until)[incident.ref]


def state_with(incident: Incident, event: IncidentEvent, *, until: datetime) -> IncidentState:
    """Return one incident as the journal would have it at `until`, had it this event too: last of its instant.

    Two queries; nothing is written.
    """
    shared = shared_of(incident.agreement, until=until)
    rows = Event.objects.filter(agreement=incident.agreement_id, subject_kind="incident", subject_ref=incident.ref)
    happened = [row for _, row in _ordered(rows) if row[0] <= event.at]
    state = fold(incident.ref, [*happened, (event.at, AFTER_EVENTS, event)], shared, until=until)
    assert state is not None  # noqa: S101  # Every incident has a report.
    return state


def clocks_of(incident: Incident) -> ClockQuerySet:
    """Return an incident's clock rows with their breaches. One query."""
    return (
        Clock.objects.filter(agreement=incident.agreement_id, subject_kind="incident", subject_ref=incident.ref)
        .select_related("breach", "breach__void")
        .order_by("started_at", "id")
    )


def breaches_of(incident: Incident) -> list[Breach]:
    """Return an incident's recorded breaches, those that were voided too, each with its clock. One query."""
    breaches = []
    for clock in clocks_of(incident).filter(breach__isnull=False):
        clock.breach.clock = clock
        breaches.append(clock.breach)
    return breaches


def supporting(user: User, *, at: datetime) -> QuerySet[Agreement]:
    """Return the active agreements with support under which a user may report. One query."""
    running = Agreement.objects.visible_to(user).active(at)
    return running.filter(terms__has_key="support").select_related("client", "product")


def listed(user: User) -> IncidentQuerySet:
    """Return the incidents that a user may see, with the people whom a list names. One query."""
    return Incident.objects.visible_to(user).select_related("client", "assignee")


def default_view(user: User) -> SavedView | None:
    """Return the saved view with which somebody's queue begins. One query."""
    return SavedView.objects.filter(owner=user, is_default=True).first()


def waiting_on_clients(user: User) -> IncidentQuerySet:
    """Return the open incidents in which the client is waited for, the longest first. One query. Clause: T-6."""
    return (
        listed(user)
        .open()
        .filter(waiting_on__in=("client", "information"), waiting_since__isnull=False)
        .order_by("waiting_since", "id")
    )


def hosting(user: User, *, at: datetime) -> QuerySet[Agreement]:
    """Return the active agreements that promise more while an event is on air. One query. Clause: JS-7."""
    return supporting(user, at=at).filter(terms__support__has_key="hosted")


def hosted_list(user: User) -> QuerySet[HostedEvent]:
    """Return the hosted events that a user may see, with their sessions, when they begin and end. Two queries."""
    return (
        HostedEvent.objects.visible_to(user)
        .annotate(begins_at=Min("sessions__starts_at"), ends_at=Max("sessions__ends_at"))
        .select_related("agreement__client")
        .prefetch_related("sessions")
    )


def problem_list() -> QuerySet[Problem]:
    """Return problems with `incident_count`, how many incidents share each. One query."""
    return Problem.objects.annotate(incident_count=Count("incidents"))


def open_on_product(product: Product, *, at: datetime) -> list[Incident]:
    """Return the open incidents that a release of a product may solve, by client. One query."""
    incidents = Incident.objects.open().filter(agreement__in=Agreement.objects.active(at).filter(product=product))
    return list(incidents.select_related("client").order_by("client__name", "reported_at", "id"))


def fixed_by(release: Release, user: User) -> list[Incident]:
    """Return the incidents that a published release solved, as far as a user may see them, by client. Two queries."""
    published = Event.objects.filter(
        agreement__product=release.product_id,
        subject_kind="release",
        subject_ref=release.ref,
        kind="release.published",
    )
    wanted = Q(pk__in=[])
    for agreement_id, payload in published.values_list("agreement_id", "payload"):
        wanted |= Q(agreement=agreement_id, ref__in=payload.get("fixes", []))
    return list(listed(user).filter(wanted).order_by("client__name", "reported_at", "id"))


def reached_by(release: Release, *, at: datetime) -> list[Agreement]:
    """Return the agreements that a release went to or, until it is published, goes to, by client. Two queries.

    Clause: JB-9, JB-15.
    """
    goes = Agreement.objects.active(at).filter(product=release.product_id)
    if release.beta:
        goes = goes.filter(betas_since__isnull=False)
    if release.published_at is not None:
        told = Event.objects.filter(subject_kind="release", subject_ref=release.ref, kind="release.published")
        goes = Agreement.objects.filter(pk__in=told.values("agreement"), product=release.product_id)
    return list(goes.select_related("client").order_by("client__name", "ref"))


def takers_of_betas(user: User, *, at: datetime) -> QuerySet[Agreement]:
    """Return the active agreements with a product that a user may see: each may ask for betas. One query."""
    on_product = Agreement.objects.visible_to(user).active(at).filter(product__isnull=False)
    return on_product.select_related("client", "product").order_by("client__name", "ref")


def asked_of(incident: Incident) -> InformationRequest | None:
    """Return what the client was asked for and has not answered. Two queries at most. Clause: JS-12."""
    return incident.information_requests.filter(answered_at__isnull=True).prefetch_related("items").first()


def files_sent(incident: Incident, user: User) -> AttachmentQuerySet:
    """Return the files sent on an incident that a user may see. One query."""
    return _seen_by(user, Attachment.objects.of_subject(incident.agreement_id, "incident", incident.ref))


def files_of(incident: Incident, user: User) -> dict[str, list[Attachment]]:
    """Return the files sent on an incident that a user may see, by the part they came with. One query."""
    found: dict[str, list[Attachment]] = {}
    for file in files_sent(incident, user):
        found.setdefault(file.part, []).append(file)
    return found


def file_of(pk: int, user: User) -> Attachment | None:
    """Return a file sent on an incident that a user may see, None where there is none for it. Two queries."""
    file = _seen_by(user, Attachment.objects.filter(pk=pk, subject_kind="incident")).first()
    if file is None:
        return None
    seen = Incident.objects.visible_to(user).filter(agreement=file.agreement_id, ref=file.subject_ref)
    return file if seen.exists() else None


def _seen_by(user: User, files: AttachmentQuerySet) -> AttachmentQuerySet:
    """Keep what stands in staff's own notes from clients."""
    return files if user.is_provider else files.filter(visible_to_client=True)


def pressing() -> ClockQuerySet:
    """Return the clocks of what is owed on incidents: what broke and is still missing, and what runs towards a date."""
    broken = Q(state=State.BREACHED, met_at__isnull=True, breach__void__isnull=True)
    return (
        Clock.objects.filter(broken | Q(state=State.RUNNING), owed_by=Clock.Owner.PROVIDER, due_at__isnull=False)
        .filter(subject_kind="incident")
        .exclude(target__in=INTERNAL_TARGETS)
    )


def first_dues(agreement: Agreement, refs: Iterable[str]) -> Mapping[str, datetime]:
    """Return when what presses most on an agreement's incidents is due, by reference. One query."""
    clocks = pressing().filter(agreement=agreement, subject_ref__in=list(refs))
    return dict(clocks.values_list("subject_ref").annotate(first=Min("due_at")))


def dues_of(incidents: Iterable[Incident]) -> dict[int, Clock]:
    """Return what presses most on each incident, by its id: what broke first, else what is due next. One query."""
    ids = {(incident.agreement_id, incident.ref): incident.pk for incident in incidents}
    clocks = (
        pressing()
        .filter(agreement__in={agreement for agreement, _ in ids}, subject_ref__in={ref for _, ref in ids})
        .order_by("-due_at", "-id")
    )
    found = {ids.get((clock.agreement_id, clock.subject_ref)): clock for clock in clocks}
    return {pk: clock for pk, clock in found.items() if pk is not None}


def next_due(incident: Incident) -> Clock | None:
    """Return what is owed to the client next on an incident, credit thresholds aside. One query."""
    return (
        clocks_of(incident)
        .running()
        .filter(owed_by=Clock.Owner.PROVIDER, due_at__isnull=False)
        .exclude(target__in=INTERNAL_TARGETS)
        .order_by("due_at", "id")
        .first()
    )
