"""The staff's pages: the outbox and the latency."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from portal.alerts.models import Message
from tests.factories import ClientUserFactory, StaffFactory
from tests.portal.alerts.letters import NOW, letter, post, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _read_at_a_fixed_instant() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def staff(client: Client) -> Client:
    """A browser in which one of the staff is signed in."""
    client.force_login(StaffFactory())
    return client


@pytest.fixture
def four_fates() -> None:
    """Four messages: sent, suppressed, failed, waiting."""
    post(
        letter("sent", "ada@people.example", subject="It went out"),
        letter("suppressed", "bob@people.example", answered=True),
        letter("failed", "no address"),
    )
    send()
    post(letter("waiting", "eve@people.example"))


@pytest.mark.parametrize("path", ["/outbox/", "/latency/", "/alerting-banner/"])
def test_the_pages_are_for_staff_alone(client: Client, path: str) -> None:
    anonymous = client.get(path)
    client.force_login(ClientUserFactory())
    foreign = client.get(path)

    assert (anonymous.status_code, foreign.status_code) == (302, 404)


def test_the_outbox_says_what_became_of_each_message(staff: Client, four_fates: None) -> None:
    page = staff.get("/outbox/").content.decode()

    assert "It went out" in page
    assert "It was answered in time." in page
    assert "The address is none: Enter a valid email address." in page
    assert "1 waiting" in page
    assert "1 failed for good" in page


@pytest.mark.parametrize(
    ("state", "address"),
    [
        ("sent", "ada@people.example"),
        ("suppressed", "bob@people.example"),
        ("failed", "no address"),
        ("waiting", "eve@people.example"),
    ],
)
def test_the_outbox_is_filtered_by_state(staff: Client, four_fates: None, state: str, address: str) -> None:
    rows = staff.get("/outbox/", {"state": state}).context["page"].rows

    assert [row.address for row in rows] == [address]


def test_the_outbox_is_filtered_by_address(staff: Client, four_fates: None) -> None:
    rows = staff.get("/outbox/", {"to": "ADA@people.example"}).context["page"].rows

    assert [row.key for row in rows] == ["sent"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"state": "odd"}, "“odd” is none of the choices."),
        ({"client": "1"}, "There is no filter “client”."),
        ({"after": "broken"}, "The cursor is not one of this list"),
        ({"size": "-1"}, "send a whole number from 1 to 200"),
    ],
)
def test_a_filter_or_cursor_that_is_none_is_refused_in_words(staff: Client, query: dict[str, str], words: str) -> None:
    answer = staff.get("/outbox/", query)

    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_the_outbox_goes_on_by_cursor_with_its_filters(staff: Client) -> None:
    post(*(letter(f"letter-{number:03}", f"a{number}@people.example") for number in range(40)))

    first = staff.get("/outbox/", {"state": "waiting"}).context["page"]
    second = staff.get("/outbox/" + first.next_url).context["page"]

    assert "state=waiting" in first.next_url
    assert [len(first.rows), len(second.rows)] == [25, 15]
    assert len({row.pk for row in (*first.rows, *second.rows)}) == 40


def test_a_message_in_the_outbox_shows_markup_as_text(staff: Client) -> None:
    post(letter(subject="<script>alert(1)</script>"))
    send()

    page = staff.get("/outbox/").content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_empty_outbox_says_what_would_stand_there(staff: Client) -> None:
    assert "No messages here" in staff.get("/outbox/").content.decode()


def test_the_latency_is_a_picture_with_its_table(staff: Client) -> None:
    post(letter(due_at=NOW, detected_at=NOW + timedelta(milliseconds=38)), at=NOW + timedelta(milliseconds=40))
    Message.objects.update(accepted_at=NOW + timedelta(seconds=2))

    page = staff.get("/latency/").content.decode()

    assert "<svg class=" in page
    assert 'data-label="p99">38\xa0ms</td>' in page


def test_a_latency_without_alerts_says_what_would_stand_there(staff: Client) -> None:
    assert "Nothing was alerted lately" in staff.get("/latency/").content.decode()
