"""The sender: claims under a lease, checks once more, marks what was accepted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from portal.alerts.models import Heartbeat, Message
from portal.alerts.queries import alerting_state
from portal.alerts.sender import LEASE, send_outbox
from portal.alerts.services import Notice
from tests.factories import StaffFactory
from tests.portal.alerts.letters import NOW, letter, post, send, ticking

pytestmark = pytest.mark.django_db


def test_a_queued_message_is_sent_once_and_bears_the_instant_at_which_it_was_accepted() -> None:
    post(letter(subject="Breached: first response"))

    accepted = send_outbox(clock=ticking(NOW + timedelta(seconds=1), timedelta(milliseconds=1)))

    message = Message.objects.get()
    assert (accepted, len(mail.outbox), send()) == (1, 1, 0)
    assert NOW + timedelta(seconds=1) < message.accepted_at < NOW + timedelta(seconds=2)  # type: ignore[operator]
    assert (message.subject, message.claim_token, message.claimed_until) == ("Breached: first response", None, None)


def test_what_is_not_due_yet_waits() -> None:
    post(letter(), at=NOW + timedelta(seconds=1))

    assert send(NOW) == 0
    assert send(NOW + timedelta(seconds=1)) == 1


def test_another_senders_lease_is_respected_until_it_runs_out() -> None:
    post(letter())
    Message.objects.update(claim_token=uuid4(), claimed_until=NOW + LEASE)

    assert send(NOW + LEASE - timedelta(microseconds=1)) == 0
    assert send(NOW + LEASE) == 1


class LeaseWatch(EmailBackend):
    """Keeps mails in memory, and beside each the end of the lease under which it was sent."""

    leases: ClassVar[list[datetime | None]] = []

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Keep the mails."""
        LeaseWatch.leases += [Message.objects.get(address=sent.to[0]).claimed_until for sent in messages]
        return super().send_messages(messages)


def test_a_batch_that_takes_longer_than_its_lease_gives_the_rest_back(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.LeaseWatch"
    post(*(letter(f"letter-{number}", f"a{number}@people.example") for number in range(9)))

    send_outbox(clock=ticking(NOW, LEASE / 12))

    accepted = Message.objects.order_by("pk").values_list("accepted_at", flat=True)
    assert len(mail.outbox) == 9
    assert len(set(LeaseWatch.leases)) > 1
    assert all(until > at for until, at in zip(LeaseWatch.leases, accepted, strict=True) if until and at)


def test_an_alert_that_is_no_longer_true_is_suppressed_with_its_reason() -> None:
    post(letter("true"), letter("untrue", answered=True))

    send()

    message = Message.objects.get(key="untrue")
    assert len(mail.outbox) == 1
    assert (message.suppressed_at, message.suppressed_reason) == (NOW, "It was answered in time.")
    assert message.accepted_at is None


def test_nothing_is_sent_to_a_login_that_was_closed() -> None:
    post(letter(recipient_id=StaffFactory(is_active=False).pk))

    send()

    assert mail.outbox == []
    assert Message.objects.get().suppressed_reason == "The recipient's login was closed."


def test_a_message_that_cannot_be_written_does_not_hold_up_the_others() -> None:
    post(letter("broken", broken=True), letter("whole"))

    send()

    broken = Message.objects.get(key="broken")
    assert [sent.subject for sent in mail.outbox] == ["Letter whole"]
    assert broken.last_error == "Cannot be written: SpiltInk()"
    assert (broken.attempts, broken.not_before) == (1, NOW + timedelta(seconds=5))


def test_a_kind_that_nobody_registered_fails_at_once_and_says_so() -> None:
    post(Notice(key="odd", kind="odd", address="ada@people.example"))

    send()

    assert Message.objects.get().failed_at == NOW
    assert Message.objects.get().last_error == "No module writes messages of the kind 'odd'."


def test_a_round_without_messages_still_leaves_a_heartbeat() -> None:
    send()

    assert Heartbeat.objects.get().name == "sender"
    assert Heartbeat.objects.get().finished_at == NOW


def test_a_message_more_costs_one_update_more() -> None:
    post(*(letter(f"one-{number}", f"a{number}@people.example") for number in range(10)))
    with CaptureQueriesContext(connection) as ten:
        send()
    post(*(letter(f"two-{number}", f"b{number}@people.example") for number in range(30)))

    with CaptureQueriesContext(connection) as thirty:
        send()

    update_in_its_savepoint = 3
    assert len(thirty) - len(ten) == 20 * update_in_its_savepoint


def plan_of(statement: str) -> str:
    """Return how the database would run a statement."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # Tables of tests are so small that a scan is cheapest.
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + statement)
        return str(cursor.fetchall())


def test_what_waits_is_found_by_its_index_however_much_went_out_before() -> None:
    with CaptureQueriesContext(connection) as round_of_the_sender:
        send()
    with CaptureQueriesContext(connection) as look_of_the_watchdog:
        alerting_state(NOW)

    for captured in (round_of_the_sender, look_of_the_watchdog):
        (statement,) = [query["sql"] for query in captured if "not_before" in query["sql"] or "MIN(" in query["sql"]]
        assert "message_unsent" in plan_of(statement)
