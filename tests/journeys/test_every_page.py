"""Every page of the site, opened in Chromium: readable by everybody, quiet in the console, and never too wide.

People of each side follow the links of the demonstration, in which every name is long, and open one example of each
route of the resolver. What no link leads to there is opened with what `tests/test_every_url.py` makes for it. So a new
route is walked by itself, unless it stands in `NO_PAGE` with the reason; one that only takes posts is left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from zlib import crc32

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.apps import apps
from django.core.cache import cache
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat, Left
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect
from pytest_django.live_server_helper import LiveServer

from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.clients.services.invitations import link_token
from portal.demo.demonstration import load_demonstration
from portal.journal.append_only import suspended
from tests.factories import ClientFactory, InvitationFactory, StaffFactory
from tests.journeys.conftest import PATIENCE, sign_in
from tests.journeys.screens import ADMINISTRATOR, CLIENT_ADMINISTRATOR, FINANCE, MANAGER, SUPPORT_CONTACT
from tests.portal.accounts.test_second_step import code_of
from tests.test_every_url import MONDAY, PLACES, Route, address, classified

pytestmark = pytest.mark.django_db(transaction=True)

NOW = MONDAY + timedelta(days=1)
"""When the demonstration is looked at: always the same pages, and after what the table of routes makes."""

OTHER_CONTRACT = "grace.holloway@coastline.example"
"""Her client's contract knows a right that the first client's does not."""
LONG = " Rindfleischetikettierungsueberwachungsaufgaben"
PASSWORD = "seven quiet harbours"

NO_PAGE = {
    name: reason
    for reason, names in {
        "A file.": ("incident_file", "money_sheet", "statement_file"),
        "For machines.": ("backup_check_in", "healthz", "healthz_alerting"),
        "Part of another page, and looked at there.": (
            "alerting_banner",
            "client_due",
            "incident_part",
            "incident_reclassify_moves",
            "quoted_part",
            "remedy_offer",
            "replay_progress",
            "support_part",
            "termination_offer",
            "work_part",
        ),
        "Of one's own, and only posts go there.": ("incident_bulk_undo", "saved_view_remove", "session_end"),
    }.items()
    for name in names
}
LINKED = {"incident_bulk_done", "saved_view_edit"}
"""Of one's own: no role opens them to somebody else, but links lead there."""

AFTER_AN_ACT = {
    "account_confirm_login_code",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
}
"""Pages that show only right after something was done, and lead elsewhere at other times."""
LEADS_ON = AFTER_AN_ACT | {
    "account_login",
    "account_logout",
    "account_request_login_code",
    "account_set_password",
    "incident_bulk",
}
"""What leads elsewhere when somebody who is signed in, or has no part in it, opens the address."""

LOOKS = tuple((width, scheme) for width in (375, 768, 1440) for scheme in ("light", "dark"))
"""Width and colours. Axe searches each page in one of them, chosen by its name: all six would take too long."""

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STICKING_OUT = """[...document.querySelectorAll('body *')].filter(each => {
    const inside = document.createRange();
    inside.selectNodeContents(each);
    return inside.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5;
}).slice(-3).map(each => each.outerHTML.slice(0, 120))"""
LINKS = """[...document.querySelectorAll('a[href]')]
    .filter(link => link.origin === location.origin)
    .map(link => link.pathname + link.search)"""


@dataclass
class Walk:
    """What one side's people see.

    Attributes:
        url: Where the portal answers.
        opened: The routes that were opened, each once.
        titles: The title of each page, with the route that has it.
        findings: All that is wrong, as sentences that name the page.
    """

    url: str
    opened: set[str] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)


