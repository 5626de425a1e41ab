"""From the mailed link to the first report on a phone, and from one support contact to the next. Clause: JS-16."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from incidents.models import Incident
from portal.accounts.models import Role, User
from portal.clients.models import Agreement, Client, Contact
from tests.factories import AgreementFactory, ClientFactory, ClientUserFactory, ContactFactory, StaffFactory
from tests.journeys.conftest import PHONE, Open, fits, sign_in
from tests.portal.clients.invited import PASSWORD, mailed_link

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alder() -> Client:
    return ClientFactory(name="Alder & Finch Events")


@pytest.fixture
def agreement(alder: Client) -> Agreement:
    return AgreementFactory(client=alder)


@pytest.fixture
def administrator(alder: Client) -> User:
    return ClientUserFactory(client=alder, role=Role.CLIENT_ADMINISTRATOR, name="Sam Finch")


def photograph(folder: Path) -> Path:
    """Return a file as a phone would send it."""
    file = folder / "IMG_0001.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(32))
    return file


@pytest.mark.parametrize("runs_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_who_was_invited_joins_and_reports_on_a_phone(
    open_window: Open, live_server: LiveServer, alder: Client, agreement: Agreement, tmp_path: Path, runs_scripts: bool
) -> None:
    desk = open_window()
    sign_in(desk, StaffFactory(name="Ann Lee", role=Role.MANAGER), live_server.url)
    desk.goto(live_server.url + reverse("client_invite", args=[alder.pk]))
    desk.get_by_label("Email").fill("dana@alder.example")
    desk.get_by_role("radio", name="Support contact").check()
    desk.get_by_label("Phone").fill("+1 212 555 0100")
    desk.get_by_role("button", name="Mail the invitation").click()
    expect(desk.get_by_text("dana@alder.example", exact=True)).to_be_visible()

    phone = open_window(**PHONE, java_script_enabled=runs_scripts)
    phone.goto(live_server.url + mailed_link())
    assert fits(phone)
    phone.get_by_label("Your name").fill("Dana Whitlock")
    phone.get_by_label("Password").fill(PASSWORD)
    phone.get_by_role("button", name="Confirm and sign in").tap()
    phone.get_by_role("link", name="Report an incident").first.tap()
    assert fits(phone)
    phone.get_by_label("What is wrong, in one line").fill("Registration is down")
    phone.get_by_role("radio", name="Critical").check()
    phone.get_by_label("What happens").fill("Everybody sees a 503.")
    phone.get_by_label("Files").set_input_files(photograph(tmp_path))
    phone.get_by_role("button", name="Report it").tap()

    expect(phone.get_by_role("heading", level=1, name="Registration is down")).to_be_visible()
    expect(phone.get_by_text("First response", exact=True)).to_be_visible()
    expect(phone.get_by_role("link", name="IMG_0001.png")).to_be_visible()
    assert fits(phone)
    incident = Incident.objects.select_related("reporter").get()
    assert incident.reporter == User.objects.get(email="dana@alder.example")
    assert (incident.agreement, incident.reporter.role) == (agreement, Role.SUPPORT_CONTACT)


def test_a_support_contact_is_replaced_once_the_mailed_link_is_confirmed(
    open_window: Open, live_server: LiveServer, alder: Client, agreement: Agreement, administrator: User
) -> None:
    lee = ContactFactory(client=alder, name="Lee Okafor", email="lee@alder.example")
    dana = ContactFactory(client=alder, name="Dana Whitlock", email="dana@alder.example", is_support_contact=False)
    theirs = open_window()
    sign_in(theirs, administrator, live_server.url)
    theirs.goto(live_server.url + reverse("people"))
    row = theirs.get_by_role("row")

    theirs.get_by_role("link", name="Dana Whitlock").click()
    theirs.get_by_role("link", name="Name as support contact").click()
    theirs.get_by_label("Takes the place of").select_option("Lee Okafor")
    theirs.get_by_role("button", name="Mail the link").click()
    expect(row.filter(has_text="Lee Okafor")).to_contain_text("Designated")
    expect(row.filter(has_text="dana@alder.example").first).to_contain_text("Not designated")

    phone = open_window(**PHONE, java_script_enabled=False)
    phone.goto(live_server.url + mailed_link())
    expect(phone.get_by_text("in place of Lee Okafor")).to_be_visible()
    theirs.reload()  # Whoever only looked at the link has confirmed nothing.
    expect(row.filter(has_text="Lee Okafor")).to_contain_text("Designated")
    phone.get_by_label("Password").fill(PASSWORD)
    phone.get_by_role("button", name="Confirm and sign in").tap()
    expect(phone.get_by_role("link", name="Report an incident").first).to_be_visible()

    theirs.reload()
    expect(row.filter(has_text="Lee Okafor")).to_contain_text("Not designated")
    expect(row.filter(has_text="Dana Whitlock")).to_contain_text("Designated")
    assert list(Contact.objects.filter(is_support_contact=True)) == [dana]
    assert not Contact.objects.get(pk=lee.pk).is_support_contact
