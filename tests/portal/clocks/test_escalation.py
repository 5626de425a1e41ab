"""Who is told at which step: the assignee, then the team, then its manager; who is on call; who stands in.

Of incidents, of outages, and of backups.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from incidents.services import Downtime, check_in_backup, make_backup_address, record_outage
from portal.accounts.models import Absence, Shift, Team, User
from portal.alerts.models import Message
from portal.clients.models import Agreement, Client
from portal.clients.services import activate_agreement
from portal.clocks.flagging import flag_waking
from portal.clocks.models import Clock
from portal.clocks.notices import audiences_on_duty
from tests.factories import AgreementFactory, ContactFactory, StaffFactory
from tests.incidents.pages import reported

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
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
    flag_all(30 * MINUTE)


def flag_all(target: timedelta) -> None:
    """Let the flagger look at every hundredth of a target, and as it breaks."""
    for hundredth in range(101):
        flag_waking(now=NOON + target * hundredth / 100)


def outage_of(agreement: Agreement) -> None:
    record_outage(agreement_id=agreement.pk, downtime=Downtime(NOON), by=StaffFactory(), now=NOON)


def backup_of(agreement: Agreement, kind: str) -> None:
    address = make_backup_address(agreement_id=agreement.pk, kind=kind, by=StaffFactory(), now=NOON)
    check_in_backup(token=address, now=NOON)


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


def test_where_a_team_has_no_manager_the_relationship_manager_is_the_last_step(
    agreement: Agreement, assignee: User, member: User, chief: User
) -> None:
    rhea = StaffFactory(name="Rhea")
    Client.objects.update(relationship_manager=rhea)
    Team.objects.update(manager=None)
    incident_of(agreement, assignee)

    flag_half_an_hour()

    assert told(member) == [75, 90, "breach"]
    assert (told(rhea), told(chief)) == ([90, "breach"], [])


def test_an_outages_end_is_told_to_the_team_at_every_step_and_to_its_manager_at_the_last(
    agreement: Agreement, member: User, chief: User
) -> None:
    """The clock of six hours. Clause: JS-18."""
    outage_of(agreement)

    flag_all(6 * HOUR)

    assert told(member) == [50, 75, 90, "breach"]
    assert told(chief) == [90, "breach"]


def test_an_outages_end_is_told_to_the_relationship_manager_where_the_team_has_no_manager(
    agreement: Agreement, member: User
) -> None:
    rhea = StaffFactory(name="Rhea")
    Client.objects.update(relationship_manager=rhea)
    Team.objects.update(manager=None)
    outage_of(agreement)

    flag_all(6 * HOUR)

    assert told(member) == [50, 75, 90, "breach"]
    assert told(rhea) == [90, "breach"]


def test_whoever_is_on_call_is_told_of_an_outage_and_the_stand_in_of_an_absent_manager(
    agreement: Agreement, chief: User
) -> None:
    watchful, stand_in = StaffFactory(name="Olga Oncall"), StaffFactory(name="Sam Standin")
    Shift.objects.create(team_id=agreement.team_id or 0, user=watchful, begins_at=NOON - DAY, ends_at=NOON + DAY)
    Absence.objects.create(user=chief, stand_in=stand_in, begins_at=NOON - DAY, ends_at=NOON + DAY)
    outage_of(agreement)

    flag_all(6 * HOUR)

    assert told(watchful) == [50, 75, 90, "breach"]
    assert told(stand_in) == told(chief) == [90, "breach"]


@pytest.mark.parametrize(("kind", "target"), [("full", DAY), ("incremental", HOUR)])
def test_a_backup_runs_by_itself_until_the_teams_share_of_its_time_is_used_up(
    agreement: Agreement, member: User, chief: User, kind: str, target: timedelta
) -> None:
    """The team is told from its own share on, its manager after it. Clause: JS-19."""
    backup_of(agreement, kind)

    flag_all(target)

    assert told(member) == [75, 90, "breach"]
    assert told(chief) == [90, "breach"]


def test_a_team_says_itself_from_which_share_on_it_is_told_of_backups(agreement: Agreement, member: User) -> None:
    Team.objects.update(team_from=90)
    backup_of(agreement, "incremental")

    flag_all(HOUR)

    assert told(member) == [90, "breach"]


def test_a_backup_that_came_in_time_tells_nobody(agreement: Agreement, member: User) -> None:
    token = make_backup_address(agreement_id=agreement.pk, kind="incremental", by=StaffFactory(), now=NOON)
    for minutes in range(0, 120, 40):
        check_in_backup(token=token, now=NOON + minutes * MINUTE)
        flag_waking(now=NOON + (minutes + 40) * MINUTE - timedelta.resolution)

    assert told(member) == []


def test_the_first_backup_after_the_activation_is_told_by_the_same_steps(member: User, chief: User) -> None:
    draft = AgreementFactory(draft=True)
    draft.team.members.add(member)
    Team.objects.filter(pk=draft.team.pk).update(manager=chief)
    ContactFactory(client=draft.client)
    activate_agreement(agreement_id=draft.pk, at=NOON)

    flag_all(HOUR)

    assert (told(member), told(chief)) == ([75, 90, "breach"], [90, "breach"])


def test_people_of_services_cost_the_same_however_many(agreement: Agreement) -> None:
    costs = []

    for count in (1, 5):
        for _ in range(count):
            outage_of(AgreementFactory())
        with CaptureQueriesContext(connection) as queries:
            audiences_on_duty(list(Clock.objects.all()), at=NOON)
        costs.append(len(queries))

    assert costs[0] == costs[1]


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