class Walker:
    """Somebody with a window of their own who takes part in a walk."""

    def __init__(self, walk: Walk, page: Page) -> None:
        self.walk = walk
        self.page = page
        self._statuses: dict[str, int] = {}
        self._complaints: list[tuple[str, str]] = []
        page.on("response", lambda answer: self._statuses.update({answer.url: answer.status}))
        page.on("console", self._note)
        page.on("pageerror", lambda error: self._complaints.append(("", f"script: {error}")))
        page.set_default_timeout(PATIENCE)
        page.emulate_media(reduced_motion="reduce")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append((str(message.location.get("url")), f"console: {message.text}"))

    def follow(self, name: str, path: str) -> None:
        """Open a page, and by its links whatever nobody opened yet."""
        found = {name, *self.walk.opened, *NO_PAGE}
        ahead = deque([(name, path)])
        while ahead:
            name, path = ahead.popleft()
            for link in self.open(name, path):
                there = route_at(link)
                if there and there not in found:
                    found.add(there)
                    ahead.append((there, link))

    def open(self, name: str, path: str, *, status: int = 200) -> Sequence[str]:
        """Open a page that answers with `status`, look at it, and return the addresses that it links to."""
        url = f"{self.walk.url}{path}"
        self.walk.opened.add(name)
        try:
            self.page.goto(url)
        except Error as error:
            self._report(name, [f"{path} does not open: {error.message.splitlines()[0]}"])
            return []
        if self._statuses[url] == 302 and name in LEADS_ON:
            return []
        if self._statuses[url] != status:
            self._report(name, [f"{path} answers {self._statuses[url]}"])
        return self.look(name)

    def only_posts(self, path: str) -> bool:
        """Return whether an address is no page: something is sent there, and a GET gets 405."""
        return self.page.request.get(f"{self.walk.url}{path}", max_redirects=0).status == 405

    def look(self, name: str) -> Sequence[str]:
        """Report all that is wrong with the page shown, and return the addresses that it links to."""
        self.walk.opened.add(name)
        self.page.set_viewport_size({"width": 375, "height": 812})
        self.page.emulate_media(color_scheme="light")
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        wrong = []
        if over := self.page.evaluate(TOO_WIDE):
            wrong.append(f"{over} px too wide: {self.page.evaluate(STICKING_OUT)}")
        if (headings := self.page.locator("h1").count()) != 1:
            wrong.append(f"{headings} headings of the first level")
        title = self.page.title()
        if not title.strip() or self.walk.titles.setdefault(title, name) != name:
            wrong.append(f"its title '{title}' is also that of {self.walk.titles.get(title)}")
        links: list[str] = self.page.evaluate(LINKS)
        wrong.extend(violations(self.page, LOOKS[crc32(name.encode()) % len(LOOKS)]))
        # Chromium complains when the address that was opened refuses, too; what that is worth, `open` judges.
        wrong.extend(words for url, words in self._complaints if self._statuses.get(url, 200) == 200)
        self._complaints.clear()
        self._report(name, wrong)
        return links

    def _report(self, name: str, wrong: Sequence[str]) -> None:
        path = self.page.url.removeprefix(self.walk.url)
        self.walk.findings.extend(f"{name} {path}: {each}" for each in wrong)


def violations(page: Page, look: tuple[int, str]) -> Iterator[str]:
    """Search a page with axe in one look; yield the rule and the place of each violation."""
    width, scheme = look
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for violation in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]:
        for node in violation["nodes"]:
            yield f"axe at {width} px {scheme}: {violation['id']} {node['target']} {node['html'][:100]}"


def route_at(link: str) -> str | None:
    """Return the name of the route that a link leads to; None outside the resolver, and in Django's admin."""
    try:
        match = resolve(urlsplit(link).path)
    except Resolver404:
        return None
    return match.view_name if match.view_name in PLACES and not match.namespaces else None


def walkable() -> dict[str, Route]:
    """Return every route that may be a page: all but those in `NO_PAGE`, and Django's own pages of the admin."""
    routes = {name: classified(name) for name in PLACES if name not in NO_PAGE and not name.startswith("admin:")}
    return {name: route for name, route in routes.items() if route is not None}


@pytest.fixture
def demonstration(live_server: LiveServer) -> Iterator[str]:
    """Load the demonstration, end every name in it with a word that is long, and return where it is shown."""
    cache.clear()  # of attempts to sign in
    with time_machine.travel(NOW):
        load_demonstration(now=NOW)
        with suspended():
            for app in ("accounts", "clients", "credits", "incidents"):
                for model in apps.get_app_config(app).get_models():
                    for column in model._meta.concrete_fields:
                        if column.name in ("name", "title") and isinstance(column, CharField):
                            longer = Left(Concat(F(column.name), Value(LONG)), column.max_length or len(LONG))
                            model._default_manager.update(**{column.name: longer})
        yield live_server.url


@pytest.fixture
def door(live_server: LiveServer) -> Iterator[str]:
    """Let the portal have one member of staff, with a password, and return where it answers."""
    cache.clear()  # of attempts to sign in
    StaffFactory(email=MANAGER, password=PASSWORD)
    with time_machine.travel(NOW):
        yield live_server.url


Arrive = Callable[[Walk], Walker]


