"""The client's word on a resolution: confirmed and rated once, or rejected, from the mail's link."""

from __future__ import annotations

from typing import Any

import pytest

from incidents.errors import AlreadyDoneError, MissingError, NotResolvedError
from incidents.mails import render
from incidents.models import Incident, Verdict
from incidents.services import reopen_incident, resolve_incident
from incidents.services.verdicts import confirm_resolution
from portal.accounts.models import User
from portal.alerts.models import Message
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, sending, text_of, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident() -> Incident:
    incident = reported()
    resolved(incident)
    return incident


@pytest.fixture
def contact(incident: Incident) -> User:
    return ClientUserFactory(client=incident.client, name="Dana Whitlock")


def resolved(incident: Incident, *, when: Any = MONDAY + HOUR) -> None:
    resolve_incident(incident_id=incident.pk, how="fix", body="Restarted.", by=StaffFactory(), now=when)


def send(incident: Incident, contact: User, **fields: Any) -> Any:
    with at(MONDAY + 2 * HOUR):
        return browser_of(contact).post(f"/support/{incident.pk}/solved/", sending(**fields), follow=True)


def test_the_mails_link_shows_a_page_and_acts_on_nothing(incident: Incident, contact: User) -> None:
    (letter,) = render([Message.objects.filter(kind="incident_resolved")[0]])

    page = words_of(browser_of(contact).get(letter.link_path))

    assert letter.link_path == f"/support/{incident.pk}/solved/"
    assert "It is solved" in page
    assert "It is not solved" in page
    assert not Verdict.objects.exists()


@pytest.mark.parametrize(("preset", "clause"), [("juno-live-support", "JS-11"), ("jbi-support", "JB-5")])
def test_a_resolution_names_the_clause_of_its_own_contract(preset: str, clause: str) -> None:
    severity = "critical" if preset == "juno-live-support" else "high"
    incident = reported(severity, agreement=AgreementFactory(preset=preset))
    resolved(incident)
    contact = ClientUserFactory(client=incident.client)

    with at(MONDAY + 2 * HOUR):
        pages = [words_of(browser_of(contact).get(f"/support/{incident.pk}/{page}")) for page in ("", "solved/")]
    letter = render([Message.objects.filter(kind="incident_resolved")[0]])[0]

    assert all(clause in page for page in pages)
    assert letter.clause == clause


def test_a_resolved_incident_asks_at_its_head_whether_it_is_solved_until_somebody_said_so(
    incident: Incident, contact: User
) -> None:
    browser = browser_of(contact)

    with at(MONDAY + 2 * HOUR):
        asked = browser.get(f"/support/{incident.pk}/")
    send(incident, contact, stars="4")
    with at(MONDAY + 3 * HOUR):
        said = browser.get(f"/support/{incident.pk}/")

    assert "Is it solved? Resolved by a fix" in words_of(asked)
    assert asked.content.decode().count(f'href="/support/{incident.pk}/reopen/"') == 1
    assert "Is it solved?" not in words_of(said)
    assert said.content.decode().count(f'href="/support/{incident.pk}/reopen/"') == 1


def test_a_confirmation_is_a_fact_with_name_time_and_rating_that_staff_see(incident: Incident, contact: User) -> None:
    send(incident, contact, stars="4", words="Quick and kind.")

    verdict = Verdict.objects.get()
    page = words_of(browser_of(StaffFactory()).get(f"/incidents/{incident.pk}/"))
    assert (verdict.confirmed_by, verdict.confirmed_at) == (contact, MONDAY + 2 * HOUR)
    assert "Dana Whitlock: Confirmed as solved, rated 4 of 5. Quick and kind." in page


def test_a_confirmation_needs_no_rating(incident: Incident, contact: User) -> None:
    response = send(incident, contact)

    assert Verdict.objects.get().stars is None
    assert "Thank you. It stays solved unless you open it again." in text_of(response)


@pytest.mark.parametrize("stars", ["0", "6", "-1", "many"])
def test_a_rating_that_there_is_not_is_refused(incident: Incident, contact: User, stars: str) -> None:
    response = send(incident, contact, stars=stars)

    assert "stars" in response.context["form"].errors
    assert not Verdict.objects.exists()


def test_a_resolution_is_confirmed_once_and_the_page_offers_it_no_more(incident: Incident, contact: User) -> None:
    send(incident, contact, stars="5")

    again = send(incident, contact, stars="1")

    page = words_of(browser_of(contact).get(f"/support/{incident.pk}/"))
    assert "Dana Whitlock said so already." in text_of(again)
    assert Verdict.objects.get().stars == 5
    assert "It is solved" not in page
    assert "It is not solved" in page


def test_what_was_reopened_and_solved_again_is_confirmed_again(incident: Incident, contact: User) -> None:
    confirm_resolution(incident_id=incident.pk, by=contact, now=MONDAY + 2 * HOUR)
    reopen_incident(incident_id=incident.pk, reason="Down again.", by=contact, now=MONDAY + 3 * HOUR)
    resolved(incident, when=MONDAY + 4 * HOUR)

    confirm_resolution(incident_id=incident.pk, by=contact, now=MONDAY + 5 * HOUR)

    assert list(Verdict.objects.values_list("opening", flat=True)) == [0, 1]


def test_a_resolution_is_rejected_with_a_reason_which_reopens_it(incident: Incident, contact: User) -> None:
    with at(MONDAY + 2 * HOUR):
        page = browser_of(contact).get(f"/support/{incident.pk}/solved/").content.decode()
        browser_of(contact).post(f"/support/{incident.pk}/reopen/", sending(reason="Still down."))

    incident.refresh_from_db()
    assert f'href="/support/{incident.pk}/reopen/"' in page
    assert (incident.status, incident.reopenings) == ("in_progress", 1)


def test_only_what_is_resolved_can_be_confirmed(contact: User) -> None:
    fresh = reported(agreement=contact.client.agreements.get() if contact.client else None)

    with pytest.raises(NotResolvedError):
        confirm_resolution(incident_id=fresh.pk, by=contact, now=MONDAY + MINUTE)


def test_staff_do_not_speak_for_the_client(incident: Incident) -> None:
    with pytest.raises(MissingError):
        confirm_resolution(incident_id=incident.pk, by=StaffFactory(), now=MONDAY + 2 * HOUR)


def test_two_who_confirm_leave_one_fact(incident: Incident, contact: User) -> None:
    colleague = ClientUserFactory(client=incident.client)
    confirm_resolution(incident_id=incident.pk, by=contact, now=MONDAY + 2 * HOUR)

    with pytest.raises(AlreadyDoneError):
        confirm_resolution(incident_id=incident.pk, by=colleague, now=MONDAY + 2 * HOUR)

    assert Verdict.objects.get().confirmed_by == contact
