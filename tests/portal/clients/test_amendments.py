"""Amendments through pages: shown before they hold, from now on or from a day ahead, and taken back until then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client as Browser
from django.urls import reverse

from incidents.models import Incident
from portal.accounts.models import Role, User
from portal.alerts.models import Message
from portal.alerts.sender import send_outbox
from portal.clients.models import Agreement, PlannedAmendment
from portal.clients.services import amend_agreement, begin_amendments
from portal.clients.tasks import keep_agreements
from portal.clocks.models import Clock
from portal.journal.models import Event
from tests.factories import AgreementFactory, ClientFactory, ClientUserFactory, ContactFactory, StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, words_of
from tests.portal.clients.invited import filled_in

pytestmark = pytest.mark.django_db

BEGINS = datetime(2026, 4, 1, 4, tzinfo=UTC)
"""The first of April, as it begins in New York."""
DAY = timedelta(days=1)


@pytest.fixture
def agreement() -> Agreement:
    made: Agreement = AgreementFactory(ref="ALDER-SUPPORT")
    return made


@pytest.fixture
def manager() -> User:
    return StaffFactory(name="Ann Lee", role=Role.MANAGER)


@pytest.fixture
def desk(manager: User) -> Browser:
    return browser_of(manager)


def ask(desk: Browser, agreement: Agreement, **changed: str) -> tuple[dict[str, str], Any]:
    """Ask what an amendment changes; return what was sent and the page that tells."""
    url = reverse("agreement_amend", args=[agreement.pk])
    sent = filled_in(desk, url) | changed
    return sent, desk.post(url, sent)


def amend(desk: Browser, agreement: Agreement, **changed: str) -> Any:
    """Ask, see, and let it hold."""
    sent, page = ask(desk, agreement, **changed)
    return desk.post(reverse("agreement_amend", args=[agreement.pk]), sent | {"seen": page.context.get("shown", "")})


def due_after(incident: Incident) -> timedelta:
    clock = Clock.objects.get(agreement=incident.agreement, subject_ref=incident.ref, target="response")
    assert clock.due_at is not None
    return clock.due_at - incident.reported_at


def test_what_changes_and_what_keeps_its_terms_is_shown_before_anything_holds(
    desk: Browser, agreement: Agreement
) -> None:
    with at(MONDAY):
        reported(agreement=agreement)
        _, page = ask(desk, agreement, critical_response="15 min")

    words = words_of(page)
    assert "What changes from now on" in words
    (change,) = page.context["changes"]
    assert (change.part, change.label, change.clause) == ("Severity: Critical", "First response", "JS-6")
    assert [part.replace("\N{NO-BREAK SPACE}", " ") for part in (change.before, change.after)] == ["30 min", "15 min"]
    assert "1 open incident" in words
    assert "March 2026, its availability and its credits" in words
    assert not Event.objects.filter(kind="agreement.amended").exists()


def test_what_was_shown_holds_from_then_on_and_not_for_what_has_begun(desk: Browser, agreement: Agreement) -> None:
    before = reported(agreement=agreement)

    with at(MONDAY + MINUTE):
        answer = amend(desk, agreement, critical_response="15 min")
    after = reported(agreement=agreement, now=MONDAY + 2 * MINUTE)

    assert answer.status_code == 302
    assert (due_after(before), due_after(after)) == (30 * MINUTE, 15 * MINUTE)


def test_targets_that_were_not_the_ones_shown_are_shown_first(desk: Browser, agreement: Agreement) -> None:
    with at(MONDAY):
        sent, page = ask(desk, agreement, critical_response="15 min")
        changed = sent | {"seen": page.context["shown"], "critical_response": "10 min"}
        again = desk.post(reverse("agreement_amend", args=[agreement.pk]), changed)

    assert again.status_code == 200
    assert "10 min" in words_of(again).replace("\N{NO-BREAK SPACE}", " ")
    assert not Event.objects.filter(kind="agreement.amended").exists()


def test_from_a_day_ahead_it_holds_at_its_first_instant_in_the_agreements_zone(
    desk: Browser, agreement: Agreement
) -> None:
    with at(MONDAY):
        amend(desk, agreement, critical_response="15 min", on="2026-04-01")
    on_the_eve = reported(agreement=agreement, now=BEGINS - MINUTE)

    begin_amendments(now=BEGINS - timedelta.resolution)
    waiting = Event.objects.filter(kind="agreement.amended").count()
    begin_amendments(now=BEGINS)
    begin_amendments(now=BEGINS)

    event = Event.objects.get(kind="agreement.amended")
    assert (waiting, event.at) == (0, BEGINS)
    assert due_after(on_the_eve) == 30 * MINUTE
    assert due_after(reported(agreement=agreement, now=BEGINS)) == 15 * MINUTE


def test_a_beat_that_was_missed_is_made_up_for_and_what_began_meanwhile_is_judged_by_it(
    desk: Browser, agreement: Agreement
) -> None:
    with at(MONDAY):
        amend(desk, agreement, critical_response="15 min", on="2026-04-01")
    meanwhile = reported(agreement=agreement, now=BEGINS + HOUR)

    with time_machine.travel(BEGINS + 2 * HOUR, tick=False):
        keep_agreements()

    event = Event.objects.get(kind="agreement.amended")
    assert (event.at, event.recorded_at) == (BEGINS, BEGINS + 2 * HOUR)
    assert due_after(meanwhile) == 15 * MINUTE


def test_both_sides_read_on_the_agreements_page_what_will_change(desk: Browser, agreement: Agreement) -> None:
    with at(MONDAY):
        amend(desk, agreement, critical_response="15 min", on="2026-04-01")
        url = reverse("agreement", args=[agreement.pk])
        ours = words_of(desk.get(url))
        theirs = words_of(browser_of(ClientUserFactory(client=agreement.client)).get(url))

    for words in (ours, theirs):
        assert "Amended from Wed 1 Apr 2026 on" in words.replace("\N{NO-BREAK SPACE}", " ")
        assert "first response: 15 min instead of 30 min" in words.replace("\N{NO-BREAK SPACE}", " ")
    assert ("Take it back" in ours, "Take it back" in theirs) == (True, False)


def test_a_planned_amendment_is_taken_back_until_its_day_begins(desk: Browser, agreement: Agreement) -> None:
    with at(MONDAY):
        amend(desk, agreement, critical_response="15 min", on="2026-04-01")
    planned = PlannedAmendment.objects.get()

    with at(BEGINS - MINUTE):
        for _ in range(2):  # A double click takes it back once.
            desk.post(reverse("amendment_withdraw", args=[planned.pk]))
    begin_amendments(now=BEGINS)

    planned.refresh_from_db()
    assert planned.withdrawn_at == BEGINS - MINUTE
    assert not Event.objects.filter(kind="agreement.amended").exists()


def test_once_its_day_has_begun_it_is_not_taken_back(desk: Browser, agreement: Agreement) -> None:
    with at(MONDAY):
        amend(desk, agreement, critical_response="15 min", on="2026-04-01")

    with at(BEGINS):
        page = desk.post(reverse("amendment_withdraw", args=[PlannedAmendment.objects.get().pk]), follow=True)

    assert "It holds since Wed 1 Apr 2026." in words_of(page).replace("\N{NO-BREAK SPACE}", " ")
    assert begin_amendments(now=BEGINS) == 1


def test_an_amendment_between_now_and_then_is_not_undone(desk: Browser, agreement: Agreement, manager: User) -> None:
    with at(MONDAY):
        amend(desk, agreement, critical_response="15 min", on="2026-04-01")
    amend_agreement(agreement_id=agreement.pk, targets={"major": {"response": "PT1H"}}, by=manager, at=MONDAY + DAY)

    begin_amendments(now=BEGINS)

    critical, major = (reported(severity, agreement=agreement, now=BEGINS) for severity in ("critical", "major"))
    assert (due_after(critical), due_after(major)) == (15 * MINUTE, HOUR)


def test_an_amendment_that_fails_stops_no_other(desk: Browser, agreement: Agreement) -> None:
    damaged: Agreement = AgreementFactory()
    with at(MONDAY):
        for each in (damaged, agreement):
            amend(desk, each, critical_response="15 min", on="2026-04-01")
    PlannedAmendment.objects.filter(agreement=damaged).update(targets={"critical": 15})

    assert begin_amendments(now=BEGINS) == 1

    assert due_after(reported(agreement=agreement, now=BEGINS)) == 15 * MINUTE
    assert PlannedAmendment.objects.open().get().agreement == damaged


def test_where_another_amendment_brought_it_about_the_page_says_that_nothing_is_left(
    desk: Browser, agreement: Agreement, manager: User
) -> None:
    with at(MONDAY):
        amend(desk, agreement, critical_response="15 min", on="2026-04-01")
    amend_agreement(agreement_id=agreement.pk, targets={"critical": {"response": "PT15M"}}, by=manager, at=MONDAY + DAY)

    with at(MONDAY + 2 * DAY):
        page = desk.get(reverse("agreement", args=[agreement.pk]))

    assert page.status_code == 200
    assert "Nothing is left to change" in words_of(page)


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ("2026-03-02", "Mon 2 Mar 2026 has begun."),
        ("2026-02-28", "Sat 28 Feb 2026 has begun."),
        ("2027-01-01", "has ended by Fri 1 Jan 2027"),
        ("31 April", "That is no date."),
    ],
)
def test_a_day_on_which_it_cannot_begin_is_refused_in_words(
    desk: Browser, agreement: Agreement, on: str, sentence: str
) -> None:
    Agreement.objects.filter(pk=agreement.pk).update(ended_at=datetime(2026, 12, 31, 5, tzinfo=UTC))

    with at(MONDAY):
        page = amend(desk, agreement, critical_response="15 min", on=on)

    assert sentence in " ".join(page.context["form"].errors["on"]).replace("\N{NO-BREAK SPACE}", " ")
    assert not PlannedAmendment.objects.exists()


def test_a_second_planned_amendment_waits_until_the_first_is_taken_back(desk: Browser, agreement: Agreement) -> None:
    with at(MONDAY):
        amend(desk, agreement, critical_response="15 min", on="2026-04-01")
        page = amend(desk, agreement, critical_response="10 min", on="2026-05-01")

    assert "Take it back first." in str(page.context["form"].non_field_errors())
    assert PlannedAmendment.objects.count() == 1


@pytest.fixture
def known(manager: User) -> Agreement:
    """Return an agreement whose client has one person of each kind, and a relationship manager."""
    client = ClientFactory(
        name="Coastline Credit Union", relationship_manager=StaffFactory(name="Rhea", email="rhea@people.example")
    )
    for role in (Role.CLIENT_ADMINISTRATOR, Role.SUPPORT_CONTACT, Role.MEMBER):
        ClientUserFactory(client=client, email=f"{role}@coastline.example", role=role)
    ContactFactory(client=client, email="without.login@coastline.example")
    ContactFactory(client=client, email="nobody@coastline.example", is_support_contact=False)
    ContactFactory(email="stranger@people.example")
    made: Agreement = AgreementFactory(client=client, ref="COAST-SUPPORT", title="Live platform support")
    return made


BOTH_SIDES = {
    "client_administrator@coastline.example",
    "support_contact@coastline.example",
    "without.login@coastline.example",
    "rhea@people.example",
}


def sent(*, now: datetime) -> dict[str, EmailMessage]:
    """Send what waits, and return each mail by who got it."""
    mail.outbox.clear()
    send_outbox(clock=lambda: now)
    return {each.to[0]: each for each in mail.outbox}


def plain(text: object) -> str:
    return str(text).replace("\N{NO-BREAK SPACE}", " ")


def test_both_sides_are_mailed_what_is_planned_value_by_value_and_from_which_day(
    desk: Browser, known: Agreement
) -> None:
    with at(MONDAY):
        amend(desk, known, critical_response="15 min", major_response="2 h", on="2026-04-01")
    mails = sent(now=MONDAY)

    assert mails.keys() == BOTH_SIDES
    told = mails["support_contact@coastline.example"]
    assert plain(told.subject) == "Amended from Wed 1 Apr 2026 on: Live platform support"
    body = plain(told.body)
    assert "Severity: Critical, first response: 15 min instead of 30 min (JS-6)" in body
    assert "Severity: Major, first response: 2 h instead of 4 h (JS-8)" in body
    assert "What begins before that day keeps the terms of today." in body
    assert "By clause JS-6, JS-8." in body
    assert body.count("http://") == 1
    assert f"/agreements/{known.pk}/" in body
    assert "Coastline Credit Union" in plain(mails["rhea@people.example"].body)


def test_both_sides_are_mailed_that_a_planned_amendment_is_taken_back_once(desk: Browser, known: Agreement) -> None:
    with at(MONDAY):
        amend(desk, known, critical_response="15 min", on="2026-04-01")
        sent(now=MONDAY)
    amend_agreement(
        agreement_id=known.pk, targets={"critical": {"response": "PT20M"}}, by=StaffFactory(), at=MONDAY + HOUR
    )
    sent(now=MONDAY + HOUR)
    with at(MONDAY + DAY):
        for _ in range(2):
            desk.post(reverse("amendment_withdraw", args=[PlannedAmendment.objects.get().pk]))
    mails = sent(now=MONDAY + DAY)

    assert mails.keys() == BOTH_SIDES
    told = mails["client_administrator@coastline.example"]
    assert plain(told.subject) == "Taken back: no amendment of Live platform support from Wed 1 Apr 2026 on"
    assert "Severity: Critical, first response: stays as it is, 15 min was planned (JS-6)" in plain(told.body)


def test_both_sides_are_mailed_what_holds_from_now_on(desk: Browser, known: Agreement) -> None:
    with at(MONDAY):
        amend(desk, known, minor_contact="3 days")
    mails = sent(now=MONDAY)

    assert mails.keys() == BOTH_SIDES
    told = mails["without.login@coastline.example"]
    assert plain(told.subject).startswith("Amended: Live platform support, Mon 2 Mar 2026, ")
    assert "Severity: Minor, update at least every: 3 days instead of 1 week (JS-9)" in plain(told.body)
    assert "What had begun by then keeps the terms with which it began." in plain(told.body)


def test_as_the_planned_day_begins_nobody_is_mailed_again(desk: Browser, known: Agreement) -> None:
    with at(MONDAY):
        amend(desk, known, critical_response="15 min", on="2026-04-01")
        sent(now=MONDAY)

    begin_amendments(now=BEGINS)

    assert sent(now=BEGINS) == {}


def test_whoever_amends_is_not_mailed_what_they_did(known: Agreement) -> None:
    rhea = User.objects.get(email="rhea@people.example")
    User.objects.filter(pk=rhea.pk).update(role=Role.MANAGER)

    with at(MONDAY):
        amend(browser_of(rhea), known, critical_response="15 min")

    assert sent(now=MONDAY).keys() == BOTH_SIDES - {rhea.email}


def test_an_amendment_that_is_refused_tells_nobody(desk: Browser, known: Agreement) -> None:
    with at(MONDAY):
        amend(desk, known, critical_response="15 min", on="2026-02-28")
        amend(desk, known, critical_response="30 min")

    assert not Message.objects.exists()


def test_who_will_be_mailed_is_said_before_anything_holds(desk: Browser, known: Agreement) -> None:
    with at(MONDAY):
        _, page = ask(desk, known, critical_response="15 min")

    assert "Mailed to Coastline Credit Union: whoever speaks for it on support; and to Rhea." in words_of(page)
