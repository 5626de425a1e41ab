"""Pages of teams: their people, their rota, and who of the staff is away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from portal.accounts.models import Absence, Role, Shift, Team, User
from tests.factories import StaffFactory, TeamFactory
from tests.incidents.pages import MONDAY, at, browser_of, sending, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return StaffFactory(role=Role.MANAGER, zone="America/New_York")


@pytest.fixture
def member() -> User:
    return StaffFactory(name="Theo Member", zone="America/New_York")


@pytest.fixture
def team(member: User) -> Team:
    made: Team = TeamFactory(name="Live support", zone="Europe/London")
    made.members.add(member)
    return made


def posted(by: User, address: str, /, **fields: Any) -> Any:
    with at(MONDAY):
        return browser_of(by).post(address, sending(**fields), follow=True)


def test_a_manager_makes_a_team_with_its_steps(manager: User, member: User) -> None:
    page = posted(
        manager,
        "/teams/new/",
        name="Live support",
        zone="Europe/London",
        members=[member.pk],
        manager=manager.pk,
        team_from=60,
        manager_from=80,
    )

    made = Team.objects.get()
    assert (list(made.members.all()), made.manager, made.team_from, made.manager_from) == ([member], manager, 60, 80)
    assert "from 60 % of a target on" in text_of(page)


def test_a_manager_is_not_told_before_the_team(manager: User) -> None:
    page = posted(manager, "/teams/new/", name="A", zone="UTC", team_from=80, manager_from=50)

    assert "Give the manager the team&#x27;s share or more" in text_of(page)
    assert not Team.objects.exists()


def test_a_time_on_call_is_written_in_the_teams_zone(manager: User, team: Team, member: User) -> None:
    posted(
        manager,
        f"/teams/{team.pk}/on-call/",
        user=member.pk,
        begins_at="2026-03-02T17:00",
        ends_at="2026-03-03T09:00",
    )

    assert Shift.objects.get().begins_at == datetime.fromisoformat("2026-03-02T17:00+00:00")


def test_two_people_are_not_on_call_at_once(manager: User, team: Team, member: User) -> None:
    form = {"user": member.pk, "begins_at": "2026-03-02T17:00", "ends_at": "2026-03-03T09:00"}
    posted(manager, f"/teams/{team.pk}/on-call/", **form)

    page = posted(
        manager,
        f"/teams/{team.pk}/on-call/",
        **(form | {"begins_at": "2026-03-03T08:59", "ends_at": "2026-03-04T09:00"}),
    )

    assert "Theo Member is on call in that time." in text_of(page)
    assert Shift.objects.count() == 1


def test_an_agent_records_their_own_absence_and_nobody_elses(member: User, manager: User) -> None:
    form = {"begins_at": "2026-03-09T09:00", "ends_at": "2026-03-16T09:00", "stand_in": manager.pk}

    own = posted(member, "/absences/new/", user=member.pk, **form)
    posted(member, "/absences/new/", user=manager.pk, **(form | {"stand_in": ""}))

    assert "stands in" in text_of(own)
    assert [absence.user for absence in Absence.objects.all()] == [member]


def test_nobody_stands_in_who_is_away_too(manager: User, member: User) -> None:
    form = {"begins_at": "2026-03-09T09:00", "ends_at": "2026-03-16T09:00"}
    posted(manager, "/absences/new/", user=member.pk, **form)

    page = posted(manager, "/absences/new/", user=manager.pk, stand_in=member.pk, **form)

    assert "Theo Member is away in that time too." in text_of(page)
    assert Absence.objects.count() == 1
