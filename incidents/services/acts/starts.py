"""What starts a clock that had to wait: complete diagnostics, a reproduced fault."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incidents.errors import AlreadyDoneError
from incidents.services.opening import open_incident, require, require_open
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract import events as e


@transaction.atomic
def complete_diagnostics(*, incident_id: int, by: User, now: datetime) -> None:
    """Say that the requested diagnostics are complete: the response clock starts. Clause: JB-4."""
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    if opened.incident.diagnostics_at is not None:
        raise AlreadyDoneError(f"The diagnostics of {opened.incident.ref} are complete already.")
    opened.record(e.IncidentDiagnosticsCompleted(at=now, incident=opened.incident.ref))


@transaction.atomic
def reproduce_incident(*, incident_id: int, by: User, now: datetime) -> None:
    """Say that staff saw the fault: the resolution clock starts where the terms say so. Clause: JB-5."""
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    if opened.incident.reproduced_at is not None:
        raise AlreadyDoneError(f"{opened.incident.ref} was reproduced already.")
    opened.record(e.IncidentReproduced(at=now, incident=opened.incident.ref))
