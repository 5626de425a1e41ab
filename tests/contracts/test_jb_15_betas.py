"""JB-15: a beta release goes to every client that asked for betas at once, to none of them earlier than to another."""

from __future__ import annotations

import pytest

from incidents.models import Release
from portal.accounts.models import Role
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.clocks.models import Clock
from portal.journal.models import Event
from tests.contracts.desk import Desk
from tests.contracts.test_jb_09_releases import planned, published, reader_of
from tests.factories import AgreementFactory, ClientUserFactory, ContactFactory


@pytest.fixture
def other(jbi: Desk) -> Agreement:
    """Another client on the same product."""
    return AgreementFactory(preset="jbi-support", product=jbi.agreement.product)


def test_all_that_asked_get_a_beta_at_the_same_instant_and_nobody_else(jbi: Desk, other: Agreement) -> None:
    unasked = AgreementFactory(preset="jbi-support", product=jbi.agreement.product)
    contacts = [ContactFactory(client=agreement.client) for agreement in (jbi.agreement, other, unasked)]
    jbi.send("2026-03-02 09:30", f"/agreements/{jbi.agreement.pk}/betas/", by=jbi.contact, asked="yes")
    jbi.send("2026-03-05 09:30", f"/agreements/{other.pk}/betas/", by=jbi.manager, asked="yes")
    release = planned(jbi, ref="2026.2-beta", beta="on")

    published(jbi, release)

    events = Event.objects.filter(kind="release.published")
    assert {event.agreement for event in events} == {jbi.agreement, other}
    assert len({(event.at, event.shared_ref) for event in events}) == 1
    mails = Message.objects.filter(kind="release_published")
    assert {mail.address for mail in mails} == {contact.email for contact in contacts[:2]}
    assert len({(mail.queued_at, mail.not_before, mail.collect_at) for mail in mails}) == 1


def test_a_client_asks_in_its_portal_and_takes_it_back(jbi: Desk) -> None:
    address = f"/agreements/{jbi.agreement.pk}/betas/"

    jbi.send("2026-03-02 10:00", address, by=jbi.contact, asked="yes")
    asked = Agreement.objects.get(pk=jbi.agreement.pk).betas_since
    jbi.send("2026-03-03 10:00", address, by=jbi.contact, asked="no")

    assert asked is not None
    assert Agreement.objects.get(pk=jbi.agreement.pk).betas_since is None
    assert [event.payload["asked"] for event in Event.objects.filter(kind="agreement.betas_chosen")] == [True, False]


def test_a_double_click_asks_once(jbi: Desk) -> None:
    address = f"/agreements/{jbi.agreement.pk}/betas/"

    jbi.send("2026-03-02 10:00", address, by=jbi.contact, asked="yes")
    jbi.send("2026-03-02 10:00", address, by=jbi.contact, asked="yes")

    assert Event.objects.filter(kind="agreement.betas_chosen").count() == 1


def test_who_only_reads_cannot_ask(jbi: Desk) -> None:
    member = ClientUserFactory(client=jbi.agreement.client, role=Role.MEMBER)
    jbi.sign_in(member)

    refused = jbi.send("2026-03-02 10:00", f"/agreements/{jbi.agreement.pk}/betas/", by=member, asked="yes")

    assert refused.status_code == 403


def test_who_did_not_ask_does_not_see_it_and_sees_it_from_when_they_ask(jbi: Desk, other: Agreement) -> None:
    reader = reader_of(jbi, other)
    release = planned(jbi, ref="2026.2-beta", beta="on")
    published(jbi, release)

    before = jbi.read("2026-03-20 12:05", "/releases/", by=reader)
    jbi.send("2026-03-21 10:00", f"/agreements/{other.pk}/betas/", by=reader, asked="yes")
    after = jbi.read("2026-03-21 10:05", "/releases/", by=reader)

    assert "2026.2-beta" not in before
    assert "2026.2-beta" in after


def test_no_promise_means_a_beta(juno: Desk) -> None:
    juno.send("2026-03-01 10:00", f"/agreements/{juno.agreement.pk}/betas/", by=juno.contact, asked="yes")
    incident = juno.report("2026-03-02 10:00", "minor")

    planned(juno, ref="2026.2-beta", beta="on")

    assert Clock.objects.get(subject_ref=incident.ref, target="resolution").due_at is None


def test_a_beta_solves_nothing_and_offers_no_fixes(jbi: Desk) -> None:
    incident = jbi.report("2026-03-02 10:00", "low")
    release = planned(jbi, ref="2026.2-beta", beta="on")

    published(jbi, release, fixes=[incident.pk])

    incident.refresh_from_db()
    assert incident.status == "new"


def test_a_plan_stays_the_kind_that_clients_were_told_of(jbi: Desk) -> None:
    planned(jbi, ref="2026.2-beta", beta="on")

    again = jbi.send(
        "2026-03-02 10:00",
        "/releases/new/",
        by=jbi.manager,
        product=jbi.agreement.product_id,
        ref="2026.2-beta",
        planned_at="2026-03-25T12:00",
    )

    assert "was planned as a beta" in again.content.decode()
    assert Release.objects.get().beta
