"""The search: what a reference, a name or a few words lead to, for staff alone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape

from incidents.models import Problem
from portal.accounts.models import User
from portal.clients.models import Agreement
from tests.factories import AgreementFactory, ClientFactory, ClientUserFactory, ContactFactory, StaffFactory
from tests.incidents.pages import MONDAY, browser_of, reported, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> User:
    return StaffFactory()


@pytest.fixture
def agreement() -> Agreement:
    return AgreementFactory(client=ClientFactory(name="Alder & Finch Events"), ref="ALDER-SUPPORT")


def test_words_find_whatever_holds_them_whichever_kind_it_is(agent: User, agreement: Agreement) -> None:
    incident = reported("major", agreement=agreement, title="The alder page is blank")
    ContactFactory(client=agreement.client, name="Dana Whitlock", email="dana@alder.example")
    Problem.objects.create(ref="PRB-12", title="Alder's cache", created_at=MONDAY)

    words = words_of(browser_of(agent).get(reverse("search"), {"q": "ALDER"}))

    for hit in (incident.title, "Alder & Finch Events", "Dana Whitlock", "ALDER-SUPPORT", "PRB-12"):
        assert escape(hit) in words


def test_a_whole_reference_leads_straight_to_its_incident_in_whatever_case(agent: User, agreement: Agreement) -> None:
    incident = reported("major", agreement=agreement)

    response = browser_of(agent).get(reverse("search"), {"q": incident.ref.lower()})

    assert response.headers["Location"] == reverse("incident", args=[incident.pk])


def test_while_somebody_types_only_what_was_found_is_answered(agent: User, agreement: Agreement) -> None:
    incident = reported("major", agreement=agreement)

    response = browser_of(agent).get(reverse("search"), {"q": incident.ref}, headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert incident.title in words_of(response)
    assert "<html" not in response.content.decode()


def test_nothing_found_says_what_to_do(agent: User) -> None:
    words = words_of(browser_of(agent).get(reverse("search"), {"q": "no such thing"}))

    assert "Nothing holds these words Write fewer of them, or a part of the reference." in words


@pytest.mark.parametrize("words", ["%%%%", "'\"", "\\", "🔎", "1" * 200, "_"])
def test_a_search_for_anything_is_answered(agent: User, words: str) -> None:
    assert browser_of(agent).get(reverse("search"), {"q": words}).status_code == 200


@pytest.mark.parametrize("words", ["\x00", "a\nb", "x" * 201])
def test_a_search_that_is_no_line_of_text_is_refused(agent: User, words: str) -> None:
    assert browser_of(agent).get(reverse("search"), {"q": words}).status_code == 400


def test_the_search_does_not_exist_for_clients(agreement: Agreement) -> None:
    contact = ClientUserFactory(client=agreement.client)

    assert browser_of(contact).get(reverse("search"), {"q": "alder"}).status_code == 404
