"""Waits with a reason and an expected end: told to both sides, reminded of once, and no movers of clocks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail

from incidents.models import Incident, Wait
from incidents.services import assign_incident, comment_as_client, note_internally, remind_of_waits, wait_for
from incidents.tasks import remind_of_passed_waits
from portal.accounts.models import User
from portal.alerts.models import Message
from portal.alerts.sender import send_outbox
from portal.clocks.models import Clock
from tests.factories import AgreementFactory, StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, reporter_of, sending, words_of

pytestmark = pytest.mark.django_db

TOMORROW = MONDAY + timedelta(days=1)


@pytest.fixture
def hana() -> User:
    return StaffFactory(name="Hana Lee", email="hana@people.example", zone="America/New_York")


def waiting(hana: User, **words: object) -> Incident:
    """Return a minor incident of Hana's that waits for its client since Monday, until tomorrow."""
    incident = reported("minor", title="Photos are rotated")
    assign_incident(incident_id=incident.pk, assignee_id=hana.pk, by=hana, now=MONDAY)
    words = {"reason": "The original photos.", "expected_at": TOMORROW, **words}
    wait_for(incident_id=incident.pk, on="client", by=hana, now=MONDAY, **words)  # type: ignore[arg-type]
    return incident


def reminders() -> list[str]:
    return list(Message.objects.filter(kind="incident_wait_over").values_list("address", flat=True))


def test_both_sides_read_why_and_until_when(hana: User) -> None:
    incident = reported("minor")

    with at(MONDAY + MINUTE):
        browser_of(hana).post(
            f"/incidents/{incident.pk}/wait/",
            sending(on="client", reason="The original photos.", expected_at="2026-03-03T10:00"),
        )
        ours = words_of(browser_of(hana).get(f"/incidents/{incident.pk}/"))
        theirs = words_of(browser_of(reporter_of(incident)).get(f"/support/{incident.pk}/"))

    assert "The original photos. Expected to be over by Tue 3 Mar 2026, 10:00 ET." in ours.replace("\xa0", " ")
    assert "We wait for you since" in theirs
    assert "The original photos. Expected to be over by" in theirs


@pytest.mark.parametrize(
    ("on", "ours", "theirs"),
    [
        ("client", "Waiting for Alder since Mon 2 Mar, 10:00 ET", "We wait for you since Mon 2 Mar, 15:00 UTC"),
        (
            "third_party",
            "Waiting for a third party since Mon 2 Mar, 10:00 ET",
            "Waiting for a third party since Mon 2 Mar, 15:00 UTC",
        ),
    ],
)
@pytest.mark.parametrize("expected_at", [None, MONDAY + HOUR])
def test_a_wait_of_which_little_was_said_stands_on_both_sides_pages_alike(
    hana: User, on: str, ours: str, theirs: str, expected_at: datetime | None
) -> None:
    incident = reported("minor", agreement=AgreementFactory(client__name="Alder"))
    wait_for(incident_id=incident.pk, on=on, expected_at=expected_at, by=hana, now=MONDAY)

    with at(TOMORROW):
        read = [
            words_of(browser_of(user).get(url)).replace("\xa0", " ")
            for user, url in (
                (hana, f"/incidents/{incident.pk}/"),
                (reporter_of(incident), f"/support/{incident.pk}/"),
            )
        ]

    assert (ours in read[0], theirs in read[1]) == (True, True)
    for words in read:
        assert ("It was expected to be over by Mon 2 Mar 2026, 1" in words) is (expected_at is not None)
    assert ("Write below" in read[0], "Write below" in read[1]) == (False, on == "client")


def test_what_staff_note_of_a_wait_is_not_told_to_the_client(hana: User) -> None:
    incident = waiting(hana)
    note_internally(incident_id=incident.pk, body="They never answer.", by=hana, now=MONDAY + MINUTE)

    with at(MONDAY + HOUR):
        ours = words_of(browser_of(hana).get(f"/incidents/{incident.pk}/"))
        theirs = words_of(browser_of(reporter_of(incident)).get(f"/support/{incident.pk}/"))

    assert ("They never answer." in ours, "They never answer." in theirs) == (True, False)
    assert ("The original photos." in ours, "The original photos." in theirs) == (True, True)


def test_the_expected_end_moves_no_clock(hana: User) -> None:
    plain, told = reported("critical"), reported("critical")

    wait_for(incident_id=plain.pk, on="client", by=hana, now=MONDAY + MINUTE)
    wait_for(incident_id=told.pk, on="client", expected_at=MONDAY + HOUR, by=hana, now=MONDAY + MINUTE)
    remind_of_waits(now=TOMORROW)

    clocks = [
        list(
            Clock.objects.filter(subject_ref=incident.ref, agreement=incident.agreement)
            .order_by("target")
            .values_list("target", "state", "due_at", "met_at")
        )
        for incident in (plain, told)
    ]
    assert clocks[0] == clocks[1]
    assert Incident.objects.get(pk=told.pk).waiting_on == "client"


def test_who_has_it_is_reminded_once_when_the_expected_end_passes(hana: User) -> None:
    waiting(hana)

    assert remind_of_waits(now=TOMORROW - MINUTE) == 0
    with at(TOMORROW):
        remind_of_passed_waits()
        remind_of_passed_waits()

    assert reminders() == ["hana@people.example"]


def test_the_reminder_says_what_was_waited_for_and_what_to_do(hana: User) -> None:
    incident = waiting(hana)

    remind_of_waits(now=TOMORROW)
    with at(TOMORROW):
        send_outbox(clock=lambda: TOMORROW)

    (letter,) = [letter for letter in mail.outbox if "Still waiting" in letter.subject]
    assert letter.subject.replace("\xa0", " ") == (
        f"Still waiting: {incident.ref} Photos are rotated, expected by Tue 3 Mar 2026, 10:00 ET"
    )
    assert f"Ask again on {incident.ref}, or go on without." in letter.body
    assert "The original photos." in letter.body
    assert "Why you get this: You are assigned to it." in letter.body


