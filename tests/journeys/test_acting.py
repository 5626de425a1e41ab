"""One of the staff acts as a client's person: a banner on every page, both names in the journal, and no money."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from credits.models import QuoteDecision
from portal.accounts.models import Role, User
from portal.clients.models import Client
from portal.journal.models import Event
from tests.factories import ClientFactory, ClientUserFactory, ContactFactory, StaffFactory
from tests.journeys.conftest import Open, sign_in
from tests.test_every_url import one_version

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alder() -> Client:
    return ClientFactory(name="Alder & Finch Events")


@pytest.fixture
def dana(alder: Client) -> User:
    """Who may do everything that a client's person may, decide on money too."""
    dana: User = ClientUserFactory(client=alder, name="Dana Whitlock", role=Role.CLIENT_ADMINISTRATOR)
    ContactFactory(client=alder, user=dana, name="Dana Whitlock", email=dana.email)
    return dana


@pytest.fixture
def manager() -> User:
    return StaffFactory(name="Ann Lee", role=Role.MANAGER)


def test_acting_as_a_person_says_so_keeps_both_names_and_leaves_money_alone(
    open_window: Open, live_server: LiveServer, alder: Client, dana: User, manager: User
) -> None:
    version = one_version(alder)["pk"]
    accept = live_server.url + reverse("quote_accept", args=[version])
    desk = open_window(viewport={"width": 1280, "height": 900})
    sign_in(desk, manager, live_server.url)
    desk.goto(live_server.url + reverse("client_people", args=[alder.pk]))
    desk.get_by_role("link", name="Dana Whitlock").click()
    desk.get_by_role("link", name="Act as Dana Whitlock").click()
    desk.get_by_label("Reason").fill("Dana asked on the phone.")
    desk.get_by_role("button", name="Act in their name").click()
    banner = desk.get_by_role("region", name="You act as somebody else")
    expect(banner).to_contain_text("Ann Lee, you act as Dana Whitlock")

    # Nothing of money is offered, and an address typed by hand opens nothing.
    for name in ("Charges", "Statements", "Quotes"):
        expect(desk.get_by_role("link", name=name, exact=True)).to_have_count(0)
    answers = [desk.request.get(accept).status, desk.request.get(live_server.url + reverse("statements")).status]
    assert answers == [403, 403]
    assert not QuoteDecision.objects.exists()

    desk.get_by_role("link", name="Report an incident").first.click()
    expect(banner).to_be_visible()
    desk.get_by_label("What is wrong, in one line").fill("Registration is down")
    desk.get_by_role("radio", name="Critical").check()
    desk.get_by_label("What happens").fill("Everybody sees a 503.")
    desk.get_by_role("button", name="Report it").click()
    expect(desk.get_by_role("heading", level=1, name="Registration is down")).to_be_visible()

    banner.get_by_role("button", name="Stop acting as Dana Whitlock").click()
    desk.goto(live_server.url + reverse("client_activity", args=[alder.pk]))
    expect(desk.get_by_role("listitem").filter(has_text="Reported as critical")).to_contain_text(
        "by Ann Lee for Dana Whitlock"
    )
    reported = Event.objects.get(kind="incident.reported")
    assert (reported.actor, reported.on_behalf_of) == (manager, dana)
