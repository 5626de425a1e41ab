"""Storms: one mail instead of many."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from portal.alerts.digests import MOST_NAMED
from portal.alerts.models import Message
from tests.factories import ProviderFactory, StaffFactory
from tests.portal.alerts.letters import NOW, letter, post, send
from tests.portal.alerts.mail_server import MailServer

pytestmark = pytest.mark.django_db


def storm(number: int, name: str = "letter", **fields: Any) -> None:
    """Queue a number of letters to one address."""
    post(*(letter(f"{name}-{index:05}", **fields) for index in range(number)))


@pytest.fixture(autouse=True)
def _provider_in_new_york() -> None:
    ProviderFactory(zone="America/New_York")


def test_twenty_messages_within_a_minute_are_twenty_mails() -> None:
    storm(20)

    send()

    assert len(mail.outbox) == 20


def test_twenty_one_messages_within_a_minute_are_one_mail_that_names_them_all() -> None:
    storm(21)

    send()

    (digest,) = mail.outbox
    assert digest.subject == "21 alerts within a minute, Tue 2 Mar 2027, 10:32 ET"
    assert all(f"* Letter letter-{index:05}\n" in digest.body for index in range(21))
    parts = Message.objects.filter(kind="letter")
    assert {part.accepted_at for part in parts} == {NOW}
    assert {part.digest for part in parts} == {Message.objects.get(kind="digest")}


def test_a_digest_names_fifty_and_counts_the_others() -> None:
    storm(300)

    send()

    (digest,) = mail.outbox
    assert digest.body.count("* Letter ") == MOST_NAMED == 50
    assert "and 250 more" in digest.body


def test_other_addresses_get_their_own_mails_in_a_storm() -> None:
    storm(30)
    post(letter("calm", "bob@people.example"))

    send()

    assert sorted((sent.to[0], sent.subject.split()[0]) for sent in mail.outbox) == [
        ("ada@people.example", "30"),
        ("bob@people.example", "Letter"),
    ]


def test_the_minute_rolls_so_that_what_was_sent_counts_with_what_waits() -> None:
    storm(20, "first")
    send()
    storm(5, "second")

    send(NOW + timedelta(seconds=59))

    assert mail.outbox[-1].subject.startswith("5 alerts within a minute")
    assert len(mail.outbox) == 21


def test_a_minute_later_mails_go_out_one_by_one_again() -> None:
    storm(20, "first")
    send()
    storm(5, "second")

    send(NOW + timedelta(seconds=60))

    assert len(mail.outbox) == 25


def test_a_storm_that_goes_on_is_one_digest_a_minute() -> None:
    begun = NOW + timedelta(seconds=50)
    for second in range(120):
        post(*(letter(f"letter-{second}-{index}") for index in range(21)), at=begun + timedelta(seconds=second))
        send(begun + timedelta(seconds=second))

    send(begun + timedelta(seconds=200))

    assert len(mail.outbox) == 3
    assert not Message.objects.unsent().exists()


def test_what_is_no_longer_true_is_not_named() -> None:
    storm(25)
    post(letter("untrue", answered=True))

    send()

    (digest,) = mail.outbox
    assert digest.subject.startswith("25 alerts")
    assert "untrue" not in digest.body
    assert Message.objects.get(key="untrue").suppressed_reason == "It was answered in time."


def test_a_digest_of_which_nothing_is_true_any_more_is_not_sent() -> None:
    storm(25, answered=True)

    send()

    assert mail.outbox == []
    assert Message.objects.get(kind="digest").suppressed_reason == "Nothing in it was true any more."


def test_a_message_that_cannot_be_written_is_counted_among_the_others() -> None:
    storm(25)
    post(letter("broken", broken=True))

    send()

    (digest,) = mail.outbox
    assert digest.subject.startswith("26 alerts")
    assert "* letter, which cannot be shown" in digest.body


def test_markup_in_a_named_subject_is_shown_as_text() -> None:
    storm(25, subject="<img src=x onerror=alert(1)>")

    send()

    (digest,) = mail.outbox
    assert isinstance(digest, mail.EmailMultiAlternatives)
    assert "<img" not in str(digest.alternatives[0][0])


def test_the_parts_of_a_digest_that_was_refused_for_a_while_do_not_go_out_by_themselves(
    mail_server: MailServer,
) -> None:
    storm(20, "first")
    send()
    storm(5, "second")
    mail_server.answers["ada@people.example"] = "451 Come back later"
    send()
    mail_server.answers.clear()

    send(NOW + timedelta(minutes=2))

    assert mail_server.subjects[20:] == ["5 alerts within a minute, Tue 2 Mar 2027, 10:32 ET"]
    assert not Message.objects.unsent().exists()


def test_a_digest_that_fails_for_good_fails_with_all_its_parts(mail_server: MailServer) -> None:
    mail_server.answers["ada@people.example"] = "550 No such user"
    storm(25)

    send()

    assert Message.objects.filter(failed_at=NOW, last_error="550 No such user").count() == 26


def test_a_digest_to_a_closed_login_leaves_what_its_address_gets_for_another_reason() -> None:
    post(letter("login", recipient_id=StaffFactory(is_active=False).pk))
    storm(21)

    send()
    send(at=NOW + timedelta(minutes=1))

    (digest,) = mail.outbox
    assert digest.subject.startswith("21 alerts")
    assert not Message.objects.unsent().exists()
