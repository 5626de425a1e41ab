"""What was said and what happened on an incident, in order: all of it for staff, for clients what is meant for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from incidents.happenings import incident_words
from incidents.models import Assignment, Comment, Incident
from incidents.queries import files_of
from incidents.standing import Standing
from incidents.versions import Version, assignments_for, comments_for, events_for, version_of
from portal.accounts.models import User
from portal.clocks.notices import INTERNAL_TARGETS
from portal.clocks.words import target_label
from portal.journal.feed import who
from portal.journal.models import Attachment, Event

MOST_ENTRIES = 200
SAID = frozenset({"incident.reported", "incident.responded", "incident.contacted"})
"""Acts whose words say all: their message stands for them, except where a loaded history has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that somebody wrote. `side` is client, provider or internal."""

    at: datetime
    author: str
    side: str
    body: str
    own: bool
    anchor: str
    files: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that happened: a sentence, the page it leads to, who did it, why, and the clause."""

    at: datetime
    icon: str
    text: str
    actor: str = ""
    reason: str = ""
    clause: str = ""
    status: str = ""
    url: str = ""


Entry = Message | Happened


@dataclass(frozen=True, slots=True)
class Conversation:
    """The latest entries, oldest first, how many earlier ones there are, and the version that their reader has seen.

    `events` are the ids of all events behind it that the reader may see.
    """

    entries: list[Entry]
    earlier: int
    version: Version
    events: Sequence[int] = ()


def latest(standing: Standing, user: User, *, whole: bool = False) -> Conversation:
    """Return what a page shows of a conversation: its end, or all of it where somebody asks. Nine queries at most."""
    found = conversation(standing, user)
    earlier = 0 if whole else max(0, len(found.entries) - MOST_ENTRIES)
    return replace(found, entries=found.entries[earlier:], earlier=earlier)


def conversation(standing: Standing, user: User) -> Conversation:
    """Return all of an incident's messages and happenings that a user may see, oldest first. Nine queries at most.

    A client's user sees neither internal notes nor what the journal keeps from clients.
    """
    incident = standing.incident
    comments = list(comments_for(incident, user).select_related("author"))
    events = list(events_for(incident, user).select_related("actor", "on_behalf_of", "text").in_order())
    given = list(assignments_for(incident, user).select_related("assignee", "team", "by"))
    entries = [
        *_said_and_done(comments, events, standing, user),
        *_given(given),
        *_breaches(standing, for_staff=user.is_provider),
        *(_verdicts(incident) if any(event.kind == "incident.resolved" for event in events) else ()),
        *_taken_in(incident, for_staff=user.is_provider),
    ]
    version = Version(
        max((event.pk for event in events), default=0),
        max((comment.pk for comment in comments), default=0),
        max((assignment.pk for assignment in given), default=0),
    )
    return Conversation(_in_order(entries), 0, version, [event.pk for event in events])


def meanwhile(standing: Standing, user: User, *, after: Version) -> Conversation:
    """Return what others wrote and did on an incident after a version, for a user to see. Eight queries at most."""
    incident = standing.incident
    # The version first: what is recorded between the two reads is shown twice rather than never.
    version = version_of(incident, user)
    comments = comments_for(incident, user, after=after).exclude(author=user).select_related("author")
    events = list(
        events_for(incident, user, after=after)
        .exclude(actor=user)
        .select_related("actor", "on_behalf_of", "text")
        .in_order()
    )
    given = assignments_for(incident, user, after=after).exclude(by=user).select_related("assignee", "team", "by")
    return Conversation(_in_order([*_said_and_done(comments, events, standing, user), *_given(given)]), 0, version)


