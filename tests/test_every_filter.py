"""Every list that can be narrowed refuses what it can't be narrowed by, in words that name it. BAD_INPUTS: 2."""

import pytest
from django.urls import reverse

from portal.accounts.models import Role
from portal.web.forms import FilterForm
from tests.factories import ClientUserFactory, StaffFactory
from tests.incidents.pages import browser_of

LISTS = {
    "ActivityFilter": "activity",
    "ClientFilter": "clients",
    "CloseFilter": "closes",
    "DisputeFilter": "disputes",
    "ExposureFilter": "exposure",
    "HomeFilter": "home",
    "OutboxFilter": "outbox",
    "ProposalFilter": "proposals",
    "QueueFilter": "incident_queue",
    "QuoteFilter": "quotes",
    "ReleaseFilter": "releases",
    "SearchFilter": "search",
    "StatementFilter": "statements",
    "SupportFilter": "support",
}
"""The list that each filter narrows; a new filter fails here until it stands among them."""
OF_CLIENTS = {"activity", "quotes", "support"}
"""Lists that only a client's people see."""


def test_every_filter_has_its_list() -> None:
    assert {form.__name__ for form in FilterForm.__subclasses__()} == LISTS.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS.values())
def test_a_filter_that_a_list_does_not_have_is_refused_by_name(name: str) -> None:
    theirs = name in OF_CLIENTS
    user = ClientUserFactory(role=Role.CLIENT_ADMINISTRATOR) if theirs else StaffFactory(role=Role.ADMINISTRATOR)
    browser = browser_of(user)

    refused = browser.get(reverse(name), {"weather": "fine"})
    shown = browser.get(reverse(name), {"size": "10"})

    assert refused.status_code == 400
    assert "There is no filter “weather”." in refused.content.decode()
    assert shown.status_code == 200
