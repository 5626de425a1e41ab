"""Hand-over: what breaks before the next opening is told to whoever is on call, before the desk closes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from incidents.services import answer_incident
from portal.accounts.models import Shift, Team, User
from portal.alerts.kinds import Mail, reasons_against, render_each
from portal.alerts.models import Message
from portal.clients.models import Agreement, Client
from portal.clocks.handover import hand_overs, tell_hand_overs
from portal.clocks.models import Clock
from tests.contracts.desk import at as at_new_york
from tests.contracts.judging import ny
from tests.factories import AgreementFactory, StaffFactory
from tests.incidents.pages import browser_of, reported, text_of

pytestmark = pytest.mark.django_db

CLOSING = ny("2026-03-02 17:00")
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def agreement() -> Agreement:
    """Around the clock, with a desk that is open from 9 to 17 in New York."""
    made: Agreement = AgreementFactory()
    return made


@pytest.fixture
def on_call(agreement: Agreement) -> User:
    user = StaffFactory(name="Olga Oncall", zone="America/New_York")
    Shift.objects.create(team_id=agreement.team_id or 0, user=user, begins_at=CLOSING - DAY, ends_at=CLOSING + DAY)
    return user


@pytest.fixture
def incident(agreement: Agreement) -> Incident:
    """A major one: its response is due at 20:30, its resolution the next afternoon."""
    return reported("major", agreement=agreement, now=CLOSING - 30 * MINUTE)


def told(user: User) -> list[int]:
    return list(Message.objects.filter(kind="handover", recipient=user).values_list("context__clock", flat=True))


def response_of(incident: Incident) -> Clock:
    return Clock.objects.get(agreement=incident.agreement, subject_ref=incident.ref, target="response")


def test_what_is_due_in_the_night_is_told_before_the_closing_and_what_is_due_after_is_not(
    incident: Incident, on_call: User
) -> None:
    tell_hand_overs(now=CLOSING - 20 * MINUTE)

    assert told(on_call) == [response_of(incident).pk]


def test_each_clock_is_told_of_once_however_often_the_beat_comes(incident: Incident, on_call: User) -> None:
    for minute in range(20, 0, -1):
        tell_hand_overs(now=CLOSING - minute * MINUTE)

    assert len(told(on_call)) == 1


@pytest.mark.parametrize("minutes", [-61, 0, 60])
def test_at_other_times_nobody_is_told(agreement: Agreement, on_call: User, minutes: int) -> None:
    reported("major", agreement=agreement, now=CLOSING - 90 * MINUTE)

    tell_hand_overs(now=CLOSING + minutes * MINUTE)

    assert told(on_call) == []


def test_at_the_lead_itself_it_is_told(agreement: Agreement, on_call: User) -> None:
    reported("major", agreement=agreement, now=CLOSING - 90 * MINUTE)

    tell_hand_overs(now=CLOSING - 60 * MINUTE)

    assert len(told(on_call)) == 1


def test_before_a_weekend_the_next_opening_is_mondays(agreement: Agreement) -> None:
    friday = ny("2026-03-06 16:30")
    reported("major", agreement=agreement, now=friday - MINUTE)

    [first, second] = hand_overs(at=friday)

    assert {first.clock.target, second.clock.target} == {"response", "resolution"}
    assert first.opens_at == ny("2026-03-09 09:00")


def test_where_nobody_is_on_call_the_teams_manager_is_told_and_why(agreement: Agreement, incident: Incident) -> None:
    chief = StaffFactory()
    Team.objects.filter(pk=agreement.team_id or 0).update(manager=chief)

    tell_hand_overs(now=CLOSING - 20 * MINUTE)

    [message] = Message.objects.filter(kind="handover", recipient=chief)
    assert message.context["why"].endswith("for which nobody is on call.")


def test_where_the_teams_managers_login_was_closed_the_relationship_manager_is_told(
    agreement: Agreement, incident: Incident
) -> None:
    rahel = StaffFactory(name="Rahel")
    Team.objects.filter(pk=agreement.team_id or 0).update(manager=StaffFactory(is_active=False))
    Client.objects.filter(pk=agreement.client_id).update(relationship_manager=rahel)

    tell_hand_overs(now=CLOSING - 20 * MINUTE)

    assert told(rahel) == [response_of(incident).pk]


def test_an_answer_takes_the_notice_back(incident: Incident, on_call: User) -> None:
    tell_hand_overs(now=CLOSING - 20 * MINUTE)
    Clock.objects.update(state="met")

    reasons = reasons_against(Message.objects.filter(kind="handover"))

    assert list(reasons.values()) == ["It is met by now."]


def test_the_mail_says_by_when_and_that_the_desk_is_closed_then(incident: Incident, on_call: User) -> None:
    tell_hand_overs(now=CLOSING - 20 * MINUTE)

    [mail] = render_each(Message.objects.filter(kind="handover")).values()

    assert isinstance(mail, Mail)
    words = f"{mail.subject} {mail.facts}".replace("\xa0", " ").replace("\\xa0", " ")
    assert "Hand-over: first response on" in words
    assert "Mon 2 Mar 2026, 20:30 ET" in words
    assert "Tue 3 Mar 2026, 09:00 ET" in words


def test_today_shows_it_to_whoever_is_on_call_and_to_nobody_else(incident: Incident, on_call: User) -> None:
    tell_hand_overs(now=CLOSING - 20 * MINUTE)

    with at_new_york("2026-03-02 16:40"):
        theirs = text_of(browser_of(on_call).get("/"))
        others = text_of(browser_of(StaffFactory()).get("/"))

    assert f"Hand-over: first response on {incident.ref}" in theirs
    assert "Hand-over:" not in others


def test_today_shows_it_no_longer_once_it_is_given_or_the_desk_has_closed(incident: Incident, on_call: User) -> None:
    tell_hand_overs(now=CLOSING - 20 * MINUTE)

    with at_new_york("2026-03-02 17:00"):
        closed = text_of(browser_of(on_call).get("/"))
    answer_incident(incident_id=incident.pk, body="We look.", by=on_call, now=CLOSING - 10 * MINUTE)
    with at_new_york("2026-03-02 16:55"):
        given = text_of(browser_of(on_call).get("/"))

    assert "Hand-over:" not in closed
    assert "Hand-over:" not in given


def test_looking_costs_the_same_however_many_clocks(agreement: Agreement, on_call: User) -> None:
    costs = []

    for count in (1, 5):
        for _ in range(count):
            reported("major", agreement=AgreementFactory(team=agreement.team), now=CLOSING - 30 * MINUTE)
        with CaptureQueriesContext(connection) as queries:
            hand_overs(at=CLOSING - 20 * MINUTE)
        costs.append(len(queries))

    assert costs[0] == costs[1]
