"""Reads of incidents: their histories for the rules, and what pages show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from incidents.models import Incident
from incidents.rules.shared import Ordered, Shared
from incidents.rules.support import IncidentState, fold
from portal.clients.models import Agreement
from portal.clocks.models import Clock
from portal.journal.models import Event
from portal.journal.services import read

SHARED_KINDS = ("agreement", "hosted_event", "release")
"""Subjects whose events every incident of an agreement feels."""


def _ordered(rows: QuerySet[Event]) -> list[tuple[str, Ordered]]:
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


def clocks_of(incident: Incident) -> QuerySet[Clock]:
    """Return an incident's clock rows with their breaches. One query."""
    return (
        Clock.objects.filter(agreement=incident.agreement_id, subject_kind="incident", subject_ref=incident.ref)
        .select_related("breach", "breach__void", "agreement")
        .order_by("started_at", "id")
    )
