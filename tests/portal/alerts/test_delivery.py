"""What a real mail server's answers do to a message."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from portal.alerts.models import Message
from portal.alerts.sender import MOST_ATTEMPTS
from tests.factories import ProviderFactory
from tests.portal.alerts.letters import NOW, letter, post, send
from tests.portal.alerts.mail_server import MailServer, free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def northlight() -> None:
    """A provider with a fallback address, in New York."""
    provider = ProviderFactory()
    provider.name = "Northlight"
    provider.sender = "success@northlight.example"
    provider.fallback = "ops@northlight.example"
    provider.zone = "America/New_York"
    provider.save()


def test_a_batch_takes_one_conversation_with_the_server(mail_server: MailServer) -> None:
    post(*(letter(f"letter-{number}", f"a{number}@people.example") for number in range(12)))

    send()

    assert len(mail_server.arrived) == 12
    assert len(mail_server.conversations) == 1


def test_mails_come_from_the_provider(mail_server: MailServer, northlight: None) -> None:
    post(letter())

    send()

    assert mail_server.arrived[0]["From"] == "Northlight <success@northlight.example>"


def test_a_temporary_refusal_is_tried_again_after_ever_longer_waits(mail_server: MailServer) -> None:
    mail_server.answers["ada@people.example"] = "451 Come back later"
    post(letter("refused"), letter("welcome", "bob@people.example"))
    send()
    message = Message.objects.get(key="refused")
    first_wait = message.not_before - NOW

    send(message.not_before)

    message.refresh_from_db()
    assert mail_server.subjects == ["Letter welcome"]
    assert (message.attempts, message.last_error) == (2, "451 Come back later")
    assert first_wait == timedelta(seconds=5)
    assert message.not_before - NOW - first_wait == timedelta(seconds=10)


def test_a_message_that_was_refused_for_a_while_arrives_in_the_end(mail_server: MailServer) -> None:
    mail_server.answers["ada@people.example"] = "451 Come back later"
    post(letter())
    send()
    mail_server.answers.clear()

    send(NOW + timedelta(minutes=1))

    assert mail_server.subjects == ["Letter letter-1"]
    assert Message.objects.get().last_error == ""


def test_a_permanent_refusal_is_not_tried_again_and_the_fallback_address_is_told_once(
    mail_server: MailServer, northlight: None
) -> None:
    mail_server.answers["ada@people.example"] = "550 No such user"
    post(letter(subject="Breached: first response"))

    send()
    send(NOW + timedelta(hours=1))

    failed = Message.objects.get(kind="letter")
    (told,) = mail_server.arrived
    assert (failed.failed_at, failed.last_error) == (NOW, "550 No such user")
    assert told["To"] == "ops@northlight.example"
    assert told["Subject"] == "Not delivered to ada@people.example: Breached: first response"
    assert "10:32 ET" in told.get_payload(0).get_payload(decode=True).decode().replace("\xa0", " ")  # type: ignore[union-attr]


def test_a_fallback_address_that_fails_too_is_told_of_nothing_more(mail_server: MailServer, northlight: None) -> None:
    mail_server.answers |= {"ada@people.example": "550 No", "ops@northlight.example": "550 No"}
    post(letter())

    send()
    send(NOW + timedelta(hours=1))

    assert mail_server.arrived == []
    assert Message.objects.filter(failed_at__isnull=False).count() == Message.objects.count() == 2


def test_temporary_refusals_without_end_become_a_failure(mail_server: MailServer, northlight: None) -> None:
    mail_server.answers["ada@people.example"] = "451 Come back later"
    post(letter())

    for hour in range(MOST_ATTEMPTS):
        send(NOW + timedelta(hours=hour))

    assert Message.objects.get(kind="letter").failed_at == NOW + timedelta(hours=MOST_ATTEMPTS - 1)
    assert mail_server.arrived[0]["To"] == "ops@northlight.example"


def test_a_refused_sender_is_our_own_fault_and_loses_no_mail(mail_server: MailServer) -> None:
    mail_server.sender_answer = "550 Not from you"
    post(letter())
    send()
    mail_server.sender_answer = ""

    send(NOW + timedelta(minutes=1))

    assert mail_server.subjects == ["Letter letter-1"]


def test_a_server_that_is_away_costs_no_attempt_however_long_it_takes(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = free_port()
    post(letter("one"), letter("two"))

    for minute in range(MOST_ATTEMPTS * 2):
        assert send(NOW + timedelta(minutes=minute)) == 0

    for message in Message.objects.all():
        assert (message.attempts, message.failed_at) == (0, None)
        assert message.last_error.startswith("No connection: ")
        assert message.not_before == NOW + timedelta(minutes=MOST_ATTEMPTS * 2 - 1, seconds=10)
