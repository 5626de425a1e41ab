"""From the queue to a solved incident by keys alone, many at once, and back open by the client."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from incidents.models import Comment, Incident
from incidents.services import resolve_incident
from portal.accounts.models import User
from tests.factories import StaffFactory
from tests.incidents.pages import MINUTE, MONDAY, reported, reporter_of
from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

Enter = Callable[[User], Page]


@pytest.fixture
def agent() -> User:
    return StaffFactory(name="Jonas Lindqvist", zone="America/New_York")


@pytest.fixture
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY + 10 * MINUTE):
        yield


@pytest.fixture
def enter(monday: None, page: Page, live_server: LiveServer) -> Enter:
    """Let somebody sit down at the browser."""

    def sit_down(user: User) -> Page:
        sign_in(page, user, live_server.url)
        page.set_viewport_size({"width": 1280, "height": 900})
        return page

    return sit_down


def type_in(desk: Page, keys: str) -> None:
    # Words of a page are visible while it is still being read; what listens to keys is there after that.
    desk.wait_for_load_state("domcontentloaded")
    for key in keys.split():
        desk.keyboard.press(key)


def test_from_the_queue_to_resolved_by_keys_alone(enter: Enter, live_server: LiveServer, agent: User) -> None:
    reported("critical", title="Registration is down")
    slow = reported("minor", title="Photos are rotated")
    desk = enter(agent)
    desk.goto(f"{live_server.url}/incidents/")

    type_in(desk, "j j")
    expect(desk.get_by_role("link", name="Photos are rotated")).to_be_focused()
    type_in(desk, "k")
    expect(desk.get_by_role("link", name="Registration is down")).to_be_focused()
    type_in(desk, "j o")
    expect(desk.get_by_role("heading", level=1, name="Photos are rotated")).to_be_visible()

    type_in(desk, "r")
    expect(desk.get_by_label("Message to")).to_be_focused()
    desk.keyboard.type("We turn them. r n ? j")  # Letters in a field are letters.
    type_in(desk, "Tab Tab Enter")
    expect(desk.get_by_role("status").filter(has_text="Sent to")).to_be_visible()

    type_in(desk, "e")
    expect(desk.get_by_role("heading", level=1, name="Resolve")).to_be_visible()
    desk.get_by_role("radio", name="A fix").focus()
    type_in(desk, "Space Tab Tab")  # Past the clause's link, to the words for the client.
    while desk.evaluate("document.activeElement.name") != "body":
        type_in(desk, "Tab")
    desk.keyboard.type("They stand upright.")
    while desk.evaluate("document.activeElement.type") != "submit":
        type_in(desk, "Tab")
    type_in(desk, "Enter")

    expect(desk.get_by_role("status").filter(has_text=f"{slow.ref} is resolved")).to_be_visible()
    assert Incident.objects.get(pk=slow.pk).status == Incident.Status.RESOLVED
    assert list(Comment.objects.filter(author=agent).values_list("body", flat=True)) == [
        "We turn them. r n ? j",
        "They stand upright.",
    ]


def test_incidents_are_chosen_by_key_and_taken_together(
    enter: Enter, live_server: LiveServer, agent: User, settings: Settings
) -> None:
    settings.ZEAL_ALLOWLIST = [{"model": "*", "field": "*"}]  # Each is locked, judged and refused by itself.
    incidents = [reported(title=title) for title in ("First", "Second", "Third")]
    desk = enter(agent)
    desk.goto(f"{live_server.url}/incidents/")

    type_in(desk, "j x j x")
    expect(desk.get_by_role("checkbox", checked=True)).to_have_count(2)
    desk.get_by_role("button", name="Take", exact=True).click()
    desk.get_by_role("button", name="Take them").click()
    expect(desk.get_by_role("heading", level=1, name="2 done")).to_be_visible()
    desk.get_by_role("button", name="Take it back").click()

    expect(desk.get_by_text("Take the assignment back: Jonas Lindqvist")).to_be_visible()
    assert not Incident.objects.filter(pk__in=[one.pk for one in incidents], assignee__isnull=False).exists()


def test_the_keys_are_told_in_a_dialog_that_escape_closes(enter: Enter, live_server: LiveServer, agent: User) -> None:
    desk = enter(agent)
    desk.goto(f"{live_server.url}/incidents/")

    type_in(desk, "?")
    expect(desk.get_by_role("heading", name="Keys")).to_be_visible()
    type_in(desk, "Escape")
    expect(desk.get_by_role("heading", name="Keys")).to_be_hidden()
    type_in(desk, "/")

    expect(desk.get_by_role("searchbox", name="Reference or title")).to_be_focused()


def test_a_client_opens_a_solved_incident_again_on_a_phone(enter: Enter, live_server: LiveServer, agent: User) -> None:
    incident = reported("major")
    resolve_incident(incident_id=incident.pk, how="fix", body="Restarted.", by=agent, now=MONDAY + 5 * MINUTE)
    phone = enter(reporter_of(incident))
    phone.set_viewport_size({"width": 375, "height": 812})
    phone.goto(f"{live_server.url}/support/{incident.pk}/")

    phone.get_by_role("link", name="It is not solved").click()
    phone.get_by_label("What is still wrong").fill("Still down for half of us.")
    phone.get_by_role("button", name="Open it again").click()

    expect(phone.get_by_role("status").filter(has_text=f"{incident.ref} is open again.")).to_be_visible()
    expect(phone.get_by_text("Still down for half of us.")).to_be_visible()
    expect(phone.get_by_text("Resolution 2")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
