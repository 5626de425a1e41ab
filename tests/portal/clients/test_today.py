"""The register of the first screens: sources answer for the agreements that are asked for, in each section's order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.models import Role
from portal.clients.today import Asked, Awaited, Decision, Risk, Section, awaited, decisions, risks
from tests.factories import ACTIVATED_AT, AgreementFactory, ClientUserFactory, StaffFactory

DAY = timedelta(days=1)


def decision(title: str, *, days: int) -> Decision:
    return Decision(title=title, text="", verb="Decide", url="/", since=ACTIVATED_AT + days * DAY)


@pytest.mark.django_db
def test_rows_of_all_sources_stand_in_one_order() -> None:
    asked = Asked(user=StaffFactory(), at=ACTIVATED_AT)
    section: Section[Decision] = Section(lambda row: row.since)
    section.register(lambda asked: [decision("Later", days=2), decision("First", days=0)])
    section.register(lambda asked: [decision("Between", days=1)])

    rows = section.rows(asked)

    assert [row.title for row in rows] == ["First", "Between", "Later"]


@pytest.mark.django_db
def test_a_source_that_is_registered_twice_answers_once() -> None:
    def source(asked: Asked) -> list[Decision]:
        return [decision("Once", days=0)]

    section: Section[Decision] = Section(lambda row: row.since)
    section.register(source)
    section.register(source)

    assert len(section.rows(Asked(user=StaffFactory(), at=ACTIVATED_AT))) == 1


@pytest.mark.django_db
def test_a_question_narrows_to_my_clients_my_teams_and_one_client() -> None:
    user = StaffFactory(role=Role.MANAGER)
    mine, teams, other = AgreementFactory(), AgreementFactory(), AgreementFactory()
    mine.client.relationship_manager = user
    mine.client.save(update_fields=["relationship_manager"])
    teams.team.members.add(user)

    found = {
        name: set(Asked(user=user, at=ACTIVATED_AT, **fields).agreements())
        for name, fields in {
            "mine": {"whose": "mine"},
            "team": {"whose": "team"},
            "all": {},
            "client": {"client_id": other.client_id},
        }.items()
    }

    assert found == {"mine": {mine}, "team": {teams}, "all": {mine, teams, other}, "client": {other}}


@pytest.mark.django_db
def test_a_client_asks_for_its_own_agreements_only() -> None:
    own = AgreementFactory()
    AgreementFactory()

    assert set(Asked(user=ClientUserFactory(client=own.client), at=ACTIVATED_AT).agreements()) == {own}


def test_the_registered_sections_stand_by_what_presses() -> None:
    late = Awaited(title="Late", url="/", due_at=ACTIVATED_AT + DAY, state="risk")
    old = Awaited(title="Old", url="/", since=ACTIVATED_AT)

    assert sorted([old, late], key=awaited._order) == [late, old]
    assert decisions._order(decision("First", days=0)) < decisions._order(decision("Next", days=1))
    heavy, light = (Risk(title="Client", text="", kind="Promises", url="/", weight=weight) for weight in (3, 2))
    assert sorted([light, heavy], key=risks._order) == [heavy, light]
