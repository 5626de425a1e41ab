"""Resolutions and reopenings."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incidents.errors import NotResolvedError, UnknownReferenceError
from incidents.models import Comment, Incident
from incidents.services.acts.waits import drop_requests
from incidents.services.opening import LONGEST_BODY, instant_of_act, open_incident, require, require_open, words
from incidents.services.outages import Downtime, say_downtime
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract import events as e


@transaction.atomic
def resolve_incident(
    *,
    incident_id: int,
    how: str,
    body: str,
    by: User,
    now: datetime,
    cause: str = "",
    at: datetime | None = None,
    backdating_reason: str = "",
    downtime: Downtime | None = None,
    no_downtime: str = "",
) -> Comment:
    """Resolve by a fix or a work-around and say so to the client. Clause: JS-11, JS-17, JB-7, T-11.

    Args:
        downtime: When the service was down, or `no_downtime`: why it was not. An availability incident needs one.

    Raises:
        IncidentClosedError: It is closed already.
        DowntimeMissingError: It is an availability incident, and neither is said or known.
        BackdatingError, BadInstantError: `at` can't be.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    if how not in ("fix", "workaround"):
        raise UnknownReferenceError(f"“{how[:40]}” is no resolution. Choose a fix or a work-around.", field="how")
    if cause not in ("", "client_misuse", "outside_control"):
        raise UnknownReferenceError(f"“{cause[:40]}” is no cause. Choose one of the list.", field="cause")
    body = words(body, field="body", what="What was done", longest=LONGEST_BODY)
    say_downtime(
        incident=opened.incident,
        agreement=opened.agreement,
        downtime=downtime,
        no_downtime=no_downtime,
        by=by,
        now=now,
    )
    when = instant_of_act(opened, at, backdating_reason)
    comment = Comment.objects.create(incident=opened.incident, author=by, body=body, at=when)
    drop_requests(opened)
    event = e.IncidentResolved(at=when, incident=opened.incident.ref, by=how, cause=cause or None)  # type: ignore[arg-type]  # checked above
    opened.record(event, reason=backdating_reason, notices="incident_resolved", comment=comment)
    return comment


@transaction.atomic
def reopen_incident(*, incident_id: int, reason: str, by: User, now: datetime) -> None:
    """Reopen what was not solved after all: a new resolution clock starts. Clause: T-11.

    Raises:
        NotResolvedError: It is not resolved.
    """
    require(by, Act.COMMENT if not by.is_provider else Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    if opened.incident.status != Incident.Status.RESOLVED:
        raise NotResolvedError(
            f"{opened.incident.ref} is {opened.incident.get_status_display().lower()}, not resolved."
        )
    body = words(reason, field="reason", what="What is still wrong", longest=LONGEST_BODY)
    comment = Comment.objects.create(incident=opened.incident, author=by, body=body, at=now)
    opened.record(
        e.IncidentReopened(at=now, incident=opened.incident.ref), notices="incident_reopened", comment=comment
    )
