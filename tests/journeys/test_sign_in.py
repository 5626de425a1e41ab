"""Journey: the door opens to a password, and to nothing else, without a single refusal by the content policy."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from portal.accounts.models import Role
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "agent@northlight.example"
PASSWORD = "a long enough password"


def sign_in(page: Page, live_server: LiveServer, password: str) -> None:
    StaffFactory(email=EMAIL, password=PASSWORD, role=Role.AGENT)
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_member_of_staff_signs_in_by_password(page: Page, live_server: LiveServer) -> None:
    sign_in(page, live_server, PASSWORD)

    page.goto(live_server.url + reverse("account"))
    expect(page.get_by_text(EMAIL)).to_be_visible()


def test_a_wrong_password_is_refused_on_the_same_page(page: Page, live_server: LiveServer) -> None:
    sign_in(page, live_server, "a wrong password")

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_url(live_server.url + reverse("account_login"))
