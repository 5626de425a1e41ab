"""What a person is mailed and when: chosen by them, but for what the contract has them told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import User
from portal.alerts.digests import collection_after
from portal.alerts.models import Message, Preference
from portal.alerts.queries import alerting_state
from portal.alerts.services import MUTED, choose_notices
from tests.factories import ClientUserFactory, ProviderFactory, StaffFactory
from tests.portal.alerts.letters import LETTER, NOW, letter, post, send

pytestmark = pytest.mark.django_db

Rhythm = Preference.Rhythm
FULL_HOUR = datetime(2027, 3, 2, 16, tzinfo=UTC)


@pytest.fixture
def ada() -> User:
    ProviderFactory(zone="America/New_York")
    return StaffFactory(email="ada@people.example", zone="Europe/Berlin")


def test_without_a_choice_everything_is_mailed_at_once(ada: User) -> None:
    post(letter(recipient_id=ada.pk))

    send()

    assert len(mail.outbox) == 1


def test_what_is_turned_off_is_not_mailed_and_stays_on_record_with_the_reason(client: Browser, ada: User) -> None:
    choose_notices(user_id=ada.pk, rhythm=Rhythm.AT_ONCE, muted=[LETTER])

    post(letter(recipient_id=ada.pk))
    send()

    message = Message.objects.get()
    assert mail.outbox == []
    assert (message.suppressed_at, message.suppressed_reason) == (NOW, MUTED)
    client.force_login(ada)
    assert MUTED in client.get(reverse("outbox")).content.decode()


def test_what_nobody_may_mute_is_mailed_at_once_all_the_same(ada: User) -> None:
    choose_notices(user_id=ada.pk, rhythm=Rhythm.DAILY, muted=[LETTER])

    post(letter(recipient_id=ada.pk, mutable=False))
    send()

    assert len(mail.outbox) == 1


def test_anothers_choice_changes_nothing(ada: User) -> None:
    choose_notices(user_id=StaffFactory().pk, rhythm=Rhythm.DAILY, muted=[LETTER])

    post(letter(recipient_id=ada.pk), letter("to-a-bare-address"))
    send()

    assert len(mail.outbox) == 2


def test_an_hourly_digest_is_one_mail_at_the_full_hour(ada: User) -> None:
    choose_notices(user_id=ada.pk, rhythm=Rhythm.HOURLY, muted=[])
    post(*(letter(f"letter-{number}", recipient_id=ada.pk) for number in range(3)))

    send(FULL_HOUR - timedelta(microseconds=1))
    before = len(mail.outbox)
    send(FULL_HOUR)

    (digest,) = mail.outbox
    assert before == 0
    assert digest.subject == "3 notices since Tue 2 Mar 2027, 16:32 CET"
    assert all(f"* Letter letter-{number}\n" in digest.body for number in range(3))
    assert "because you asked for a digest" in digest.body
    assert {part.accepted_at for part in Message.objects.filter(kind=LETTER)} == {FULL_HOUR}


def test_a_digest_of_more_than_twenty_is_no_storm(ada: User) -> None:
    choose_notices(user_id=ada.pk, rhythm=Rhythm.HOURLY, muted=[])
    post(*(letter(f"letter-{number:02}", recipient_id=ada.pk) for number in range(30)))

    send(FULL_HOUR)

    (digest,) = mail.outbox
    assert digest.subject.startswith("30 notices since")


def test_one_notice_alone_comes_as_itself_when_the_digest_is_due(ada: User) -> None:
    choose_notices(user_id=ada.pk, rhythm=Rhythm.HOURLY, muted=[])
    post(letter(recipient_id=ada.pk))

    send(FULL_HOUR)

    assert [message.subject for message in mail.outbox] == ["Letter letter-1"]


def test_what_is_due_at_once_keeps_out_of_the_digest(ada: User) -> None:
    choose_notices(user_id=ada.pk, rhythm=Rhythm.HOURLY, muted=[])
    post(*(letter(f"letter-{number}", recipient_id=ada.pk) for number in range(2)))
    post(letter("breach", recipient_id=ada.pk, mutable=False), at=FULL_HOUR)

    send(FULL_HOUR)

    assert sorted(message.subject.partition(" since")[0] for message in mail.outbox) == ["2 notices", "Letter breach"]


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2027, 3, 2, 6, 59, 59, tzinfo=UTC), datetime(2027, 3, 2, 7, tzinfo=UTC)),
        (datetime(2027, 3, 2, 7, tzinfo=UTC), datetime(2027, 3, 3, 7, tzinfo=UTC)),
        (datetime(2027, 3, 27, 12, tzinfo=UTC), datetime(2027, 3, 28, 6, tzinfo=UTC)),
    ],
    ids=["before eight", "at eight", "over the night in which summer time begins"],
)
def test_a_daily_digest_is_due_at_eight_where_its_reader_is(at: datetime, due: datetime) -> None:
    assert collection_after(at, Rhythm.DAILY, "Europe/Berlin") == due


def test_a_reader_without_a_zone_gets_the_digest_at_the_providers_eight(ada: User) -> None:
    assert collection_after(NOW, Rhythm.DAILY, "") == datetime(2027, 3, 3, 13, tzinfo=UTC)


def test_what_is_kept_for_a_digest_does_not_turn_the_watchdog_red(ada: User) -> None:
    choose_notices(user_id=ada.pk, rhythm=Rhythm.DAILY, muted=[])
    post(letter(recipient_id=ada.pk))
    due = Message.objects.get().collect_at
    assert due is not None

    kept = alerting_state(due - timedelta(seconds=1))
    late = alerting_state(due + timedelta(minutes=3))

    assert (kept.unsent, kept.oldest_unsent_at) == (0, None)
    assert late.oldest_unsent_at == due
    assert late.problems[-1].startswith("The oldest unsent mail has waited")


def test_reading_preferences_costs_one_query_however_many_are_told(
    ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    readers = [StaffFactory() for _ in range(20)]
    for reader in readers[:10]:
        choose_notices(user_id=reader.pk, rhythm=Rhythm.AT_ONCE, muted=[LETTER])

    with django_assert_num_queries(3):
        post(*(letter(f"to-{reader.pk}", reader.email, recipient_id=reader.pk) for reader in readers))

    assert Message.objects.unsent().count() == 10


def test_a_person_chooses_on_their_page(client: Browser) -> None:
    dana = ClientUserFactory()
    client.force_login(dana)

    client.post(reverse("preferences"), {"rhythm": Rhythm.DAILY, "mailed": ["incident_answered"]})

    chosen = Preference.objects.get(user=dana)
    assert chosen.rhythm == Rhythm.DAILY
    assert "incident_resolved" in chosen.muted
    assert "incident_answered" not in chosen.muted


def test_the_page_says_what_is_always_mailed_and_why(client: Browser) -> None:
    client.force_login(ClientUserFactory())

    page = client.get(reverse("preferences"))

    words = page.content.decode()
    assert "The contract has you told of these in writing" in words
    assert "An incident gets another severity" in words
    assert "incident_reclassified" not in dict(page.context["form"].fields["mailed"].choices)


def test_a_contractual_notice_in_a_forged_form_is_refused(client: Browser) -> None:
    client.force_login(ClientUserFactory())

    page = client.post(reverse("preferences"), {"rhythm": Rhythm.DAILY, "mailed": ["incident_reclassified"]})

    assert "none of the choices" in str(page.context["form"].errors["mailed"])
    assert not Preference.objects.exists()
