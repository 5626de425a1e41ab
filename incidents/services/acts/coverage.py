"""Coverage: whether support owes it anything, and a resolution time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incidents.errors import AlreadyDoneError, NotCoveredError, UnknownReferenceError
from incidents.services.acts.severities import terms_of
from incidents.services.opening import open_incident, require, words
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract import events as e


@transaction.atomic
def determine_unsupported(*, incident_id: int, category: str, reason: str, by: User, now: datetime) -> None:
    """Find that support does not cover it, and tell the client why: its clocks are void. Clause: JS-2."""
    require(by, Act.DETERMINE)
    opened = open_incident(incident_id, by=by, now=now)
    if category not in ("general", "enhancement", "other"):
        raise UnknownReferenceError(
            f"“{category[:40]}” is a supported category. Choose one that is not.", field="category"
        )
    if not opened.incident.supported:
        raise AlreadyDoneError(f"{opened.incident.ref} is unsupported already.", field="category")
    reason = words(reason, field="reason", what="The reason")
    event = e.IncidentDetermined(at=now, incident=opened.incident.ref, category=category, reason=reason)  # type: ignore[arg-type]  # checked above
    opened.record(event, reason=reason, notices="incident_determined")


@transaction.atomic
def attribute_cause(*, incident_id: int, cause: str, reason: str, by: User, now: datetime) -> None:
    """Lay the cause with the client or outside the provider's control: no resolution time. Clause: JB-7.

    Raises:
        NotCoveredError: The terms have no such clause.
    """
    require(by, Act.ATTRIBUTE)
    opened = open_incident(incident_id, by=by, now=now)
    support = terms_of(opened).document.support
    if support is None or support.void_causes is None or cause not in support.void_causes.value:
        raise NotCoveredError("Under these terms no cause takes the resolution time away.", field="cause")
    reason = words(reason, field="reason", what="The reason")
    event = e.IncidentAttributed(at=now, incident=opened.incident.ref, cause=cause, reason=reason)
    opened.record(event, reason=reason, notices="incident_attributed")
