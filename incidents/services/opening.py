"""The first beats of every act on an incident: who asks, what is locked, and when it is said to have happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Max

from incidents.errors import (
    BackdatingError,
    BadInstantError,
    ChangedMeanwhileError,
    IncidentClosedError,
    IncidentNotFoundError,
    MissingError,
    NotAllowedError,
)
from incidents.models import Comment, Incident
from incidents.notices import tell
from incidents.services.retiming import retime_incidents
from incidents.versions import Version, others_acted
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement
from portal.clocks.services import lock_agreement
from portal.contract.events import IncidentEvent, IncidentReopened
from portal.journal.attachments import attach
from portal.journal.models import Event
from portal.journal.services import append

LONGEST_REASON = 2000
LONGEST_BODY = 20_000
FURTHEST_BACK = timedelta(days=31)


def require(by: User, act: Act) -> None:
    """Refuse what the user's role does not allow.

    Raises:
        NotAllowedError: It does not.
    """
    if not may(by, act):
        raise NotAllowedError(
            f"Your role, {by.get_role_display().lower()}, does not allow this. Ask an administrator for another."
        )


def words(text: str, *, field: str, what: str, longest: int = LONGEST_REASON) -> str:
    """Return a text without blank ends.

    Raises:
        MissingError: Nothing is left, or it is too long.
    """
    text = text.strip()
    if not text:
        raise MissingError(f"{what} is missing. Write it in a sentence.", field=field)
    if len(text) > longest:
        raise MissingError(f"{what} has {len(text):,} characters. Shorten it to {longest:,}.", field=field)
    return text


@dataclass(slots=True)
class Opened:
    """An incident under its agreement's lock, and who acts on it."""

    incident: Incident
    agreement: Agreement
    by: User
    now: datetime

    def record(
        self,
        event: IncidentEvent,
        *,
        reason: str = "",
        notices: str = "",
        comment: Comment | None = None,
    ) -> Event:
        """Append an event, compute the incident again, and queue who is told: the last three beats of a service."""
        row = append(
            agreement=self.agreement,
            event=event,
            actor=self.by,
            recorded_at=self.now,
        )
        retime_incidents(self.agreement, [self.incident.ref], now=self.now, by=self.by, reason=reason)
        self.incident.refresh_from_db()
        if notices:
            tell(notices, incident=self.incident, event=row, by=self.by, at=self.now, comment=comment)
        return row

    def keep_files(self, comment: Comment, files: Sequence[UploadedFile]) -> None:
        """Keep the files that came with a comment; those of a note are for staff alone.

        Raises:
            AttachmentRefusedError: One of them can't be taken, and none is.
        """
        attach(
            agreement=self.agreement,
            subject=("incident", self.incident.ref),
            part=comment.part,
            files=files,
            by=self.by,
            at=self.now,
            visible_to_client=not comment.internal,
        )


def open_incident(incident_id: int, *, by: User, now: datetime) -> Opened:
    """Lock an incident's agreement and the incident, as far as the user may see it.

    Raises:
        IncidentNotFoundError: There is none, or it is another client's.
    """
    found = Incident.objects.visible_to(by).filter(pk=incident_id).values_list("agreement_id", flat=True).first()
    if found is None:
        raise IncidentNotFoundError(f"Incident {incident_id} does not exist.")
    agreement = lock_agreement(found)
    incident = (
        Incident.objects.select_for_update(of=("self",))
        .select_related("client", "assignee", "reporter")
        .get(pk=incident_id)
    )
    incident.agreement = agreement
    return Opened(incident, agreement, by, now)


def require_unchanged(*, incident_id: int, seen: Version, by: User) -> None:
    """Refuse an act that was begun before somebody else acted: first beat of it, in the caller's transaction.

    Raises:
        ChangedMeanwhileError: Somebody else did, where the user can see it.
        IncidentNotFoundError: There is no such incident, or it is another client's.
    """
    # The lock that the act takes anyway, the agreement's, so that nobody acts between this look and the act.
    locked = Incident.objects.select_for_update(of=("agreement",), no_key=True).select_related("agreement")
    incident = locked.visible_to(by).filter(pk=incident_id).first()
    if incident is None:
        raise IncidentNotFoundError(f"Incident {incident_id} does not exist.")
    if others_acted(incident, by, after=seen):
        raise ChangedMeanwhileError("Somebody else acted meanwhile. Read what changed, then send it again.")


def require_open(incident: Incident) -> None:
    """Refuse what only an open incident takes.

    Raises:
        IncidentClosedError: It is resolved, withdrawn or merged.
    """
    if not incident.is_open:
        raise IncidentClosedError(f"{incident.ref} is {incident.get_status_display().lower()}. Reopen it first.")


def instant_of_act(opened: Opened, at: datetime | None, reason: str) -> datetime:
    """Return when an act happened: now, or earlier where staff say so with a reason.

    Raises:
        BackdatingError: A client, or no reason.
        BadInstantError: In the future, before the report or the last reopening, or more than 31 days ago.
    """
    if at is None or at == opened.now:
        return opened.now
    if not opened.by.is_provider:
        raise BackdatingError("Only staff may record something as done earlier. Leave the time empty.", field="at")
    if at > opened.now:
        raise BadInstantError("That is in the future. Give the time at which it was done.", field="at")
    if at < opened.incident.reported_at:
        raise BadInstantError(f"That is before {opened.incident.ref} was reported. Give a later time.", field="at")
    reopened_at = _reopened_at(opened)
    if reopened_at is not None and at < reopened_at:
        raise BadInstantError(f"That is before {opened.incident.ref} was opened again. Give a later time.", field="at")
    if opened.now - at > FURTHEST_BACK:
        raise BadInstantError(f"That is more than {FURTHEST_BACK.days} days ago. Give a later time.", field="at")
    if not reason.strip():
        raise BackdatingError("Say why it is recorded later than it was done.", field="backdating_reason")
    Comment.objects.create(
        incident=opened.incident,
        author=opened.by,
        body=f"Recorded later than it was done ({at:%Y-%m-%d %H:%M} UTC): {reason.strip()}",
        at=opened.now,
        internal=True,
    )
    return at


def _reopened_at(opened: Opened) -> datetime | None:
    """Return when the incident was last opened again: what was done before it was done while it was closed."""
    if not opened.incident.reopenings:
        return None
    events = Event.objects.filter(agreement=opened.agreement, kind=IncidentReopened.__struct_config__.tag)
    last: datetime | None = events.of_subject("incident", opened.incident.ref).aggregate(last=Max("at"))["last"]
    return last
