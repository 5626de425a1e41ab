"""The client's answer to what it was asked for, one thing of the checklist or all. Clause: JS-12."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from incidents.errors import MissingError, NotWaitingError, UnknownReferenceError
from incidents.models import Comment, InformationItem
from incidents.notices import tell
from incidents.queries import asked_of
from incidents.services.opening import LONGEST_BODY, open_incident, require, require_open, words
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract import events as e

GIVEN = "You have it already."
FILED = "See the files."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gives for one thing: words, files, or its word that the provider has it."""

    text: str = ""
    files: Sequence[UploadedFile] = ()
    given: bool = False

    def __bool__(self) -> bool:
        return bool(self.text.strip() or self.files or self.given)

    @property
    def words(self) -> str:
        """What the conversation says of it."""
        return self.text.strip() or (FILED if self.files else GIVEN)


@transaction.atomic
def answer_information(*, incident_id: int, answers: Mapping[int, Answer], by: User, now: datetime) -> bool:
    """Give some or all of what was asked for, by its item's id; return whether it is all there now.

    What is given stays given. The last of it ends the wait at this instant; until then the wait goes on.

    Raises:
        IncidentClosedError: The incident is closed.
        NotWaitingError: Nothing is asked for.
        UnknownReferenceError: An item is not among what is still missing.
        MissingError: Nothing was given.
        AttachmentRefusedError: A file can't be taken.
    """
    require(by, Act.COMMENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    request = asked_of(opened.incident)
    if request is None:
        raise NotWaitingError(f"Nothing is asked for on {opened.incident.ref} any more.")
    missing = {item.pk: item for item in request.items.all() if item.provided_at is None}
    given = {pk: answer for pk, answer in answers.items() if answer}
    if not given:
        raise MissingError("Nothing is given yet. Write, choose a file, or tick one of the things.")
    if not given.keys() <= missing.keys():
        raise UnknownReferenceError("One of these things is there already. Load the page again.")
    said = [f"{missing[pk].text}\n{answer.words}" for pk, answer in given.items()]
    body = words("\n\n".join(said), field="", what="The answer", longest=LONGEST_BODY)
    comment = Comment.objects.create(incident=opened.incident, author=by, body=body, at=now)
    opened.keep_files(comment, [file for answer in given.values() for file in answer.files])
    InformationItem.objects.filter(pk__in=given).update(provided_at=now)
    complete = len(given) == len(missing)
    event = None
    if complete:
        request.answered_at = now
        request.save(update_fields=["answered_at"])
        event = opened.record(e.IncidentResumed(at=now, incident=opened.incident.ref))
    tell("incident_commented", incident=opened.incident, event=event, by=by, at=now, comment=comment)
    return complete
