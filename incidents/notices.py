"""Who is told of what happens to an incident. The kinds' words stand in `incidents.mails`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from incidents.models import Comment, Incident
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

TO_STAFF = frozenset({"incident_reported", "incident_commented", "incident_reopened", "incident_withdrawn"})
KINDS = (*TO_CLIENT, *sorted(TO_STAFF))


def tell(
    kind: str, *, incident: Incident, event: Event | None, by: User, at: datetime, comment: Comment | None = None
) -> None:
    """Queue a notice for everybody it concerns, the one who acted left out; in the caller's transaction."""
    people = _client_side(incident) if kind in TO_CLIENT else _staff_side(incident)
    source = f"e{event.pk}" if event is not None else f"c{comment.pk if comment else 0}"
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
                context={"why": why, "incident": incident.pk, "comment": comment.pk if comment is not None else None},
                mutable=TO_CLIENT.get(kind, True),
            )
            for address, user_id, why in people
            if address != by.email
        ),
        at=at,
    )


def _client_side(incident: Incident) -> Iterator[tuple[str, int | None, str]]:
    """Yield the reporter and the designated support contacts. One query. Clause: JS-4, JS-16."""
    reporter = incident.reporter
    seen: set[str] = set()
    if reporter is not None and not reporter.is_provider and reporter.is_active:
        seen.add(reporter.email)
        yield reporter.email, reporter.pk, "You reported it."
    for contact in Contact.objects.filter(client=incident.client_id, is_support_contact=True):
        if contact.email.lower() not in seen:
            seen.add(contact.email.lower())
            yield contact.email, contact.user_id, "You are a designated support contact."


def _staff_side(incident: Incident) -> Iterator[tuple[str, int | None, str]]:
    """Yield the assignee, or else the agreement's team. One query."""
    team_id = incident.agreement.team_id or 0
    wanted = (
        Q(pk=incident.assignee_id)
        if incident.assignee_id
        else Q(pk__in=Team.members.through.objects.filter(team_id=team_id).values("user_id"))
    )
    for user in User.objects.filter(wanted, is_active=True).distinct():
        why = (
            "You are assigned to it."
            if incident.assignee_id
            else f"You are on the team that answers for {incident.client.name}."
        )
        yield user.email, user.pk, why
