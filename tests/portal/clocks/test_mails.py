"""The clocks' mails: what to do, by when, by which clause; and what is not said because it is no longer true."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.alerts.kinds import render_each
from portal.alerts.models import Message
from portal.alerts.sender import send_outbox
from portal.clients.models import Agreement
from portal.clocks.flagging import flag_waking
from portal.clocks.models import Breach, BreachVoid, Clock, State
from portal.clocks.services import record_breaches
from tests.factories import AgreementFactory, ClientFactory, StaffFactory
from tests.portal.clocks.promises import MINUTE, NOW, register_promises, save_clock

pytestmark = pytest.mark.django_db

MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def agreement() -> Agreement:
    """An agreement with Coastline, for which one person in New York answers."""
    register_promises()
    StaffFactory(email="hana@people.example", zone="America/New_York")
    return AgreementFactory(client=ClientFactory(name="Coastline Credit Union"))


def send(at: datetime = NOW) -> None:
    send_outbox(clock=lambda: at)


def plain(text: object) -> str:
    """Return text with ordinary spaces."""
    return str(text).replace("\N{NO-BREAK SPACE}", " ")


def test_a_breach_says_what_to_do_what_was_due_when_and_by_which_clause(agreement: Agreement) -> None:
    save_clock(agreement, "INC-2038")
    flag_waking(now=NOW + 38 * MILLISECOND)

    send(NOW + MINUTE)

    (sent,) = mail.outbox
    assert plain(sent.subject) == "Breached: first response on INC-2038 was due Tue 2 Mar 2027, 10:32 ET"
    assert sent.body.startswith("Reply to Coastline Credit Union now.")
    assert "38 ms after it was due" in plain(sent.body)
    assert "By clause JS-6." in sent.body
    assert "A critical incident is answered within 30 minutes" in sent.body
    assert "/promises/INC-2038/" in sent.body
    assert "You are on the team." in sent.body
    assert sent.to == ["hana@people.example"]


def test_a_breach_that_was_noticed_late_boasts_of_no_speed(agreement: Agreement) -> None:
    clock = save_clock(agreement, state=State.BREACHED, breached_at=NOW, next_at=None, wake="")
    record_breaches([(clock, True)], now=NOW + MINUTE)

    send(NOW + MINUTE)

    assert "Flagged" not in mail.outbox[0].body


def test_what_came_late_is_not_asked_for_any_more(agreement: Agreement) -> None:
    save_clock(agreement, "INC-2038")
    flag_waking(now=NOW)
    Clock.objects.update(met_at=NOW + 5 * MINUTE)

    send(NOW + 6 * MINUTE)

    assert mail.outbox[0].body.startswith("See why the first response on INC-2038 came late.")
    assert "It came Tue 2 Mar 2027, 10:37 ET." in plain(mail.outbox[0].body)


def test_a_breach_that_was_voided_is_not_mailed(agreement: Agreement) -> None:
    save_clock(agreement)
    flag_waking(now=NOW)
    BreachVoid.objects.create(breach=Breach.objects.get(), reason="Answered in time.", at=NOW)

    send()

    assert mail.outbox == []
    assert Message.objects.get().suppressed_reason == "It no longer counts: Answered in time."


def test_a_breach_of_what_is_gone_is_not_mailed(agreement: Agreement) -> None:
    save_clock(agreement, "gone")
    flag_waking(now=NOW)

    send()

    assert mail.outbox == []
    assert Message.objects.get().suppressed_reason == "What it is about is gone."


def test_a_breach_is_not_mailed_to_a_login_that_was_removed(agreement: Agreement) -> None:
    save_clock(agreement)
    flag_waking(now=NOW)
    Message.objects.update(recipient=None, address="left@people.example")

    send()

    assert mail.outbox == []
    assert Message.objects.get().suppressed_reason == "The recipient's login was removed."


def test_a_warning_says_what_to_do_by_when(agreement: Agreement) -> None:
    save_clock(agreement, "INC-2038", warnings=[(75, NOW - 8 * MINUTE)])
    flag_waking(now=NOW - 8 * MINUTE)

    send(NOW - 8 * MINUTE)

    (sent,) = mail.outbox
    assert plain(sent.subject) == "75 % used: first response on INC-2038 is due Tue 2 Mar 2027, 10:32 ET"
    assert plain(sent.body).startswith("Reply to Coastline Credit Union by Tue 2 Mar 2027, 10:32 ET.")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": State.MET, "met_at": NOW}, "It is met by now."),
        ({"state": State.PAUSED, "due_at": None}, "It is paused by now."),
        ({"state": State.VOID}, "It is void by now."),
        ({"due_at": NOW + MINUTE}, "It is due at another time by now."),
    ],
)
def test_a_warning_that_is_no_longer_true_is_not_mailed(
    agreement: Agreement, change: dict[str, object], reason: str
) -> None:
    save_clock(agreement, warnings=[(75, NOW - 8 * MINUTE)])
    flag_waking(now=NOW - 8 * MINUTE)
    Clock.objects.update(**change)

    send(NOW - 7 * MINUTE)

    assert mail.outbox == []
    assert Message.objects.get().suppressed_reason == reason


def test_an_hour_with_seconds_and_less_is_compared_to_the_microsecond(agreement: Agreement) -> None:
    due_at = NOW + timedelta(microseconds=123_456)
    save_clock(agreement, due_at=due_at, warnings=[(75, NOW - 8 * MINUTE)])
    flag_waking(now=NOW - 8 * MINUTE)

    send(NOW - 8 * MINUTE)

    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("target", "ask"),
    [
        ("contact", "Send Coastline Credit Union an update now."),
        ("resolution", "Resolve INC-7 for Coastline Credit Union now."),
        ("backup", "See to INC-7 for Coastline Credit Union now."),
    ],
)
def test_each_target_asks_for_its_own_act(agreement: Agreement, target: str, ask: str) -> None:
    save_clock(agreement, "INC-7", target=target)
    flag_waking(now=NOW)

    send()

    assert mail.outbox[0].body.startswith(ask)


def test_thresholds_of_credits_tell_nobody(agreement: Agreement) -> None:
    save_clock(agreement, target="response_credit")

    assert flag_waking(now=NOW).breached == 1
    assert not Message.objects.exists()


def test_many_mails_cost_the_queries_of_one(agreement: Agreement) -> None:
    save_clock(agreement, "INC-1")
    flag_waking(now=NOW)
    for_one = queries_of_writing()
    for number in range(2, 12):
        save_clock(agreement, f"INC-{number}")
    flag_waking(now=NOW)

    assert queries_of_writing() == for_one


def queries_of_writing() -> int:
    """Return how many queries it takes to write every mail of the outbox."""
    messages = list(Message.objects.select_related("recipient"))
    with CaptureQueriesContext(connection) as queries:
        render_each(messages)
    return len(queries)
