"""Merging: a report that another one already covers goes on in that one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incidents.errors import UnknownReferenceError
from incidents.models import Incident
from incidents.services.opening import open_incident, require, require_open
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract.events import IncidentMerged


@transaction.atomic
def merge_incident(*, incident_id: int, into: str, by: User, now: datetime) -> Incident:
    """End an incident as a part of another open one of the same agreement, tell the client, and return the other.

    Its unmet clocks become void; those of the other run on as they are.

    Raises:
        IncidentNotFoundError: There is no such incident, or it is another client's.
        IncidentClosedError: It is closed already.
        UnknownReferenceError: `into` is no other open incident of its agreement.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    others = Incident.objects.open().filter(agreement=opened.agreement).exclude(pk=incident_id)
    other = others.filter(ref=into.strip()).first()
    if other is None:
        raise UnknownReferenceError(
            f"“{into[:40]}” is no other open incident under {opened.agreement.ref}. Choose one that is.", field="into"
        )
    opened.incident.information_requests.filter(answered_at__isnull=True).update(answered_at=now)
    opened.incident.merged_into = other
    opened.incident.save(update_fields=["merged_into"])
    opened.record(IncidentMerged(at=now, incident=opened.incident.ref, into=other.ref), notices="incident_merged")
    return other
