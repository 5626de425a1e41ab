"""Messages: answers, notes among staff, and what the client writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from incidents.errors import MissingError
from incidents.models import Comment
from incidents.notices import tell
from incidents.services.opening import LONGEST_BODY, instant_of_act, open_incident, require, require_open, words
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract import events as e
from portal.journal.services import append


@transaction.atomic
def answer_incident(
    *,
    incident_id: int,
    body: str,
    by: User,
    now: datetime,
    at: datetime | None = None,
    backdating_reason: str = "",
    files: Sequence[UploadedFile] = (),
) -> Comment:
    """Write to the client: the first such message answers the incident, each later one is a contact.

    Clause: JS-6 to JS-9, T-11.

    Raises:
        IncidentClosedError: It is closed; reopen it to go on.
        BackdatingError, BadInstantError: `at` can't be.
        AttachmentRefusedError: A file can't be taken.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    body = words(body, field="body", what="The reply", longest=LONGEST_BODY)
    when = instant_of_act(opened, at, backdating_reason)
    comment = Comment.objects.create(incident=opened.incident, author=by, body=body, at=when)
    opened.keep_files(comment, files)
    answered_at, ref = opened.incident.responded_at, opened.incident.ref
    if answered_at is None or when < answered_at:
        event: e.IncidentEvent = e.IncidentResponded(at=when, incident=ref)
    else:
        event = e.IncidentContacted(at=when, incident=ref)
    if answered_at is not None and when < answered_at:
        # What was the first answer until now is an update: it closes the gap that the earlier one opens.
        update = e.IncidentContacted(at=answered_at, incident=ref)
        append(agreement=opened.agreement, event=update, actor=by, recorded_at=now)
    opened.record(event, reason=backdating_reason, notices="incident_answered", comment=comment)
    return comment


@transaction.atomic
def note_internally(
    *, incident_id: int, body: str, by: User, now: datetime, files: Sequence[UploadedFile] = ()
) -> Comment:
    """Write what the client never sees; it moves no clock."""
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    body = words(body, field="body", what="The note", longest=LONGEST_BODY)
    comment = Comment.objects.create(incident=opened.incident, author=by, body=body, at=now, internal=True)
    opened.keep_files(comment, files)
    return comment


@transaction.atomic
def comment_as_client(
    *, incident_id: int, body: str, by: User, now: datetime, files: Sequence[UploadedFile] = ()
) -> Comment:
    """Write as the client: ends at its own instant a wait for the client or its information. Clause: T-6, JS-12."""
    require(by, Act.COMMENT)
    opened = open_incident(incident_id, by=by, now=now)
    if by.is_provider:
        raise MissingError("Staff reply with an answer, not as the client.", field="body")
    require_open(opened.incident)
    body = words(body, field="body", what="The message", longest=LONGEST_BODY)
    comment = Comment.objects.create(incident=opened.incident, author=by, body=body, at=now)
    opened.keep_files(comment, files)
    event = None
    if opened.incident.waiting_on in ("client", "information"):
        opened.incident.information_requests.filter(answered_at__isnull=True).update(answered_at=now)
        event = opened.record(e.IncidentResumed(at=now, incident=opened.incident.ref))
    tell("incident_commented", incident=opened.incident, event=event, by=by, at=now, comment=comment)
    return comment
