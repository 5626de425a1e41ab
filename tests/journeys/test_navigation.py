"""A client's way around: on one line from a tablet up, with the rest behind More; all of it in a phone's menu."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from portal.accounts.models import Role, User
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory
from tests.journeys.conftest import PHONE, Open, fits, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

ON_THE_LINE = ["Overview", "Support", "Events", "Agreements", "People"]
BEHIND_MORE = ["Releases", "Availability", "Services", "Prepaid", "Charges", "Statements", "Activity"]
WIDTHS = [768, 860, 861, 1024, 1440]
LONG = "Rindfleischetikettierungsueberwachungsaufgaben"


@pytest.fixture
def elena() -> User:
    """Return a person of a client's who may do everything."""
    agreement = AgreementFactory(client__name="Alder & Finch Events")
    return ClientUserFactory(client=agreement.client, name="Elena Finch", role=Role.CLIENT_ADMINISTRATOR)


def window(open_window: Open, server: LiveServer, user: User, width: int, **options: object) -> Page:
    page = open_window(**{"viewport": {"width": width, "height": 900}, **options})
    sign_in(page, user, server.url)
    page.goto(server.url)
    return page


def portal_of(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Portal")


def more_of(page: Page) -> Locator:
    return portal_of(page).locator("summary")


def middles(page: Page) -> set[int]:
    """Return the heights at which what stands in the masthead has its middle."""
    heights = set()
    for each in page.locator(".masthead :is(.nav > a, summary, .nav .btn, .person)").all():
        box = each.bounding_box()
        assert box is not None
        heights.add(round(box["y"] + box["height"] / 2))
    return heights


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{each['id']}: {node['html'][:100]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("client", "person"), [("Alder & Finch Events", "Elena Finch"), (LONG, LONG)])
def test_who_may_do_everything_has_it_on_one_line(
    open_window: Open, live_server: LiveServer, elena: User, width: int, client: str, person: str
) -> None:
    assert elena.client is not None
    elena.client.name, elena.name = client, person
    elena.client.save(update_fields=["name"])
    elena.save(update_fields=["name"])

    page = window(open_window, live_server, elena, width)

    assert portal_of(page).locator("> a").all_inner_texts() == ON_THE_LINE
    assert max(middles(page)) - min(middles(page)) <= 1
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_rest_opens_by_keyboard_and_without_a_script(
    open_window: Open, live_server: LiveServer, elena: User
) -> None:
    page = window(open_window, live_server, elena, 1024, java_script_enabled=False)
    links = portal_of(page).locator("details a")
    expect(links.first).to_be_hidden()

    more_of(page).focus()
    page.keyboard.press("Enter")
    expect(links.first).to_be_visible()
    assert links.all_inner_texts() == BEHIND_MORE
    page.keyboard.press("Tab")
    expect(links.first).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_url("**/releases/")
    expect(more_of(page)).to_have_attribute("aria-current", "true")
    expect(portal_of(page).locator("[aria-current=page]")).to_have_text("Releases")


def test_more_is_not_current_on_a_page_of_the_line(open_window: Open, live_server: LiveServer, elena: User) -> None:
    page = window(open_window, live_server, elena, 1024)
    page.goto(f"{live_server.url}/support/")

    assert more_of(page).get_attribute("aria-current") is None
    expect(portal_of(page).locator("[aria-current=page]")).to_have_text("Support")


def test_what_is_open_closes_by_escape_and_by_what_is_done_elsewhere(
    open_window: Open, live_server: LiveServer, elena: User
) -> None:
    page = window(open_window, live_server, elena, 1024)
    first = portal_of(page).locator("details a").first

    more_of(page).click()
    expect(first).to_be_visible()
    page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(more_of(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(first).to_be_visible()
    page.locator("main").click(position={"x": 5, "y": 5})
    expect(first).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_more_is_open(
    open_window: Open, live_server: LiveServer, elena: User, scheme: str
) -> None:
    page = window(open_window, live_server, elena, 768, color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{live_server.url}/releases/")

    more_of(page).click()

    assert page.evaluate("document.documentElement.scrollWidth") == 768
    assert violations(page) == []


def test_a_phones_menu_has_all_of_it_at_once_without_a_script(
    open_window: Open, live_server: LiveServer, elena: User
) -> None:
    page = window(open_window, live_server, elena, 375, **PHONE, java_script_enabled=False)
    assert fits(page)

    page.get_by_role("button", name="Menu").click()

    for name in [*ON_THE_LINE, *BEHIND_MORE]:
        expect(portal_of(page).get_by_role("link", name=name)).to_be_visible()
    expect(more_of(page)).to_be_hidden()
    portal_of(page).get_by_role("link", name="Activity").click()
    page.wait_for_url("**/activity/")


def test_a_small_phones_menu_can_be_scrolled_to_its_end(
    open_window: Open, live_server: LiveServer, elena: User
) -> None:
    page = window(open_window, live_server, elena, 320, **{**PHONE, "viewport": {"width": 320, "height": 480}})

    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").scroll_into_view_if_needed()

    expect(page.get_by_role("button", name="Sign out")).to_be_in_viewport()


@pytest.mark.parametrize("width", [861, 1024, 1440])
def test_no_entry_of_the_staffs_sidebar_takes_two_lines(open_window: Open, live_server: LiveServer, width: int) -> None:
    page = window(open_window, live_server, StaffFactory(role=Role.ADMINISTRATOR), width)

    heights = {round(each.bounding_box()["height"]) for each in page.locator(".sidebar .nav a").all()}  # type: ignore[index]

    assert len(heights) == 1
