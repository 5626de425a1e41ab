"""Canned replies: written by staff for all of them or for one of their teams."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incidents.canned import PLACEHOLDERS, unknown_placeholders
from incidents.errors import AlreadyDoneError, MissingError, UnknownReferenceError
from incidents.models import CannedReply
from incidents.services.opening import require, words
from portal.accounts.models import User
from portal.accounts.permissions import Act

MOST_REPLIES = 200
LONGEST_CANNED = 10_000


@transaction.atomic
def save_canned(
    *, title: str, body: str, team_id: int | None, by: User, now: datetime, reply_id: int | None = None
) -> CannedReply:
    """Write a canned reply, or change one that the person may use.

    Raises:
        UnknownReferenceError: There is no such reply for them, or they are not on the team.
        MissingError: It leaves something open that can't be filled in.
        AlreadyDoneError: There are too many.
    """
    require(by, Act.WORK_INCIDENT)
    title = words(title, field="title", what="The title", longest=100)
    body = words(body, field="body", what="The text", longest=LONGEST_CANNED)
    if unknown := unknown_placeholders(body):
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise MissingError(f"{{{unknown[0]}}} can't be filled in. What can be: {known}.", field="body")
    if team_id is not None and not by.teams.filter(pk=team_id).exists():
        raise UnknownReferenceError("You are not on that team. Choose one of yours.", field="team")
    if reply_id is None:
        if CannedReply.objects.count() >= MOST_REPLIES:
            raise AlreadyDoneError(f"There are {MOST_REPLIES} canned replies. Remove one first.", field="title")
        return CannedReply.objects.create(title=title, body=body, team_id=team_id, written_by=by, changed_at=now)
    reply = CannedReply.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=reply_id).first()
    if reply is None:
        raise UnknownReferenceError("That canned reply does not exist.")
    reply.title, reply.body, reply.team_id, reply.written_by, reply.changed_at = title, body, team_id, by, now
    reply.save()
    return reply


@transaction.atomic
def remove_canned(*, reply_id: int, by: User) -> None:
    """Remove a canned reply; what was sent with it stays as it was sent.

    Raises:
        UnknownReferenceError: There is no such reply for the person.
    """
    require(by, Act.WORK_INCIDENT)
    found = CannedReply.objects.visible_to(by).filter(pk=reply_id).values_list("pk", flat=True).first()
    if found is None:
        raise UnknownReferenceError("That canned reply does not exist.")
    CannedReply.objects.filter(pk=found).delete()
