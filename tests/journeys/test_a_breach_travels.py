"""Journey: a promise travels from the client's page to its breach and the mail, and explains itself by its clause.

Clause: JS-6, T-5.
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.journeys.running_portal import RunningPortal, running_portal

PASSWORD = "every promise is a clock"
SECONDS = 15
"""The critical response of the agreement, by an override: long enough to look twice, short enough to wait for."""

A_CLIENT_WITH_SHORT_TERMS = f"""
from tests import factories
provider = factories.ProviderFactory()
agreement = factories.AgreementFactory(
    client__name="Alder & Finch Events", ref="ALDER-SUPPORT",
    overrides={{"severities": {{"critical": {{"response": "PT{SECONDS}S"}}}}}},
)
agent = factories.StaffFactory(email="jonas@northlight.example", name="Jonas Lindqvist", password="{PASSWORD}")
agreement.team.members.add(agent)
dana = factories.ClientUserFactory(
    email="dana@alder-finch.example", name="Dana Whitlock", client=agreement.client, password="{PASSWORD}"
)
factories.ContactFactory(client=agreement.client, email=dana.email, name=dana.name, user=dana)
"""


def sign_in(page: Page, portal: RunningPortal, email: str) -> None:
    page.goto(portal.url + "/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation").first).to_be_visible()


def test_a_breach_reaches_the_staffs_page_the_mail_and_the_client(browser: Browser, page: Page, tmp_path: Path) -> None:
    with running_portal(tmp_path, A_CLIENT_WITH_SHORT_TERMS) as portal, browser.new_context() as other:
        staff, client = page, other.new_page()
        sign_in(staff, portal, "jonas@northlight.example")
        sign_in(client, portal, "dana@alder-finch.example")

        client.get_by_role("link", name=re.compile("report", re.IGNORECASE)).first.click()
        client.get_by_role("radio", name=re.compile("^Critical")).check()
        client.get_by_label(re.compile("^(What is wrong|Title)")).fill("Registration answers 503")
        client.get_by_label(re.compile("^(What happens|Description)")).fill("Attendees can't get in.")
        client.get_by_role("button", name=re.compile("report", re.IGNORECASE)).click()
        expect(client.get_by_role("heading", name=re.compile("Registration answers 503"))).to_be_visible()

        # The staff's page was opened before the report and is never loaded again.
        due = staff.get_by_role("row").filter(has_text="Registration answers 503").filter(has_text="first response")
        expect(due).to_contain_text("JS-6", timeout=15_000)
        expect(due).to_contain_text("Breached", timeout=(SECONDS + 20) * 1000)

        mails = other.new_page()
        mails.goto(portal.mails + "/")
        expect(mails.get_by_role("link", name=re.compile("Breached")).first).to_be_visible(timeout=20_000)
        mails.get_by_role("link", name=re.compile("Breached")).first.click()
        expect(mails.get_by_text("JS-6").first).to_be_visible()
        expect(mails.get_by_text(re.compile(re.escape(portal.url) + r"/incidents/\d+/")).first).to_be_visible()

        client.reload()
        client.get_by_role("link", name="Why").first.click()
        expect(client.get_by_text("JS-6").first).to_be_visible()
        expect(client.get_by_text(f"{SECONDS} s").first).to_be_visible()
        expect(client.get_by_text(re.compile("Adds up to the target"))).to_be_visible()

        # Before the portal stops: a page that asks anew every few seconds would find nobody, and say so.
        staff.goto("about:blank")
