"""Who is told of what happens to an incident. The kinds' words stand in `incidents.mails`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from incidents.models import Assignment, Comment, Incident, Wait
from portal.accounts.models import Team, User
from portal.alerts.services import Notice, enqueue
from portal.clients.models import Contact
from portal.journal.models import Event

TO_CLIENT = {
    "incident_answered": True,
    "incident_information_asked": True,
    "incident_reclassified": False,
    "incident_resolved": True,
    "incident_determined": False,
    "incident_attributed": False,
    "incident_merged": True,
}
"""Kinds that go to the client, and whether a person may mute them: the contract's written notices can't be.

Clause: JS-2, JS-4.
"""

TO_STAFF = frozenset(
    {
        "incident_reported",
        "incident_commented",
        "incident_reopened",
        "incident_withdrawn",
        "incident_assigned",
        "incident_wait_over",
        "incident_watched",
    }
)
KINDS = (*TO_CLIENT, *sorted(TO_STAFF))
WATCHED = "incident_watched"
"""What staff who watch read of what was told to the client."""

Person = tuple[str, int | None, str]
"""An address, the login behind it, and why it is told."""


def tell(
    kind: str, *, incident: Incident, event: Event | None, by: User, at: datetime, comment: Comment | None = None
) -> None:
    """Queue a notice for everybody it concerns, the one who acted left out; in the caller's transaction."""
    source = f"e{event.pk}" if event is not None else f"c{comment.pk if comment else 0}"
    context = {"comment": comment.pk if comment is not None else None}
    if kind in TO_CLIENT:
        _queue(kind, _client_side(incident), source, incident=incident, by=by, at=at, event=event, context=context)
        watchers = _watchers(incident, staff=True)
        _queue(WATCHED, watchers, source, incident=incident, by=by, at=at, event=event, context={**context, "of": kind})
    else:
        _queue(kind, _staff_side(incident), source, incident=incident, by=by, at=at, event=event, context=context)


def tell_assigned(assignment: Assignment, *, at: datetime) -> None:
    """Queue a notice for whoever has an incident now: the person, else the team that it was handed over to."""
    incident, by = assignment.incident, assignment.by
    people: list[Person] = []
    if assignment.assignee is not None:
        people = [(assignment.assignee.email, assignment.assignee.pk, "It is assigned to you.")]
    elif assignment.team is not None:
        members = assignment.team.members.filter(is_active=True)
        people = [(user.email, user.pk, f"You are on the team {assignment.team}.") for user in members]
    context = {"comment": None, "assignment": assignment.pk}
    _queue("incident_assigned", people, f"a{assignment.pk}", incident=incident, by=by, at=at, context=context)


def tell_wait_over(wait: Wait, *, at: datetime) -> None:
    """Queue a notice for who has an incident whose wait should be over."""
    context = {"comment": None, "wait": wait.pk}
    people = _staff_side(wait.incident, watched=False)
    _queue("incident_wait_over", people, f"w{wait.pk}", incident=wait.incident, by=None, at=at, context=context)


def _queue(
    kind: str,
    people: Iterable[Person],
    source: str,
    *,
    incident: Incident,
    by: User | None,
    at: datetime,
    context: dict[str, Any],
    event: Event | None = None,
) -> None:
    enqueue(
        (
            Notice(
                key=f"{kind}:{source}:{address}",
                kind=kind,
                address=address,
                recipient_id=user_id,
                agreement_id=incident.agreement_id,
                subject_kind="incident",
                subject_ref=incident.ref,
                event_id=event.pk if event is not None else None,
                context={"why": why, "incident": incident.pk, **context},
                mutable=TO_CLIENT.get(kind, True),
            )
            for address, user_id, why in people
            if by is None or address != by.email
        ),
        at=at,
    )


def _client_side(incident: Incident) -> Iterator[Person]:
    """Yield the reporter, the designated support contacts and who follows it. Two queries. Clause: JS-4, JS-16."""
    reporter = incident.reporter
    seen: set[str] = set()
    if reporter is not None and not reporter.is_provider and reporter.is_active:
        seen.add(reporter.email)
        yield reporter.email, reporter.pk, "You reported it."
    for contact in Contact.objects.filter(client=incident.client_id, is_support_contact=True):
        if contact.email.lower() not in seen:
            seen.add(contact.email.lower())
            yield contact.email, contact.user_id, "You are a designated support contact."
    for email, user_id, why in _watchers(incident, staff=False):
        if email not in seen:
            yield email, user_id, why


def _staff_side(incident: Incident, *, watched: bool = True) -> Iterator[Person]:
    """Yield the assignee, or else the team that answers for it, and who watches it. Two queries."""
    team_id = incident.team_id or incident.agreement.team_id or 0
    wanted = (
        Q(pk=incident.assignee_id)
        if incident.assignee_id
        else Q(pk__in=Team.members.through.objects.filter(team_id=team_id).values("user_id"))
    )
    seen: set[str] = set()
    for user in User.objects.filter(wanted, is_active=True).distinct():
        why = (
            "You are assigned to it."
            if incident.assignee_id
            else f"You are on the team that answers for {incident.client.name}."
        )
        seen.add(user.email)
        yield user.email, user.pk, why
    for email, user_id, why in _watchers(incident, staff=True) if watched else ():
        if email not in seen:
            yield email, user_id, why


def _watchers(incident: Incident, *, staff: bool) -> Iterator[Person]:
    """Yield who watches it of one side. One query."""
    people = User.objects.filter(watches__incident=incident, is_active=True)
    people = people.filter(client__isnull=True) if staff else people.filter(client=incident.client_id)
    for user in people.order_by("id"):
        yield user.email, user.pk, "You watch it." if staff else "You follow it."
