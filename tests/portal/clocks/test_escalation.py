"""Who is told at which step: the assignee, then the team, then its manager; who is on call; who stands in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from portal.accounts.models import Absence, Shift, Team, User
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.clocks.flagging import flag_waking
from portal.clocks.models import Clock
from portal.clocks.notices import audiences_on_duty
from tests.factories import AgreementFactory, StaffFactory
from tests.incidents.pages import reported

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def member() -> User:
    return StaffFactory(name="Theo Member")


@pytest.fixture
def chief() -> User:
    return StaffFactory(name="Mara Chief")


@pytest.fixture
def assignee() -> User:
    return StaffFactory(name="Ada Assignee")


@pytest.fixture
def agreement(member: User, chief: User) -> Agreement:
    made = AgreementFactory()
    made.team.members.add(member)
    Team.objects.filter(pk=made.team.pk).update(manager=chief)
    return made


def incident_of(agreement: Agreement, assignee: User | None = None) -> Incident:
    incident = reported(agreement=agreement, now=NOON)
    Incident.objects.filter(pk=incident.pk).update(assignee=assignee)
    return incident


def told(user: User) -> list[object]:
    """Return the steps of the response at which somebody was told: shares, then 'breach'."""
    rows = Message.objects.filter(recipient=user, kind__in=["warning", "breach"]).order_by("pk")
    return [row.context.get("share", "breach") for row in rows]


def flag_half_an_hour() -> None:
    for minute in range(31):
        flag_waking(now=NOON + minute * MINUTE)


def test_the_steps_go_up_from_assignee_to_team_to_manager(
    agreement: Agreement, assignee: User, member: User, chief: User
) -> None:
    incident_of(agreement, assignee)

    flag_half_an_hour()

    assert told(assignee) == [50, 75, 90, "breach"]
    assert told(member) == [75, 90, "breach"]
    assert told(chief) == [90, "breach"]


def test_where_nobody_is_assigned_the_team_is_told_at_once(agreement: Agreement, member: User, chief: User) -> None:
    incident_of(agreement)

    flag_half_an_hour()

    assert told(member) == [50, 75, 90, "breach"]
    assert told(chief) == [90, "breach"]


def test_a_team_says_itself_when_its_manager_is_told(agreement: Agreement, chief: User) -> None:
    Team.objects.update(manager_from=100)
    incident_of(agreement)

    flag_half_an_hour()

    assert told(chief) == ["breach"]


def test_whoever_is_on_call_is_told_with_the_team_and_why(agreement: Agreement, member: User) -> None:
    watchful = StaffFactory(name="Olga Oncall")
    Shift.objects.create(team_id=agreement.team_id or 0, user=watchful, begins_at=NOON - DAY, ends_at=NOON + DAY)
    incident_of(agreement)

    flag_half_an_hour()

    assert told(watchful) == [50, 75, 90, "breach"]
    why = Message.objects.filter(recipient=watchful).values_list("context__why", flat=True).first()
    assert str(why).startswith(f"You are on call for {agreement.team} until")


def test_a_time_on_call_that_is_over_tells_nobody(agreement: Agreement) -> None:
    gone = StaffFactory()
    Shift.objects.create(team_id=agreement.team_id or 0, user=gone, begins_at=NOON - DAY, ends_at=NOON)
    incident_of(agreement)

    flag_half_an_hour()

    assert told(gone) == []


def test_the_stand_in_of_an_absent_assignee_is_told_as_well_and_why(agreement: Agreement, assignee: User) -> None:
    stand_in = StaffFactory(name="Sam Standin", zone="America/New_York")
    Absence.objects.create(user=assignee, stand_in=stand_in, begins_at=NOON - DAY, ends_at=NOON + DAY)
    incident_of(agreement, assignee)

    flag_half_an_hour()

    assert told(stand_in) == told(assignee) == [50, 75, 90, "breach"]
    why = Message.objects.filter(recipient=stand_in).values_list("context__why", flat=True).first()
    assert str(why).startswith("You stand in for Ada Assignee until")


def test_nobody_is_told_twice_of_one_step(agreement: Agreement, assignee: User, member: User) -> None:
    Absence.objects.create(user=assignee, stand_in=member, begins_at=NOON - DAY, ends_at=NOON + DAY)
    incident_of(agreement, assignee)

    flag_half_an_hour()

    assert told(member) == [50, 75, 90, "breach"]


def test_recipients_cost_the_same_however_many_incidents(agreement: Agreement, assignee: User) -> None:
    Absence.objects.create(user=assignee, stand_in=StaffFactory(), begins_at=NOON - DAY, ends_at=NOON + DAY)
    Shift.objects.create(team_id=agreement.team_id or 0, user=StaffFactory(), begins_at=NOON - DAY, ends_at=NOON + DAY)
    costs = []

    for count in (1, 5):
        for _ in range(count):
            incident_of(agreement, assignee)
        with CaptureQueriesContext(connection) as queries:
            audiences_on_duty(list(Clock.objects.all()), at=NOON)
        costs.append(len(queries))

    assert costs[0] == costs[1]
