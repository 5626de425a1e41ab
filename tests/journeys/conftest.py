"""A real Chromium for the journeys: the one on PATH, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.test import Client as Session
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from portal.accounts.models import User

# Playwright's synchronous interface runs an event loop in this thread, where Django otherwise refuses its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Journeys run side by side, on slow machines too: patience costs nothing where a page is quick.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE / 2)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    program = shutil.which("chromium")
    assert program, "Chromium is missing; on Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not work for root, which is who runs in containers.
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


Open = Callable[..., Page]
"""Opens a window without cookies; keywords are Playwright's for a context, such as `viewport`."""


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Open]:
    """Open windows. An error in the console of one, a refusal by the content policy too, fails the test."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} ({message.location.get('url')})")

    with ExitStack() as windows:

        def open_one(**options: Any) -> Page:
            page = windows.enter_context(browser.new_context(**options)).new_page()
            page.set_default_timeout(PATIENCE)
            page.on("console", note)
            page.on("pageerror", lambda error: errors.append(str(error)))
            return page

        yield open_one
    assert errors == []


@pytest.fixture
def page(open_window: Open) -> Page:
    """One window."""
    return open_window()


def sign_in(page: Page, user: User, url: str) -> None:
    """Let somebody be signed in at a window, as if they had been at the door before."""
    session = Session()
    session.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": url}])


PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}
"""What makes a window that of a phone."""


def fits(phone: Page) -> bool:
    """Return whether nothing stands beyond the right edge of a phone's screen."""
    box = phone.locator("main").bounding_box()
    assert box is not None
    return box["x"] + box["width"] <= 375
