"""Journeys at the staff's desk: what moves is shown before it moves, and nobody writes over somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from incidents.models import Incident
from incidents.services import answer_incident
from portal.accounts.models import Role, User
from tests.factories import StaffFactory
from tests.incidents.pages import MINUTE, MONDAY, reported
from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent() -> User:
    return StaffFactory(name="Jonas Lindqvist", role=Role.MANAGER, zone="America/New_York")


@pytest.fixture
def incident() -> Incident:
    return reported("major")


@pytest.fixture
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY + 10 * MINUTE):
        yield


@pytest.fixture
def desk(monday: None, page: Page, live_server: LiveServer, agent: User) -> Page:
    sign_in(page, agent, live_server.url)
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def test_choosing_a_severity_shows_what_moves_and_the_button_moves_it(
    desk: Page, live_server: LiveServer, incident: Incident
) -> None:
    desk.goto(f"{live_server.url}/incidents/{incident.pk}/reclassify/")

    desk.get_by_role("radio", name="Critical").check()
    expect(desk.get_by_role("table", name="What moves as critical")).to_contain_text("earlier")
    desk.get_by_role("radio", name="Minor").check()
    expect(desk.get_by_role("table", name="What moves as minor")).to_contain_text("later")
    desk.get_by_label("Reason").fill("One browser only.")
    desk.get_by_role("button", name="Reclassify and tell the client").click()

    expect(desk.get_by_role("status").filter(has_text="Now minor")).to_be_visible()


def test_a_reply_that_another_one_overtook_is_kept_and_sent_again(
    desk: Page, live_server: LiveServer, incident: Incident
) -> None:
    desk.goto(f"{live_server.url}/incidents/{incident.pk}/reply/")
    desk.get_by_label("Message to").fill("We restart it.")
    answer_incident(
        incident_id=incident.pk,
        body="It is the cache.",
        by=StaffFactory(name="Mara Oyelaran"),
        now=MONDAY + 10 * MINUTE,
    )

    desk.get_by_role("button", name="Send to the client").click()
    expect(desk.get_by_role("alert")).to_contain_text("Yours was not sent.")
    expect(desk.get_by_text("It is the cache.")).to_be_visible()
    expect(desk.get_by_label("Message to")).to_have_value("We restart it.")
    desk.get_by_role("button", name="Send to the client").click()

    expect(desk.get_by_role("status").filter(has_text="Sent to")).to_be_visible()
    expect(desk.get_by_text("We restart it.")).to_be_visible()
