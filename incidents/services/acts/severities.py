"""Severities: what an incident is promised."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incidents.errors import SameSeverityError, UnknownSeverityError
from incidents.models import Incident
from incidents.queries import state_of
from incidents.services.opening import Opened, open_incident, require, require_open, words
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract import events as e
from portal.contract.terms import Terms


def terms_of(opened: Opened) -> Terms:
    """Return the terms under which an incident is judged: those in force when it was reported."""
    return state_of(opened.incident, until=opened.now).plan.terms


@transaction.atomic
def reclassify_incident(*, incident_id: int, severity: str, reason: str, by: User, now: datetime) -> Incident:
    """Give the incident another severity, tell its support contacts, and move its clocks. Clause: JS-4, T-7.

    Raises:
        UnknownSeverityError: The incident's terms have no such severity.
        SameSeverityError: It has that severity.
        IncidentClosedError: A closed incident keeps its severity.
    """
    require(by, Act.RECLASSIFY)
    opened = open_incident(incident_id, by=by, now=now)
    incident = opened.incident
    require_open(incident)
    reason = words(reason, field="reason", what="The reason")
    known = terms_of(opened).severity_names()
    if severity not in known:
        raise UnknownSeverityError(
            f"Severity “{severity[:40]}” is not one of these terms. Choose {', '.join(known)}.", field="severity"
        )
    if severity == incident.severity:
        raise SameSeverityError(f"{incident.ref} is {severity} already. Choose another.", field="severity")
    opened.record(
        e.IncidentReclassified(at=now, incident=incident.ref, severity=severity, reason=reason),
        notices="incident_reclassified",
    )
    return incident
