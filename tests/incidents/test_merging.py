"""Merging: one report goes on in another of the same agreement; both say so, and the client is told."""

from __future__ import annotations

import pytest

from incidents.errors import IncidentClosedError, UnknownReferenceError
from incidents.models import Incident
from incidents.services import merge_incident, resolve_incident
from portal.accounts.models import User
from portal.alerts.kinds import render_each
from portal.alerts.models import Message
from portal.clocks.models import Clock
from tests.factories import StaffFactory
from tests.incidents.pages import MINUTE, MONDAY, at, browser_of, reported, sending, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> User:
    return StaffFactory(name="Jonas Lindqvist")


@pytest.fixture
def first() -> Incident:
    return reported(title="Registration is down")


@pytest.fixture
def second(first: Incident) -> Incident:
    return reported(title="Nobody can register", agreement=first.agreement, now=MONDAY + MINUTE)


def test_a_merged_incident_ends_and_the_other_runs_on(agent: User, first: Incident, second: Incident) -> None:
    merge_incident(incident_id=second.pk, into=first.ref, by=agent, now=MONDAY + 5 * MINUTE)

    second.refresh_from_db()
    assert (second.status, second.merged_into) == ("merged", first)
    assert {clock.state for clock in Clock.objects.filter(subject_ref=second.ref)} == {"void"}
    assert Clock.objects.get(subject_ref=first.ref, target="response").due_at == MONDAY + 30 * MINUTE


def test_each_of_the_two_leads_to_the_other_for_staff_and_client(
    agent: User, first: Incident, second: Incident
) -> None:
    reporter = first.reporter
    assert reporter is not None
    with at(MONDAY + 5 * MINUTE):
        done = browser_of(agent).post(f"/incidents/{second.pk}/merge/", sending(into=first.ref), follow=True)
        other = text_of(browser_of(agent).get(f"/incidents/{first.pk}/"))
        theirs = text_of(browser_of(reporter).get(f"/support/{first.pk}/"))

    assert f"{second.ref} goes on in {first.ref}" in text_of(done)
    assert f'<a href="/incidents/{first.pk}/">Goes on in {first.ref}</a>' in text_of(done)
    assert f'<a href="/incidents/{second.pk}/">{second.ref} goes on here</a>' in other
    assert f'<a href="/support/{second.pk}/">{second.ref} goes on here</a>' in theirs


def test_the_client_is_told_where_it_goes_on(agent: User, first: Incident, second: Incident) -> None:
    merge_incident(incident_id=second.pk, into=first.ref, by=agent, now=MONDAY + 5 * MINUTE)

    message = Message.objects.select_related("recipient").get(kind="incident_merged")
    mail = render_each([message])[message.pk]
    assert second.reporter is not None
    assert message.address == second.reporter.email
    assert not isinstance(mail, Exception)
    assert mail.subject.startswith(f"Goes on in {first.ref}: {second.ref} Nobody can register")
    assert mail.link_path == f"/support/{second.pk}/"


def test_it_goes_on_in_nothing_but_another_open_incident_of_the_agreement(
    agent: User, first: Incident, second: Incident
) -> None:
    foreign = reported()
    closed = reported(agreement=first.agreement)
    resolve_incident(incident_id=closed.pk, how="fix", body="Done.", by=agent, now=MONDAY + MINUTE)

    for ref in (second.ref, foreign.ref, closed.ref, "INC-0", ""):
        with pytest.raises(UnknownReferenceError):
            merge_incident(incident_id=second.pk, into=ref, by=agent, now=MONDAY + 5 * MINUTE)
    with pytest.raises(IncidentClosedError):
        merge_incident(incident_id=closed.pk, into=first.ref, by=agent, now=MONDAY + 5 * MINUTE)


def test_the_form_offers_the_others_and_takes_a_reference_instead(
    agent: User, first: Incident, second: Incident
) -> None:
    browser = browser_of(agent)
    address = f"/incidents/{second.pk}/merge/"

    with at(MONDAY + 5 * MINUTE):
        page = browser.get(address)
        neither = browser.post(address, sending())
        both = browser.post(address, sending(into=first.ref, reference=first.ref))
        unknown = browser.post(address, sending(reference="INC-0"))
        done = browser.post(address, sending(reference=first.ref))

    assert [value for value, _ in page.context["form"].fields["into"].choices] == ["", first.ref]
    assert "into" in neither.context["form"].errors
    assert "reference" in both.context["form"].errors
    assert "is no other open incident" in text_of(unknown)
    assert done.status_code == 302
