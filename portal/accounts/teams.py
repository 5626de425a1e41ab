"""Writing teams: who leads them, when they are told, who is on call, and who is away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from portal.accounts.models import Absence, Shift, Team, User
from portal.accounts.permissions import Act, may
from portal.web.errors import PortalError
from portal.web.taken import refused_if_taken


class TeamError(PortalError):
    """A team, its rota or an absence can't be like that."""

    code = "team_refused"
    status = 409


class NotAllowedError(PortalError):
    """The user's role does not allow it."""

    code = "not_allowed"
    status = 403


def _require(by: User) -> None:
    if not may(by, Act.MANAGE_TEAMS):
        raise NotAllowedError(f"Your role, {by.get_role_display().lower()}, does not allow this. Ask a manager.")


@transaction.atomic
def save_team(
    *,
    team_id: int | None,
    name: str,
    zone: str,
    members: Collection[User],
    manager: User | None,
    team_from: int,
    manager_from: int,
    by: User,
) -> Team:
    """Make a team, or change it: its people, and from which share of a target on they are told.

    Raises:
        NotAllowedError: The role does not manage teams.
        TeamError: Another team has the name, or the manager would be told before the team.
    """
    _require(by)
    taken = TeamError(f"There is a team {name} already. Give another name.", field="name")
    if Team.objects.filter(name__iexact=name).exclude(pk=team_id or 0).exists():
        raise taken
    if not 0 <= team_from <= manager_from <= 100:
        raise TeamError(
            f"The manager would be told from {manager_from} % on, the team from {team_from} %. "
            "Give the manager the team's share or more, 100 at most.",
            field="manager_from",
        )
    team = Team.objects.select_for_update().get(pk=team_id) if team_id is not None else Team()
    team.name, team.zone, team.manager = name, zone, manager
    team.team_from, team.manager_from = team_from, manager_from
    with refused_if_taken(taken):
        team.save()
    team.members.set(members)
    return team


@transaction.atomic
def add_shift(*, team_id: int, user: User, begins_at: datetime, ends_at: datetime, by: User) -> Shift:
    """Put somebody on call for a team in [begins_at, ends_at).

    Raises:
        NotAllowedError: The role does not manage teams.
        TeamError: It ends before it begins, the person is no member, or somebody else is on call then.
    """
    _require(by)
    team = Team.objects.select_for_update().get(pk=team_id)  # The lock of its rota.
    if ends_at <= begins_at:
        raise TeamError("It ends before it begins. Give a later end.", field="ends_at")
    if not team.members.filter(pk=user.pk).exists():
        raise TeamError(f"{user} is not a member of {team}. Add them to the team first.", field="user")
    other = team.shifts.filter(begins_at__lt=ends_at, ends_at__gt=begins_at).select_related("user").first()
    if other is not None:
        raise TeamError(
            f"{other.user} is on call in that time. Remove that first, or give another time.", field="begins_at"
        )
    return Shift.objects.create(team=team, user=user, begins_at=begins_at, ends_at=ends_at)


@transaction.atomic
def remove_shift(*, shift_id: int, by: User) -> None:
    """Take a time on call out of the rota; one that is gone already stays gone."""
    _require(by)
    Shift.objects.filter(pk=shift_id).delete()


@transaction.atomic
def add_absence(*, user: User, stand_in: User | None, begins_at: datetime, ends_at: datetime, by: User) -> Absence:
    """Record that somebody is away in [begins_at, ends_at), and who stands in. Everybody may for themselves.

    Raises:
        NotAllowedError: It is somebody else, and the role does not manage teams.
        TeamError: It ends before it begins, or the stand-in is the same person, or away in that time too.
    """
    if user != by:
        _require(by)
    if ends_at <= begins_at:
        raise TeamError("It ends before it begins. Give a later end.", field="ends_at")
    if stand_in == user:
        raise TeamError(f"{user} can't stand in for themselves. Choose somebody else.", field="stand_in")
    if stand_in is not None and stand_in.absences.filter(begins_at__lt=ends_at, ends_at__gt=begins_at).exists():
        raise TeamError(f"{stand_in} is away in that time too. Choose somebody else.", field="stand_in")
    return Absence.objects.create(user=user, stand_in=stand_in, begins_at=begins_at, ends_at=ends_at)


@transaction.atomic
def remove_absence(*, absence_id: int, by: User) -> None:
    """Let somebody not be away after all; one that is gone already stays gone."""
    absence = Absence.objects.select_related("user").filter(pk=absence_id).first()
    if absence is None:
        return
    if absence.user != by:
        _require(by)
    absence.delete()
