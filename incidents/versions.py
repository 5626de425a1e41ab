"""How much of an incident somebody had seen before acting, so that nobody acts on what another one just changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import models
from django.db.models import Max

from incidents.models import Assignment, Comment, Incident
from portal.accounts.models import User
from portal.journal.models import Event, EventQuerySet

_SHAPE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})-([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Version:
    """The last event, comment and assignment that somebody had seen, 0 where there was none: `812-97-4` in a form.

    All are written under the agreement's lock alone, so that within one incident a higher number is never seen first.
    """

    event: int = 0
    comment: int = 0
    assignment: int = 0

    def __str__(self) -> str:
        return f"{self.event}-{self.comment}-{self.assignment}"

    @classmethod
    def read(cls, text: str) -> Version:
        """Read what a form sent back.

        Raises:
            ValueError: It is no version.
        """
        found = _SHAPE.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no version.")
        return cls(int(found[1]), int(found[2]), int(found[3]))


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


def assignments_for(incident: Incident, user: User, *, after: Version = NOTHING) -> models.QuerySet[Assignment]:
    """Return to whom an incident was given after a version; that is the staff's own matter. One query."""
    return incident.assignments.filter(pk__gt=after.assignment) if user.is_provider else Assignment.objects.none()


def version_of(incident: Incident, user: User) -> Version:
    """Return an incident's version for a user: what it can't see makes no new one. Three queries."""
    last = [
        rows.aggregate(last=Max("pk"))["last"] or 0
        for rows in (events_for(incident, user), comments_for(incident, user), assignments_for(incident, user))
    ]
    return Version(*last)


def others_acted(incident: Incident, user: User, *, after: Version) -> bool:
    """Return whether somebody else acted on an incident after a version, for the user to see. Three queries."""
    return (
        events_for(incident, user, after=after).exclude(actor=user).exists()
        or comments_for(incident, user, after=after).exclude(author=user).exists()
        or assignments_for(incident, user, after=after).exclude(by=user).exists()
    )
