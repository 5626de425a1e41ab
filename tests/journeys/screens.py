"""Take the pictures in docs/screens: `./dev screens` starts the demonstration and signs in as each role.

Each page is taken at the widths of a phone, a tablet and a desk, light and dark, as WebP; what README shows is a PNG.
"""

from __future__ import annotations

import base64
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

django.setup()

from portal.demo.sign_ins import PASSWORD  # noqa: E402  (models can't be imported before the setup)
from tests.journeys.running_portal import RunningPortal, running_portal  # noqa: E402

SIZES = ((375, 812), (768, 1024), (1440, 900))
"""Width and height of what is taken; what lies below stays out."""
QUALITY = 55
LOAD = "from django.core.management import call_command; call_command('load_demonstration')"


@dataclass(frozen=True)
class Screen:
    """One page: the picture's name, its address, and links to follow from there, each by the start of its address."""

    name: str
    path: str
    follow: tuple[str, ...] = ()


AGENT = "jonas.lindqvist@northlight.example"
MANAGER = "maya.okafor@northlight.example"
FINANCE = "tom.adeyemi@northlight.example"
ADMINISTRATOR = "noor.haddad@northlight.example"
SUPPORT_CONTACT = "dana.whitlock@alder-finch.example"
CLIENT_ADMINISTRATOR = "elena.finch@alder-finch.example"

SCREENS = {
    MANAGER: (
        Screen("staff-today", "/"),
        Screen("staff-client", "/clients/", ("/clients/1/",)),
        Screen("staff-agreement", "/agreements/", ("/agreements/1/",)),
        Screen("staff-availability", "/availability/", ("/availability/",)),
    ),
    AGENT: (
        Screen("staff-queue", "/incidents/"),
        Screen("staff-incident", "/incidents/?order=due", ("table a[href^='/incidents/']",)),
        Screen("staff-why", "/incidents/?order=due", ("table a[href^='/incidents/']", "a[href*='/why/']")),
    ),
    FINANCE: (
        Screen("staff-latency", "/latency/"),
        Screen("staff-money", "/money/"),
        Screen("staff-approvals", "/money/proposals/"),
        Screen("staff-exposure", "/money/exposure/", ("/money/exposure/clients/",)),
    ),
    ADMINISTRATOR: (Screen("staff-outbox", "/outbox/"),),
    SUPPORT_CONTACT: (
        Screen("client-home", "/"),
        Screen("client-support", "/support/"),
        Screen("client-incident", "/support/", ("table a[href^='/support/']",)),
        Screen("client-answer", "/", (".card-next a.btn-primary",)),
        Screen("client-report", "/support/new/"),
    ),
    CLIENT_ADMINISTRATOR: (
        Screen("client-people", "/people/"),
        Screen("client-statement", "/statements/", ("table a[href^='/statements/']",)),
        Screen("client-receipt", "/statements/", ("table a[href^='/statements/']", "/money/credits/")),
        Screen("client-availability", "/availability/", ("/availability/",)),
    ),
}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium on PATH."""
    program = shutil.which("chromium")
    if program is None:
        sys.exit("Chromium is missing; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not work for root, which is who runs in containers.
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


def sign_in(page: Page, portal: RunningPortal, email: str) -> None:
    """Sign in as one of the demonstration's people."""
    page.goto(f"{portal.url}/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{portal.url}/")


def open_screen(page: Page, portal: RunningPortal, screen: Screen) -> None:
    """Go to a page as a person would, by its links."""
    page.goto(portal.url + screen.path)
    for link in screen.follow:
        selector = f"main a[href^='{link}']" if link.startswith("/") else f"main {link}"
        address = page.locator(selector).first.get_attribute("href")
        page.goto(f"{portal.url}{address}")


def take(page: Page, screen: Screen, folder: Path) -> None:
    """Take a page at every size, light and dark."""
    session = page.context.new_cdp_session(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
            (folder / f"{screen.name}-{width}-{scheme}.webp").write_bytes(base64.b64decode(taken["data"]))
    session.detach()


def main() -> None:
    """Take them all anew."""
    folder = Path(settings.BASE_DIR) / "docs" / "screens"
    folder.mkdir(exist_ok=True)
    for old in (*folder.glob("*.webp"), *folder.glob("*.png")):
        old.unlink()
    with (
        tempfile.TemporaryDirectory() as var,
        running_portal(Path(var), LOAD) as portal,
        chromium() as browser,
    ):
        for email, screens in SCREENS.items():
            with browser.new_context() as context:
                page = context.new_page()
                sign_in(page, portal, email)
                for screen in screens:
                    open_screen(page, portal, screen)
                    take(page, screen, folder)
                    print(f"{screen.name}: {page.url.removeprefix(portal.url)}")
                    if screen.name == "staff-today":
                        page.emulate_media(color_scheme="light")
                        page.screenshot(path=folder / "staff-today.png")
    taken = [path.stat().st_size for path in folder.iterdir()]
    print(f"{len(taken)} pictures, {sum(taken) / 1_000_000:.1f} MB, in docs/screens")


if __name__ == "__main__":
    main()