def _said_and_done(
    comments: Iterable[Comment], events: Sequence[Event], standing: Standing, user: User
) -> Iterator[Entry]:
    files = files_of(standing.incident, user)
    messages = [_message(comment, user, files.get(comment.part, ())) for comment in comments]
    yield from messages
    yield from _happenings(events, {message.at for message in messages}, standing, for_staff=user.is_provider)


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Sort entries: of what stands at one instant the words come first, they say what the event only counts."""
    return sorted(entries, key=lambda entry: (entry.at, isinstance(entry, Happened)))


def _message(comment: Comment, user: User, files: Sequence[Attachment]) -> Message:
    author = comment.author
    by_provider = author is None or author.is_provider
    return Message(
        at=comment.at,
        author=str(author) if author is not None else "Support",
        side="internal" if comment.internal else "provider" if by_provider else "client",
        body=comment.body,
        own=author == user,
        anchor=f"c{comment.pk}",
        files=files,
    )


def _happenings(
    events: Sequence[Event], said_at: set[datetime], standing: Standing, *, for_staff: bool
) -> Iterator[Happened]:
    severity = ""
    waited = any(event.kind == "incident.waiting" for event in events)
    waits = {wait.began_at: wait.reason for wait in standing.incident.waits.all()} if waited else {}
    for event in events:
        before, severity = severity, event.payload.get("severity", severity)
        if event.kind in SAID and event.at in said_at:
            continue
        words = incident_words(event, for_staff=for_staff, before=before)
        clause = words.clause
        if event.kind == "incident.waiting":
            clause = standing.state.plan.clauses[event.payload["on"]]
        elif event.kind == "incident.resolved":
            clause = standing.state.plan.resolved_by
        texts = event.text.texts if hasattr(event, "text") else {}
        reason = texts.get("reason", "")
        if event.kind == "incident.waiting":
            reason = waits.get(event.at, reason)
        yield Happened(
            at=event.at,
            icon=words.icon,
            text=words.text,
            actor=who(event),
            reason=reason,
            clause=clause,
            status=words.status,
            url=_url(standing.incident.merged_into, for_staff=for_staff) if event.kind == "incident.merged" else "",
        )


def _given(assignments: Iterable[Assignment]) -> Iterator[Happened]:
    """Yield to whom the incident was given; staff alone read it."""
    for given in assignments:
        whom = [str(one) for one in (given.assignee, given.team if given.team != given.was_team else None) if one]
        yield Happened(
            at=given.at,
            icon="user",
            text=f"Assigned to {' of '.join(whom) or 'nobody'}",
            actor=str(given.by),
            reason=given.note,
            status="internal",
        )


def _taken_in(incident: Incident, *, for_staff: bool) -> Iterator[Happened]:
    """Yield the incidents that go on in this one."""
    for other in incident.merged.all():
        if other.ended_at is not None:
            text, url = f"{other.ref} goes on here", _url(other, for_staff=for_staff)
            yield Happened(at=other.ended_at, icon="shuffle", text=text, url=url)


def _url(incident: Incident | None, *, for_staff: bool) -> str:
    """Return the address of an incident's page for its reader, '' for no incident."""
    return reverse("incident" if for_staff else "support_incident", args=[incident.pk]) if incident is not None else ""


def _breaches(standing: Standing, *, for_staff: bool) -> Iterator[Happened]:
    """Yield the breaches. Why one was voided can be why an answer was recorded late, which staff write for staff."""
    for breach in standing.breaches:
        if breach.clock.target in INTERNAL_TARGETS:
            continue
        clock, voided = breach.clock, getattr(breach, "void", None)
        label = target_label(clock.target, clock.ordinal)
        yield Happened(
            at=breach.due_at,
            icon="ban" if voided else "octagon-x",
            text=f"{label} was due and not given" + (": the breach no longer counts" if voided else ""),
            reason=voided.reason if voided and for_staff else "",
            clause=clock.clause,
            status="void" if voided else "breached",
        )


def _verdicts(incident: Incident) -> Iterator[Happened]:
    """Yield the client's word that it is solved, with its rating. Clause: T-11."""
    for verdict in incident.verdicts.select_related("confirmed_by"):
        rated = f", rated {verdict.stars} of 5" if verdict.stars is not None else ""
        yield Happened(
            at=verdict.confirmed_at,
            icon="circle-check",
            text=f"Confirmed as solved{rated}",
            actor=str(verdict.confirmed_by),
            reason=verdict.words,
            status="met",
        )