@pytest.fixture
def arrive(browser: Browser) -> Iterator[Arrive]:
    """Open windows without cookies for those who take part in a walk."""
    with ExitStack() as windows:
        yield lambda walk: Walker(walk, windows.enter_context(browser.new_context()).new_page())


def walk_together(
    walk: Walk, people: Sequence[tuple[User, Walker]], starts: Mapping[str, Sequence[tuple[str, str]]]
) -> None:
    """Let people follow their links, one after the other; then open what they may and no link led to."""
    for user, walker in people:
        sign_in(walker.page, user, walk.url)
        walker.follow("home", "/")
        for name, path in starts.get(user.email, ()):
            walker.follow(name, path)
    for name, route in walkable().items():
        able = [(user, walker) for user, walker in people if user.role in route.roles]
        if able and name not in walk.opened and None not in route.roles:
            user, walker = able[0]
            path = address(name, route, route.named(user.client or ClientFactory()))
            if not walker.only_posts(path):
                walker.follow(name, path)


def test_every_route_is_walked_or_has_a_reason() -> None:
    for_somebody = {name for name, route in walkable().items() if route.roles}

    assert NO_PAGE.keys() - PLACES.keys() == set()
    assert walkable().keys() - for_somebody - AFTER_AN_ACT - LINKED == set()


def test_every_page_of_staff_is_sound(demonstration: str, arrive: Arrive) -> None:
    walk = Walk(demonstration)
    people = [(User.objects.get(email=email), arrive(walk)) for email in (MANAGER, FINANCE, ADMINISTRATOR)]

    walk_together(walk, people, {})
    manager = people[0][1]
    manager.page.goto(f"{demonstration}{reverse('incident_queue')}")
    manager.page.get_by_role("checkbox").first.check()
    manager.page.get_by_role("button", name="Take", exact=True).click()
    manager.look("incident_bulk")
    manager.page.get_by_role("button", name="Take them").click()
    manager.look("incident_bulk_done")

    assert not walk.findings, "\n".join(walk.findings)
    assert walk.opened >= LINKED


def test_every_page_of_clients_is_sound(demonstration: str, arrive: Arrive) -> None:
    walk = Walk(demonstration)
    emails = (CLIENT_ADMINISTRATOR, SUPPORT_CONTACT, OTHER_CONTRACT)
    people = [(User.objects.get(email=email), arrive(walk)) for email in emails]
    other = Agreement.objects.get(ref="COASTLINE-SUPPORT")

    walk_together(walk, people, {OTHER_CONTRACT: [("agreement", reverse("agreement", args=[other.pk]))]})

    assert not walk.findings, "\n".join(walk.findings)


def test_every_page_of_signing_in_is_sound(door: str, arrive: Arrive) -> None:
    walk = Walk(door)
    visitor, maya, again = arrive(walk), arrive(walk), arrive(walk)
    invitation = InvitationFactory(sent_at=NOW, expires_at=NOW + timedelta(days=7))

    def press(walker: Walker, button: str, **fields: str) -> None:
        for label, text in fields.items():
            walker.page.get_by_label(label).fill(text)
        walker.page.get_by_role("button", name=button).click()

    visitor.open("invitation", reverse("invitation", args=[link_token(invitation)]))
    visitor.open("invitation", reverse("invitation", args=["used-up"]), status=410)
    for name, route in walkable().items():
        if None in route.roles and name not in walk.opened:
            visitor.follow(name, address(name, route, route.arguments))
    visitor.page.goto(f"{door}{reverse('account_request_login_code')}")
    press(visitor, "Email me a code", Email=MANAGER)
    visitor.look("account_confirm_login_code")
    maya.page.goto(f"{door}{reverse('account_login')}")
    press(maya, "Sign in", Email=MANAGER, Password=PASSWORD)
    maya.open("account_logout", reverse("account_logout"))
    maya.page.goto(f"{door}{reverse('mfa_activate_totp')}")
    maya.look("account_reauthenticate")
    press(maya, "Go on", Password=PASSWORD)
    maya.look("mfa_activate_totp")
    press(maya, "Guard my sign-in", Code=code_of(maya.page.locator("code").inner_text()))
    maya.look("mfa_view_recovery_codes")
    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_reauthenticate"):
        maya.open(name, reverse(name))
    again.page.goto(f"{door}{reverse('account_login')}")
    press(again, "Sign in", Email=MANAGER, Password=PASSWORD)
    again.look("mfa_authenticate")

    assert not walk.findings, "\n".join(walk.findings)
    assert walk.opened >= AFTER_AN_ACT
