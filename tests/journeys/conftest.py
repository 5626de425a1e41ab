"""A real Chromium for the journeys: the one on PATH, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

# Playwright's synchronous interface runs an event loop in this thread, where Django otherwise refuses its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


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


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a window without cookies. An error in its console, a refusal by the content policy too, fails the test."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} ({message.location.get('url')})")

    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert errors == []
