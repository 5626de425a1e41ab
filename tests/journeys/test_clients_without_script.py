"""A client's tasks on a phone on which no script runs: report, answer, reply, reopen, confirm and rate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from incidents.models import Incident, Verdict
from incidents.services import answer_incident, ask_information, resolve_incident
from portal.accounts.models import User
from portal.journal.attachments import EICAR
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory
from tests.incidents.pages import MINUTE, MONDAY
from tests.journeys.conftest import PHONE, Open, fits, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dana() -> User:
    agreement = AgreementFactory()
    return ClientUserFactory(client=agreement.client, name="Dana Whitlock", zone="America/New_York")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of the portal: it begins on Monday and goes on."""
    with time_machine.travel(MONDAY) as traveller:
        yield traveller


@pytest.fixture
def phone(open_window: Open, live_server: LiveServer, dana: User, clock: time_machine.Traveller) -> Page:
    """A phone that runs no script, signed in as Dana, on Monday."""
    page = open_window(**PHONE, java_script_enabled=False)
    sign_in(page, dana, live_server.url)
    return page


def test_from_the_report_to_a_rating(
    phone: Page, clock: time_machine.Traveller, live_server: LiveServer, dana: User, tmp_path: Path
) -> None:
    log = tmp_path / "server.log"
    log.write_text("503")
    agent = StaffFactory(name="Jonas Lindqvist")

    phone.goto(f"{live_server.url}/")
    phone.get_by_role("link", name="Report an incident").first.click()
    assert fits(phone)
    phone.get_by_label("What is wrong, in one line").fill("Registration is down")
    phone.get_by_role("radio", name="Critical").check()
    phone.get_by_role("radio", name="It does not work as it should").check()
    phone.get_by_label("What happens").fill("Everybody sees a 503.")
    phone.get_by_label("Files").set_input_files(log)
    phone.get_by_label("Version").fill("2026.1")
    phone.get_by_role("button", name="Report it").click()

    incident = Incident.objects.get()
    expect(phone.get_by_text(f"Reported as {incident.ref}.")).to_be_visible()
    expect(phone.get_by_role("link", name="server.log")).to_be_visible()
    expect(phone.get_by_text("First response", exact=True)).to_be_visible()
    assert fits(phone)

    clock.move_to(MONDAY + 1 * MINUTE)
    ask_information(incident_id=incident.pk, items=["Which browser?"], by=agent, now=MONDAY + 1 * MINUTE)
    phone.reload()
    phone.get_by_role("link", name="Answer").click()
    assert fits(phone)
    phone.get_by_role("group", name="Which browser?").get_by_label("Answer").fill("All of them.")
    phone.get_by_role("button", name="Send what is filled in").click()
    expect(phone.get_by_text("That is all we need; we go on from here.")).to_be_visible()

    clock.move_to(MONDAY + 2 * MINUTE)
    answer_incident(incident_id=incident.pk, body="We see it.", by=agent, now=MONDAY + 2 * MINUTE)
    phone.reload()
    expect(phone.get_by_text("Next update", exact=True)).to_be_visible()  # The next promised update, with its date.
    phone.get_by_label("Your message").fill("Thank you.")
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.get_by_text("Thank you.")).to_be_visible()

    clock.move_to(MONDAY + 3 * MINUTE)
    resolve_incident(incident_id=incident.pk, how="fix", body="Restarted.", by=agent, now=MONDAY + 3 * MINUTE)
    phone.reload()
    phone.get_by_role("link", name="It is not solved").click()
    phone.get_by_label("What is still wrong").fill("Still down.")
    phone.get_by_role("button", name="Open it again").click()
    expect(phone.get_by_text(f"{incident.ref} is open again.")).to_be_visible()

    clock.move_to(MONDAY + 4 * MINUTE)
    resolve_incident(incident_id=incident.pk, how="fix", body="Now it is.", by=agent, now=MONDAY + 4 * MINUTE)
    phone.reload()
    phone.get_by_role("link", name="It is solved").click()
    assert fits(phone)
    phone.get_by_role("radio", name="5").check()
    phone.get_by_role("button", name="It is solved").click()

    expect(phone.get_by_text("It stays solved unless you open it again.")).to_be_visible()
    assert Verdict.objects.get().stars == 5


def test_a_harmful_file_is_refused_in_words_and_nothing_is_sent(
    phone: Page, live_server: LiveServer, dana: User, tmp_path: Path
) -> None:
    harmful = tmp_path / "invoice.pdf"
    harmful.write_bytes(EICAR)

    phone.goto(f"{live_server.url}/support/new/")
    phone.get_by_label("What is wrong, in one line").fill("See the file")
    phone.get_by_role("radio", name="Minor").check()
    phone.get_by_label("What happens").fill("It is in the file.")
    phone.get_by_label("Files").set_input_files(harmful)
    phone.get_by_role("button", name="Report it").click()

    expect(phone.get_by_text("Files: “invoice.pdf” is the test file of virus scanners.")).to_be_visible()
    expect(phone.get_by_label("What happens")).to_have_value("It is in the file.")
    assert not Incident.objects.exists()
