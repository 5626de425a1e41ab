"""The authenticator app: set up, asked for, refused a second time, limited, lost, taken off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import Settings

from portal.accounts.models import Role, User
from tests.factories import ClientUserFactory, StaffFactory

pytestmark = pytest.mark.django_db

PASSWORD = "seven quiet harbours"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SETUP = "/account/second-step/app/"
ENTER = "/account/second-step/code/"


@pytest.fixture(autouse=True)
def _no_attempts_before() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Let it be noon until a test moves on: codes and sessions live by the clock."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ann() -> User:
    return StaffFactory(email="ann@northlight.example", password=PASSWORD)


def code_of(secret: str) -> str:
    return format_hotp_value(next(iter(hotp_value(secret, counter) for counter in yield_hotp_counters_from_time())))


def signed_in_by_password(browser: Browser, user: User) -> str:
    """Type email and password, and return where that leads to."""
    return browser.post("/account/login/", {"login": user.email, "password": PASSWORD})["Location"]


def type_password_again(browser: Browser, url: str) -> None:
    """Open a page that asks for the password once more, and give it."""
    browser.post(browser.get(url)["Location"], {"password": PASSWORD})


def set_up(browser: Browser, user: User) -> str:
    """Set the app up in a browser, and return its key."""
    signed_in_by_password(browser, user)
    type_password_again(browser, SETUP)
    secret: str = browser.get(SETUP).context["form"].secret
    answer = browser.post(SETUP, {"code": code_of(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def is_signed_in(browser: Browser) -> bool:
    return "_auth_user_id" in browser.session


def test_the_app_is_set_up_by_a_picture_that_the_policy_allows(client: Browser, ann: User) -> None:
    signed_in_by_password(client, ann)
    type_password_again(client, SETUP)

    page = client.get(SETUP)

    words = page.content.decode()
    assert "<svg" in words
    assert "data:image" not in words
    assert "style=" not in words
    assert page.context["form"].secret in words


def test_signing_in_takes_the_apps_code_from_then_on(client: Browser, ann: User, clock: time_machine.Traveller) -> None:
    secret = set_up(Browser(), ann)
    clock.shift(timedelta(minutes=5))

    leads_to = signed_in_by_password(client, ann)
    before = is_signed_in(client)
    client.post(ENTER, {"code": code_of(secret)})

    assert leads_to.startswith(ENTER)
    assert not before
    assert is_signed_in(client)


def test_a_code_that_was_used_is_refused_the_second_time(
    client: Browser, ann: User, clock: time_machine.Traveller
) -> None:
    secret = set_up(Browser(), ann)
    clock.shift(timedelta(minutes=5))

    first, second = Browser(), client
    for browser in (first, second):
        signed_in_by_password(browser, ann)
    first.post(ENTER, {"code": code_of(secret)})
    refused = second.post(ENTER, {"code": code_of(secret)})

    assert is_signed_in(first)
    assert not is_signed_in(second)
    assert "it was used already" in refused.context["form"].errors["code"][0]


def test_guessing_codes_is_limited_by_429(client: Browser, ann: User, clock: time_machine.Traveller) -> None:
    set_up(Browser(), ann)
    clock.shift(timedelta(minutes=5))
    signed_in_by_password(client, ann)

    statuses = [client.post(ENTER, {"code": f"{guess:06}"}).status_code for guess in range(12)]

    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert not is_signed_in(client)


def test_a_recovery_code_opens_the_second_step_once(client: Browser, ann: User, clock: time_machine.Traveller) -> None:
    owner = Browser()
    set_up(owner, ann)
    code = owner.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
    again = Browser()

    clock.shift(timedelta(minutes=5))
    for browser in (client, again):
        signed_in_by_password(browser, ann)
        browser.post(ENTER, {"code": code})

    assert is_signed_in(client)
    assert not is_signed_in(again)


def test_recovery_codes_are_shown_once(client: Browser, ann: User) -> None:
    set_up(client, ann)

    first, second = (client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"] for _ in range(2))

    assert len(first) == 10
    assert set(second) == {"****"}


def test_the_app_is_taken_off_after_the_password_was_typed_again(
    client: Browser, ann: User, clock: time_machine.Traveller
) -> None:
    set_up(client, ann)
    off = reverse("mfa_deactivate_totp")

    clock.shift(timedelta(hours=1))
    asked = client.get(off)
    wrong = client.post(asked["Location"], {"password": "not the password"})
    client.post(asked["Location"], {"password": PASSWORD})
    client.post(off)

    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert wrong.status_code == 200
    assert not Authenticator.objects.filter(user=ann).exists()


@pytest.mark.parametrize("page", ["home", "clients", "outbox"])
def test_staff_without_an_app_are_led_to_setting_one_up_where_it_is_required(
    client: Browser, settings: Settings, page: str
) -> None:
    settings.REQUIRE_STAFF_TOTP = True
    client.force_login(StaffFactory(role=Role.ADMINISTRATOR))

    answer = client.get(reverse(page))

    assert answer["Location"] == SETUP
    assert client.get(SETUP).status_code == 200


def test_clients_and_staff_with_an_app_are_led_nowhere(client: Browser, ann: User, settings: Settings) -> None:
    settings.REQUIRE_STAFF_TOTP = True
    guarded, visitor = Browser(), Browser()
    set_up(guarded, ann)
    visitor.force_login(ClientUserFactory())

    assert guarded.get(reverse("clients")).status_code == 200
    assert visitor.get(reverse("home")).status_code == 200
