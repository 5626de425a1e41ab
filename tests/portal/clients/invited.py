"""Inviting people through pages, and reading the link out of the mail."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.core import mail
from django.test import Client as Browser

from portal.alerts.sender import send_outbox

PASSWORD = "seven quiet harbours"


def filled_in(browser: Browser, url: str) -> dict[str, str]:
    """Return what a page's form holds when it is opened."""
    form = browser.get(url).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: str(value) for name, value in values.items() if value not in (None, "", False)}


def send_form(browser: Browser, url: str, **values: Any) -> Any:
    """Open a page and send its form with these values."""
    return browser.post(url, filled_in(browser, url) | values)


def mailed_link() -> str:
    """Send what waits, and return the path that the latest mail leads to."""
    send_outbox(clock=lambda: datetime.now(UTC))  # noqa: TID251  (the pages read the same clock)
    found = re.search(r"http://127\.0\.0\.1:8000(/join/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]
