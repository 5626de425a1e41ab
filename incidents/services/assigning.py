"""Who has an incident: given to one of the staff, handed over to a team, and taken back. No clock is moved by it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incidents.errors import AlreadyDoneError, UnknownReferenceError
from incidents.models import Assignment, Incident
from incidents.notices import tell_assigned
from incidents.services.opening import LONGEST_REASON, Opened, open_incident, require, words
from portal.accounts.models import Team, User
from portal.accounts.permissions import Act


@transaction.atomic
def assign_incident(*, incident_id: int, assignee_id: int | None, by: User, now: datetime) -> Incident:
    """Give the incident to one of the staff, or to nobody; the team that answers for it stays.

    Raises:
        UnknownReferenceError: The person is none of the staff.
        AlreadyDoneError: It is theirs already.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    _give(opened, _person(assignee_id), opened.incident.team, note="")
    return opened.incident


@transaction.atomic
def hand_over_incident(
    *, incident_id: int, assignee_id: int | None, team_id: int | None, by: User, now: datetime, note: str = ""
) -> Assignment:
    """Give the incident to a person, to a team, or to both, with what they should know; they are told of it.

    Without a team its agreement's team answers for it again.

    Raises:
        UnknownReferenceError: The person is none of the staff, or there is no such team.
        AlreadyDoneError: They have it already.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    team = None
    if team_id is not None:
        team = Team.objects.filter(pk=team_id).first()
        if team is None:
            raise UnknownReferenceError("That team does not exist. Choose one of the list.", field="team")
    if note.strip():
        note = words(note, field="note", what="The note", longest=LONGEST_REASON)
    return _give(opened, _person(assignee_id), team, note=note.strip())


@transaction.atomic
def undo_assignment(*, assignment_id: int, by: User, now: datetime) -> Assignment:
    """Give the incident back to whom it was with before, as far as nobody gave it on since.

    Raises:
        UnknownReferenceError: There is no such assignment.
        AlreadyDoneError: Somebody assigned it since.
    """
    require(by, Act.WORK_INCIDENT)
    found = Assignment.objects.filter(pk=assignment_id).values_list("incident_id", flat=True).first()
    if found is None:
        raise UnknownReferenceError("That assignment does not exist.", field="assignment")
    opened = open_incident(found, by=by, now=now)
    latest = opened.incident.assignments.select_related("was_assignee", "was_team", "by").last()
    assert latest is not None  # noqa: S101  # The one that is asked for, at least.
    if latest.pk != assignment_id:
        raise AlreadyDoneError(f"{latest.by} assigned {opened.incident.ref} since. It stays as it is.")
    assignee = latest.was_assignee if latest.was_assignee is not None and latest.was_assignee.is_active else None
    return _give(opened, assignee, latest.was_team, note="")


def _person(assignee_id: int | None) -> User | None:
    if assignee_id is None:
        return None
    assignee = User.objects.filter(pk=assignee_id, client__isnull=True, is_active=True).first()
    if assignee is None:
        raise UnknownReferenceError("That person is not one of the staff. Choose one of the list.", field="assignee")
    return assignee


def _give(opened: Opened, assignee: User | None, team: Team | None, *, note: str) -> Assignment:
    """Write who has it, and tell them."""
    incident = opened.incident
    if (incident.assignee, incident.team) == (assignee, team) and not note:
        whom = f"{assignee}" if assignee is not None else "nobody"
        raise AlreadyDoneError(f"{incident.ref} is assigned to {whom} already.", field="assignee")
    given = Assignment.objects.create(
        incident=incident,
        assignee=assignee,
        team=team,
        was_assignee=incident.assignee,
        was_team=incident.team,
        note=note,
        by=opened.by,
        at=opened.now,
    )
    incident.assignee, incident.team = assignee, team
    incident.save(update_fields=["assignee", "team"])
    tell_assigned(given, at=opened.now)
    return given
