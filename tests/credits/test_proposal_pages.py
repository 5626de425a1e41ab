"""The staff's pages of proposals: what waits, what it rests on, and the word that is said to it."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credits.models import Decision, Entry, Verdict
from credits.services import decline_proposal
from portal.accounts.models import Role, User
from portal.clients.models import Agreement
from tests.credits.books import NOW, propose
from tests.factories import AgreementFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement() -> Agreement:
    made: Agreement = AgreementFactory(client__name="Alder & Finch Events", ref="ALDER-SUPPORT")
    return made


@pytest.fixture
def finance() -> User:
    made: User = StaffFactory(role=Role.FINANCE, name="Fay Nance")
    return made


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def page(browser: Browser, url: str) -> str:
    """Return a page's text, white space in one."""
    response = browser.get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def send(browser: Browser, pk: int, verdict: str, reason: str = "", **extra: Any) -> Any:
    data = {"submission": str(uuid4()), "verdict": verdict, "reason": reason, **extra}
    return browser.post(reverse("proposal", args=[pk]), data)


def test_the_list_shows_what_waits_and_on_request_what_was_decided(agreement: Agreement, finance: User) -> None:
    waiting, declined = propose(agreement), propose(agreement, 200_00, key="2")
    decline_proposal(proposal_id=declined.pk, reason="Not late.", by=finance, now=NOW)
    browser = browser_of(finance)

    shown = page(browser, reverse("proposals"))
    decided = page(browser, f"{reverse('proposals')}?state=decided")

    assert "$100.00" in shown
    assert "$200.00" not in shown
    assert "Critical response late" in shown
    assert "Alder &amp; Finch Events" in shown
    assert "$200.00" in decided
    assert "Declined" in decided
    assert reverse("proposal", args=[waiting.pk]) not in decided
    both = page(browser, f"{reverse('proposals')}?state=all&client={agreement.client_id}&kind=service_credit")
    assert "$100.00" in both
    assert "$200.00" in both


def test_an_empty_list_says_what_would_stand_there(finance: User) -> None:
    assert "What costs somebody money stands here" in page(browser_of(finance), reverse("proposals"))


@pytest.mark.parametrize("query", ["state=lost", "client=0", "client=x", "kind=gift", "after=!", "size=-1"])
def test_nonsense_filters_are_refused(finance: User, query: str) -> None:
    assert browser_of(finance).get(f"{reverse('proposals')}?{query}").status_code == 400


def test_the_list_goes_on_by_cursor_and_costs_the_same_queries_however_long(finance: User) -> None:
    browser, url = browser_of(finance), f"{reverse('proposals')}?size=2"
    for number in range(2):
        propose(AgreementFactory(), key=str(number))
    page(browser, url)

    with CaptureQueriesContext(connection) as few:
        page(browser, url)
    for number in range(2, 7):
        propose(AgreementFactory(), key=str(number))
    with CaptureQueriesContext(connection) as many:
        first = page(browser, url)

    assert len(many) == len(few)
    following = re.search(r'href="(\?[^"]*after=[^"]*)"', first)
    assert following is not None
    assert "From the start" in page(browser, reverse("proposals") + following[1].replace("&amp;", "&"))


def test_a_second_person_approves_by_one_button_and_a_double_click_posts_once(
    agreement: Agreement, finance: User
) -> None:
    proposal = propose(agreement)
    browser = browser_of(finance)
    token = str(uuid4())

    first = send(browser, proposal.pk, "approve", submission=token)
    second = send(browser, proposal.pk, "approve", submission=token)

    assert first.status_code == second.status_code == 302
    assert first.url == second.url == reverse("proposal", args=[proposal.pk])
    assert Entry.objects.count() == 1
    shown = page(browser, first.url)
    assert "Approved by Fay Nance" in shown
    assert f"as entry {Entry.objects.get().pk}" in shown


def test_a_word_against_it_without_a_reason_is_refused_beside_its_field(agreement: Agreement, finance: User) -> None:
    proposal = propose(agreement)

    response = send(browser_of(finance), proposal.pk, "waive")

    assert response.status_code == 200
    assert "No reason is given." in response.content.decode()
    assert not Decision.objects.exists()


def test_who_comes_second_is_told_what_was_decided(agreement: Agreement, finance: User) -> None:
    proposal = propose(agreement)
    decline_proposal(proposal_id=proposal.pk, reason="Not late.", by=finance, now=NOW)
    browser = browser_of(StaffFactory(role=Role.ADMINISTRATOR))

    response = send(browser, proposal.pk, "approve")

    assert "This was declined by Fay Nance before." in page(browser, response.url)
    assert Decision.objects.get().verdict == Verdict.DECLINED


def test_beyond_a_roles_limit_the_page_says_so_and_offers_no_button(agreement: Agreement) -> None:
    proposal = propose(agreement, 500_01)
    browser = browser_of(StaffFactory(role=Role.MANAGER))

    shown = page(browser, reverse("proposal", args=[proposal.pk]))

    assert "Your role, manager, decides on up to $500.00, and this is $500.01." in shown
    assert 'name="verdict"' not in shown
    assert send(browser, proposal.pk, "approve").status_code == 200
    assert not Decision.objects.exists()


def test_the_preparer_is_offered_to_withdraw_alone(agreement: Agreement, finance: User) -> None:
    shown = page(browser_of(finance), reverse("proposal", args=[propose(agreement, by=finance).pk]))

    assert re.findall(r'name="verdict" value="(\w+)"', shown) == ["withdraw"]


@pytest.mark.parametrize("changes", [{"verdict": "pay"}, {"verdict": ""}, {"submission": "x"}, {"reason": "\0"}])
def test_a_damaged_form_decides_nothing(agreement: Agreement, finance: User, changes: dict[str, str]) -> None:
    data = {"submission": str(uuid4()), "verdict": "approve", "reason": "", **changes}

    response = browser_of(finance).post(reverse("proposal", args=[propose(agreement).pk]), data)

    assert response.status_code == 200
    assert not Decision.objects.exists()


def test_what_people_wrote_is_shown_as_text(agreement: Agreement, finance: User) -> None:
    proposal = propose(agreement)
    decline_proposal(proposal_id=proposal.pk, reason="<script>alert(1)</script>", by=finance, now=NOW)

    shown = page(browser_of(finance), reverse("proposal", args=[proposal.pk]))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
