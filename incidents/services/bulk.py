"""One act on many incidents: what can be done is done, what can't is refused by itself, with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from incidents.errors import AlreadyDoneError, MissingError, UnknownReferenceError
from incidents.models import Assignment, BulkAct, BulkOutcome, Incident
from incidents.services.acts import link_problem
from incidents.services.assigning import assign_incident, hand_over_incident, undo_assignment
from incidents.services.opening import require
from incidents.services.watchers import watch_incident
from portal.accounts.models import Team, User
from portal.accounts.permissions import Act
from portal.web.errors import PortalError

MOST_AT_ONCE = 200

One = Callable[[Incident], Assignment | None]
"""The act on one of them; the assignment that it made, where it can be taken back."""


def take_incidents(*, incident_ids: Sequence[int], by: User, now: datetime) -> BulkAct:
    """Give incidents to who asks."""

    def take(incident: Incident) -> Assignment | None:
        return assign_incident(incident_id=incident.pk, assignee_id=by.pk, by=by, now=now).assignments.last()

    return _on_each(BulkAct.Kind.TAKE, incident_ids, take, by=by, now=now, detail=by.name)


def assign_incidents(
    *,
    incident_ids: Sequence[int],
    assignee: User | None,
    team: Team | None,
    by: User,
    now: datetime,
    note: str = "",
) -> BulkAct:
    """Give incidents to a person, to a team, or to both."""

    def assign(incident: Incident) -> Assignment:
        return hand_over_incident(
            incident_id=incident.pk,
            assignee_id=assignee.pk if assignee is not None else None,
            team_id=team.pk if team is not None else None,
            note=note,
            by=by,
            now=now,
        )

    whom = " of ".join(str(one) for one in (assignee, team) if one is not None) or "nobody"
    return _on_each(BulkAct.Kind.ASSIGN, incident_ids, assign, by=by, now=now, detail=whom)


def link_incidents(*, incident_ids: Sequence[int], problem_ref: str, title: str, by: User, now: datetime) -> BulkAct:
    """Link incidents to a shared root cause, known or new. Clause: JS-13."""

    def link(incident: Incident) -> None:
        link_problem(incident_id=incident.pk, problem_ref=problem_ref, title=title, by=by, now=now)

    return _on_each(BulkAct.Kind.LINK, incident_ids, link, by=by, now=now, detail=problem_ref[:400])


def watch_incidents(*, incident_ids: Sequence[int], user: User, by: User, now: datetime) -> BulkAct:
    """Let a colleague watch incidents."""

    def watch(incident: Incident) -> None:
        watch_incident(incident_id=incident.pk, user_id=user.pk, by=by, now=now)

    return _on_each(BulkAct.Kind.WATCH, incident_ids, watch, by=by, now=now, detail=user.name)


def undo_bulk(*, bulk_id: int, by: User, now: datetime) -> BulkAct:
    """Take back the assignments of one's own bulk act; what somebody gave on since stays.

    Raises:
        UnknownReferenceError: It is not one's own, or nothing of it can be taken back.
        AlreadyDoneError: It was taken back before.
    """
    bulk = BulkAct.objects.filter(pk=bulk_id, by=by).first()
    if bulk is None:
        raise UnknownReferenceError("That is not yours to take back.")
    given = {
        outcome.incident_id: outcome.assignment_id
        for outcome in bulk.outcomes.filter(assignment__isnull=False)
        if outcome.assignment_id is not None
    }
    if not given or bulk.kind == BulkAct.Kind.UNDO:
        raise UnknownReferenceError("Nothing of it can be taken back.")

    def undo(incident: Incident) -> Assignment:
        return undo_assignment(assignment_id=given[incident.pk], by=by, now=now)

    return _on_each(BulkAct.Kind.UNDO, list(given), undo, by=by, now=now, detail=bulk.detail)


@transaction.atomic
def _on_each(
    kind: BulkAct.Kind, incident_ids: Sequence[int], one: One, *, by: User, now: datetime, detail: str
) -> BulkAct:
    """Act on each in a savepoint of its own, in the order in which agreements are locked everywhere."""
    require(by, Act.WORK_INCIDENT)
    if not 0 < len(set(incident_ids)) <= MOST_AT_ONCE:
        raise MissingError(f"Choose 1 to {MOST_AT_ONCE} incidents.", field="incident")
    incidents = Incident.objects.visible_to(by).filter(pk__in=set(incident_ids)).order_by("agreement_id", "pk")
    bulk = BulkAct.objects.create(kind=kind, by=by, at=now, detail=detail)
    outcomes = []
    for incident in incidents:
        outcome = BulkOutcome(bulk=bulk, incident=incident)
        try:
            with transaction.atomic():
                outcome.assignment = one(incident)
        except PortalError as error:
            outcome.refused = error.sentence[:400]
        outcomes.append(outcome)
    if not outcomes:
        raise AlreadyDoneError("None of these incidents exists any more.", field="incident")
    BulkOutcome.objects.bulk_create(outcomes)
    return bulk
