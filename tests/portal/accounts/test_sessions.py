"""Where somebody is signed in: listed, ended one by one, ended everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.urls import reverse

from portal.accounts.models import SignIn, User
from portal.accounts.sessions import device
from portal.accounts.tasks import clear_sessions
from tests.factories import ClientUserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "seven quiet harbours"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def dana() -> User:
    return ClientUserFactory(email="dana@alder.example", password=PASSWORD)


def signed_in(user: User, agent: str) -> Browser:
    browser = Browser(headers={"user-agent": agent})
    browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return browser


def is_signed_in(browser: Browser) -> bool:
    return browser.get(reverse("account")).status_code == 200


def test_a_person_sees_where_they_are_signed_in(dana: User) -> None:
    phone, desk = signed_in(dana, SAFARI), signed_in(dana, FIREFOX)

    rows = desk.get(reverse("sessions")).context["sessions"]

    assert {(row["device"], row["is_this"]) for row in rows} == {
        ("Safari on iPhone", False),
        ("Firefox on Windows", True),
    }
    assert is_signed_in(phone)


def test_one_session_is_ended_and_the_others_go_on(dana: User) -> None:
    phone, desk = signed_in(dana, SAFARI), signed_in(dana, FIREFOX)
    row = SignIn.objects.get(agent=SAFARI)

    desk.post(reverse("session_end", args=[row.pk]))

    assert not is_signed_in(phone)
    assert is_signed_in(desk)


def test_signing_out_everywhere_ends_every_session(dana: User) -> None:
    phone, desk = signed_in(dana, SAFARI), signed_in(dana, FIREFOX)

    answer = desk.post(reverse("sessions_end"))

    assert answer["Location"] == "/account/login/"
    assert not is_signed_in(phone)
    assert not is_signed_in(desk)
    assert not SignIn.objects.exists()


def test_nobody_ends_anothers_session(dana: User) -> None:
    stranger = signed_in(ClientUserFactory(password=PASSWORD), SAFARI)
    desk = signed_in(dana, FIREFOX)

    answer = stranger.post(reverse("session_end", args=[SignIn.objects.get(user=dana).pk]))

    assert answer.status_code == 404
    assert is_signed_in(desk)


def test_a_session_that_was_signed_out_stands_on_no_list(dana: User) -> None:
    phone, desk = signed_in(dana, SAFARI), signed_in(dana, FIREFOX)

    phone.post("/account/logout/")

    assert len(desk.get(reverse("sessions")).context["sessions"]) == 1


def test_a_session_that_ran_out_is_forgotten_with_its_row_and_others_stay(dana: User) -> None:
    with time_machine.travel(NOON, tick=False):
        signed_in(dana, FIREFOX)
    with time_machine.travel(NOON + timedelta(days=10), tick=False):
        phone = signed_in(dana, SAFARI)

    with time_machine.travel(NOON + timedelta(days=15), tick=False):
        clear_sessions()

        assert is_signed_in(phone)
    assert [row.agent for row in SignIn.objects.all()] == [SAFARI]
    assert Session.objects.count() == 1


def test_when_a_session_was_last_seen_is_exact_to_five_minutes(dana: User) -> None:
    with time_machine.travel(NOON, tick=False):
        desk = signed_in(dana, FIREFOX)
    with time_machine.travel(NOON + timedelta(minutes=4, seconds=59), tick=False):
        desk.get(reverse("account"))
    early = SignIn.objects.get().seen_at
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        desk.get(reverse("account"))

    assert early == NOON
    assert SignIn.objects.get().seen_at == NOON + timedelta(minutes=5)


def test_changing_the_password_leaves_this_session_alone_on_the_list(dana: User) -> None:
    phone, desk = signed_in(dana, SAFARI), signed_in(dana, FIREFOX)
    new = "eight quiet harbours"

    desk.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert [row["is_this"] for row in desk.get(reverse("sessions")).context["sessions"]] == [True]
    assert not is_signed_in(phone)


@pytest.mark.parametrize(
    ("agent", "words"),
    [("", "An unknown browser"), ("curl/8", "An unknown browser"), ("<script>", "An unknown browser")],
)
def test_what_is_no_known_browser_is_named_so(agent: str, words: str) -> None:
    assert device(agent) == words
