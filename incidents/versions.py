"""How much of an incident somebody had seen before acting, so that nobody acts on what another one just changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import models
from django.db.models import Max

from incidents.models import Comment, Incident
from portal.accounts.models import User
from portal.journal.models import Event, EventQuerySet

_SHAPE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Version:
    """The last event and the last comment that somebody had seen, 0 where there was none: `812-97` in a form.

    Both are written under the agreement's lock alone, so that within one incident a higher number is never seen first.
    """

    event: int = 0
    comment: int = 0

    def __str__(self) -> str:
        return f"{self.event}-{self.comment}"

    @classmethod
    def read(cls, text: str) -> Version:
        """Read what a form sent back.

        Raises:
            ValueError: It is no version.
        """
        found = _SHAPE.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no version.")
        return cls(int(found[1]), int(found[2]))


NOTHING = Version()
"""Before anything was seen."""


def events_for(incident: Incident, user: User, *, after: Version = NOTHING) -> EventQuerySet:
    """Return an incident's own events after a version that a user may see. One query."""
    events = Event.objects.filter(
        agreement=incident.agreement_id, subject_kind="incident", subject_ref=incident.ref, pk__gt=after.event
    )
    return events if user.is_provider else events.filter(visible_to_client=True)


def comments_for(incident: Incident, user: User, *, after: Version = NOTHING) -> models.QuerySet[Comment]:
    """Return what was written on an incident after a version, as far as a user may read it. One query."""
    comments = incident.comments.filter(pk__gt=after.comment)
    return comments if user.is_provider else comments.filter(internal=False)


def version_of(incident: Incident, user: User) -> Version:
    """Return an incident's version for a user: what it can't see makes no new one. Two queries."""
    event = events_for(incident, user).aggregate(last=Max("pk"))["last"]
    comment = comments_for(incident, user).aggregate(last=Max("pk"))["last"]
    return Version(event or 0, comment or 0)


def others_acted(incident: Incident, user: User, *, after: Version) -> bool:
    """Return whether somebody else acted on an incident after a version, for the user to see. Two queries."""
    return (
        events_for(incident, user, after=after).exclude(actor=user).exists()
        or comments_for(incident, user, after=after).exclude(author=user).exists()
    )