def test_a_wait_that_ended_before_reminds_nobody(hana: User) -> None:
    incident = waiting(hana)
    comment_as_client(incident_id=incident.pk, body="Here they are.", by=reporter_of(incident), now=MONDAY + HOUR)

    assert remind_of_waits(now=TOMORROW) == 0
    assert reminders() == []
    assert not Wait.objects.filter(reminded_at__isnull=True).exists()


def test_a_later_end_replaces_the_earlier_one_and_the_wait_goes_on_from_its_beginning(hana: User) -> None:
    incident = waiting(hana)

    wait_for(incident_id=incident.pk, on="client", expected_at=TOMORROW + HOUR, by=hana, now=MONDAY + HOUR)

    assert remind_of_waits(now=TOMORROW) == 0
    assert remind_of_waits(now=TOMORROW + HOUR) == 1
    assert Incident.objects.get(pk=incident.pk).waiting_since == MONDAY


def test_a_passed_end_needs_a_decision_on_the_first_screen_until_the_wait_ends(hana: User) -> None:
    incident = waiting(hana)
    browser = browser_of(hana)

    with at(TOMORROW + MINUTE):
        passed = words_of(browser.get("/"))
        comment_as_client(incident_id=incident.pk, body="Here.", by=reporter_of(incident), now=TOMORROW + MINUTE)
        ended = words_of(browser.get("/"))

    assert "Still waiting: Photos are rotated" in passed
    assert "Still waiting" not in ended


@pytest.mark.parametrize(
    ("expected_at", "sentence"),
    [
        ("2026-03-02T09:00", "That is not ahead."),
        ("2028-03-02T09:00", "more than a year ahead"),
        ("2026-03-08T02:30", "the clocks skip it"),
        ("soon", "is no date and time"),
    ],
)
def test_an_end_that_can_not_be_is_refused_in_words(hana: User, expected_at: str, sentence: str) -> None:
    incident = reported("minor")

    with at(MONDAY + MINUTE):
        response = browser_of(hana).post(
            f"/incidents/{incident.pk}/wait/", sending(on="client", expected_at=expected_at)
        )

    assert response.status_code == 200
    assert sentence in words_of(response)
    assert Incident.objects.get(pk=incident.pk).waiting_on == ""


def test_the_same_wait_said_twice_with_nothing_new_is_refused(hana: User) -> None:
    incident = waiting(hana)

    with at(MONDAY + HOUR):
        response = browser_of(hana).post(f"/incidents/{incident.pk}/wait/", sending(on="client"))

    assert f"{incident.ref} waits for that already." in words_of(response)


def test_a_reminder_of_a_wait_that_ended_before_it_was_sent_is_not_sent(hana: User) -> None:
    incident = waiting(hana)
    remind_of_waits(now=TOMORROW)
    comment_as_client(incident_id=incident.pk, body="Here.", by=reporter_of(incident), now=TOMORROW)

    with at(TOMORROW):
        send_outbox(clock=lambda: TOMORROW)

    assert Message.objects.get(kind="incident_wait_over").suppressed_reason == "The wait is over."


def test_a_notice_of_an_incident_that_was_given_on_since_is_not_sent(hana: User) -> None:
    incident = waiting(hana)
    for number in range(2):
        assign_incident(incident_id=incident.pk, assignee_id=StaffFactory().pk, by=hana, now=MONDAY + number * MINUTE)

    with at(TOMORROW):
        send_outbox(clock=lambda: TOMORROW)

    reasons = (
        Message.objects.filter(kind="incident_assigned").order_by("pk").values_list("suppressed_reason", flat=True)
    )
    assert list(reasons) == ["It was given on since.", ""]


def test_what_is_asked_for_may_be_expected_by_a_time_that_both_sides_read_and_that_reminds(hana: User) -> None:
    incident = reported("minor")
    assign_incident(incident_id=incident.pk, assignee_id=hana.pk, by=hana, now=MONDAY)

    with at(MONDAY + MINUTE):
        browser_of(hana).post(
            f"/incidents/{incident.pk}/ask/", sending(items="Which browser?", expected_at="2026-03-03T10:00")
        )
        ours = words_of(browser_of(hana).get(f"/incidents/{incident.pk}/"))
        theirs = words_of(browser_of(reporter_of(incident)).get(f"/support/{incident.pk}/"))
        send_outbox(clock=lambda: MONDAY + MINUTE)
    remind_of_waits(now=TOMORROW)

    assert "Expected by Tue 3 Mar 2026, 10:00 ET. Until it is answered, the time" in ours.replace("\xa0", " ")
    assert "Expected by Tue 3 Mar 2026, 15:00 UTC. Until you answer, the time" in theirs.replace("\xa0", " ")
    asked = next(letter for letter in mail.outbox if "We need something from you" in letter.subject)
    assert "Expected by: Tue 3 Mar 2026, 10:00 ET" in str(asked.body).replace("\xa0", " ")
    assert reminders() == [hana.email]


def test_information_is_not_expected_in_the_past(hana: User) -> None:
    incident = reported("minor")

    with at(MONDAY + HOUR):
        page = browser_of(hana).post(
            f"/incidents/{incident.pk}/ask/", sending(items="Which browser?", expected_at="2026-03-02T10:30")
        )

    assert page.context["form"].errors["expected_at"] == ["That is not ahead. Give a time from now to a year from now."]
    assert not Incident.objects.get(pk=incident.pk).waiting_on
