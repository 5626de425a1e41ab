"""The demonstration: five clients, one for each contract, with something due in the next minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from credits.models import (
    Decision,
    Dispute,
    Entry,
    Proposal,
    Quote,
    QuoteVersion,
    ServiceRequest,
    StatementLine,
    Verdict,
)
from credits.queries.exposure import stakes_today
from credits.services import issue_statements, verify
from incidents.models import Comment, HostedSession, Incident, MaintenanceWindow, Outage
from incidents.remedies import plan_list, view_of
from incidents.rules.remedies import AGAINST_PROVIDER
from incidents.uptime import backups_of, unaccounted
from portal.accounts.models import Role, User
from portal.alerts.models import Message
from portal.clients.models import Agreement, Client
from portal.clocks.models import Breach, Clock, State
from portal.contract.terms import library_names
from portal.demo.demonstration import NotEmptyError, load_demonstration
from portal.demo.shifting import ANCHOR, Shift
from portal.demo.sign_ins import sign_ins
from portal.journal.models import Event, Finding
from portal.replay.engine import Judgement
from portal.replay.exporting import history_lines
from portal.replay.history import read_history
from tests.factories import ClientFactory

SATURDAY_NIGHT = datetime(2026, 11, 21, 3, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load it once for all who look at it; what a test does to it is taken back after the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demonstration(now=SATURDAY_NIGHT)
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_portal_with_clients_is_left_alone() -> None:
    ClientFactory()

    with pytest.raises(NotEmptyError, match="fills an empty portal only"):
        load_demonstration(now=SATURDAY_NIGHT)


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_there_is_one_client_for_each_contract() -> None:
    assert Client.objects.count() == 5
    assert set(Agreement.objects.values_list("terms_name", flat=True)) == set(library_names())
    assert all(agreement.events.exists() for agreement in Agreement.objects.all())


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_something_is_due_in_the_next_minutes_and_every_state_is_there() -> None:
    soon = Clock.objects.running().filter(due_at__range=(SATURDAY_NIGHT, SATURDAY_NIGHT + timedelta(minutes=5)))
    assert soon.filter(target="response", severity="critical").exists()
    assert set(Clock.objects.values_list("state", flat=True)) == set(State.values)
    assert Clock.objects.filter(severity="minor", target="resolution", state="running", due_at__isnull=False).exists()
    assert Incident.objects.open().filter(supported=False).exists()
    assert HostedSession.objects.filter(
        starts_at__lte=SATURDAY_NIGHT + timedelta(hours=12), ends_at__gte=SATURDAY_NIGHT
    ).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_the_past_is_told_to_nobody() -> None:
    assert Breach.objects.exists()
    assert not Breach.objects.filter(late_detected=False).exists()
    assert not Message.objects.exists()
    assert not Event.objects.filter(at__gt=SATURDAY_NIGHT).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_every_open_incident_has_a_conversation_and_a_reporter() -> None:
    for incident in Incident.objects.open():
        assert incident.reporter is not None, incident.ref
        assert incident.comments.exists(), incident.ref
    assert Comment.objects.filter(internal=True).exists()
    assert not Comment.objects.filter(at__gt=SATURDAY_NIGHT).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_somebody_of_each_role_can_sign_in() -> None:
    assert [person.role for person in sign_ins()] == Role.labels


@pytest.mark.parametrize("days", [0, 1, 6.9, 7, 100, -80, -101.3])
def test_moving_keeps_the_order_and_the_side_of_now(days: float) -> None:
    now = ANCHOR + timedelta(days=days)
    shift = Shift(now, "America/New_York")
    hours = range(-24 * 400, 24 * 30, 7)
    instants = [ANCHOR + timedelta(hours=hour) for hour in hours]

    moved = [datetime.fromisoformat(shift.instant(at.isoformat())) for at in instants]

    assert moved == sorted(moved)
    assert [at <= now for at in moved] == [at <= ANCHOR for at in instants]


def test_moving_by_weeks_keeps_office_hours() -> None:
    shift = Shift(datetime(2026, 7, 18, 3, tzinfo=UTC), "America/New_York")

    moved = datetime.fromisoformat(shift.instant("2027-02-22T09:30:00-05:00"))

    assert moved == datetime(2026, 7, 6, 13, 30, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_every_rule_that_costs_something_fires_within_the_year() -> None:
    judged = [
        Judgement(read_history(history_lines(agreement, until=SATURDAY_NIGHT)))
        for agreement in Agreement.objects.filter(terms__has_key="availability")
    ]
    assert all(list(one.clocks()) for one in judged)  # Months are reckoned once the incidents were judged.

    assert {row["rule"] for one in judged for row in one.credits} == {
        "critical_response",
        "major_response",
        "critical_resolution",
        "major_resolution",
        "recurring_critical",
        "availability",
        "cap",
    }
    kinds = set(Finding.objects.values_list("kind", flat=True))
    assert kinds >= AGAINST_PROVIDER
    assert {row["met"] for one in judged for row in one.availability} == {True, False}


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_services_look_alive_and_every_incident_says_whether_something_was_down() -> None:
    alder = Agreement.objects.get(ref="ALDER-SUPPORT")
    assert [backup.clock.state for backup in backups_of(alder) if backup.clock] == ["running", "running"]
    assert MaintenanceWindow.objects.filter(starts_at__gt=SATURDAY_NIGHT).exists()
    assert {*Outage.objects.values_list("cause", flat=True)} == {*Outage.Cause.values}
    assert [unaccounted(agreement) for agreement in Agreement.objects.filter(terms__has_key="availability")] == [
        [],
        [],
        [],
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_a_remedy_plan_is_carried_out_and_the_books_are_in_order() -> None:
    view = view_of(plan_list(User.objects.get(email="elena.finch@alder-finch.example")).get(), at=SATURDAY_NIGHT)
    kinds = {*Entry.objects.values_list("kind", flat=True)}
    assert view.state == "agreed"
    assert view.in_force is not None
    assert {one.state for one in view.in_force.actions} >= {"met", "risk", "running"}
    assert kinds >= {"invoice", "grant", "consume", "reserve", "charge"}
    assert verify().wrong == ()


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_credits_are_granted_and_told_on_statements_of_which_two_lines_are_disputed() -> None:
    elena = User.objects.get(email="elena.finch@alder-finch.example")
    told = {*StatementLine.objects.visible_to(elena).values_list("entry__kind", flat=True)}
    disputes = Dispute.objects.visible_to(elena)
    assert told >= {"invoice", "service_credit", "offset"}
    assert (disputes.count(), disputes.unanswered().count()) == (2, 1)
    assert Proposal.objects.undecided().exists()
    assert issue_statements(now=SATURDAY_NIGHT) == []
    assert verify().wrong == ()


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_a_quote_waits_for_the_client_a_service_request_for_a_price_and_a_waiver_says_why() -> None:
    elena = User.objects.get(email="elena.finch@alder-finch.example")
    (quote,) = Quote.objects.visible_to(elena)
    waived = Decision.objects.visible_to(elena).get(verdict=Verdict.WAIVED)
    assert QuoteVersion.objects.filter(quote=quote, decision__isnull=True, expires_at__gt=SATURDAY_NIGHT).exists()
    assert ServiceRequest.objects.get().is_open
    assert "training day" in waived.reason
    assert waived.proposal.minor > 0


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_something_that_costs_money_runs() -> None:
    soon = stakes_today(at=SATURDAY_NIGHT).soon

    assert [str(one.step.adds) for one in soon if one.incident.agreement.ref == "ALDER-BROADCAST"] == [
        "2400.00",
        "600.00",
    ]
