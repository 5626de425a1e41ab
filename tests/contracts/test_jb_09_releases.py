"""JB-9: a release is published once, to every client on the product, with its notes."""

from __future__ import annotations

from typing import Any

import pytest

from incidents.models import Release
from portal.accounts.models import User
from portal.alerts.kinds import render_each
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.journal.models import Event
from tests.contracts.desk import Desk
from tests.factories import AgreementFactory, ClientUserFactory, ContactFactory

NOTES = "Exports keep their fonts.\n\nSign-in takes a second less."


@pytest.fixture
def other(jbi: Desk) -> Agreement:
    """Another client on the same product."""
    return AgreementFactory(preset="jbi-support", product=jbi.agreement.product)


def planned(desk: Desk, **fields: Any) -> Release:
    plan = {"product": desk.agreement.product_id, "ref": "2026.2", "planned_at": "2026-03-20T12:00", **fields}
    response = desk.send("2026-03-02 10:00", "/releases/new/", by=desk.manager, **plan)
    assert response.status_code == 302, response.context["form"].errors
    return Release.objects.latest("pk")


def published(desk: Desk, release: Release, **fields: Any) -> Any:
    form = {"notes": NOTES, **fields}
    return desk.send("2026-03-20 12:00", f"/releases/{release.pk}/publish/", by=desk.manager, **form)


def reader_of(desk: Desk, agreement: Agreement) -> User:
    """Return somebody of the agreement's client, with a browser of their own."""
    user: User = ClientUserFactory(client=agreement.client, zone="America/New_York")
    desk.sign_in(user)
    return user


def test_a_release_reaches_every_client_on_the_product_and_no_other(jbi: Desk, other: Agreement) -> None:
    elsewhere = AgreementFactory(preset="jbi-support")
    release = planned(jbi)

    published(jbi, release)

    events = Event.objects.filter(kind="release.published")
    assert {event.agreement for event in events} == {jbi.agreement, other}
    assert len({event.shared_ref for event in events}) == 1
    assert len({(event.at, event.recorded_at) for event in events}) == 1
    assert not elsewhere.events.exists()


def test_every_designated_contact_is_mailed_the_notes_at_the_same_instant(jbi: Desk, other: Agreement) -> None:
    contacts = [ContactFactory(client=agreement.client) for agreement in (jbi.agreement, other)]
    ContactFactory(client=other.client, is_support_contact=False)
    release = planned(jbi)

    published(jbi, release)

    mails = Message.objects.filter(kind="release_published")
    assert {mail.address for mail in mails} == {contact.email for contact in contacts}
    assert len({(mail.queued_at, mail.not_before, mail.collect_at) for mail in mails}) == 1
    assert not any(mail.mutable for mail in mails)
    for written in render_each(mails).values():
        assert not isinstance(written, Exception)
        assert written.paragraphs == ["Exports keep their fonts.", "Sign-in takes a second less."]
        assert (written.clause, written.link_path) == ("JB-9", f"/releases/{release.pk}/")


def test_each_client_reads_the_notes_in_its_portal(jbi: Desk, other: Agreement) -> None:
    reader = reader_of(jbi, other)
    release = planned(jbi)
    published(jbi, release)

    listed = jbi.read("2026-03-20 12:05", "/releases/", by=reader)
    page = jbi.read("2026-03-20 12:05", f"/releases/{release.pk}/", by=reader)

    assert f'href="/releases/{release.pk}/"' in listed
    assert "Exports keep their fonts." in page
    assert "Went to" not in page


def test_a_client_sees_of_its_fixes_its_own_alone(jbi: Desk, other: Agreement) -> None:
    incident = jbi.report("2026-03-02 11:00", "low")
    release = planned(jbi)
    published(jbi, release, fixes=[incident.pk])

    own = jbi.read("2026-03-20 12:05", f"/releases/{release.pk}/", by=jbi.contact)
    others = jbi.read("2026-03-20 12:05", f"/releases/{release.pk}/", by=reader_of(jbi, other))

    assert incident.ref in own
    assert incident.ref not in others


def test_a_client_on_another_product_finds_no_such_release(jbi: Desk) -> None:
    stranger = reader_of(jbi, AgreementFactory(preset="jbi-support"))
    release = planned(jbi)
    published(jbi, release)

    page = jbi.read("2026-03-20 12:05", f"/releases/{release.pk}/", by=stranger)

    assert "Exports keep their fonts." not in page


def test_it_is_published_once(jbi: Desk) -> None:
    release = planned(jbi)
    published(jbi, release)

    again = published(jbi, release)

    assert "was published already" in again.content.decode()
    assert Event.objects.filter(kind="release.published").count() == 1


def test_without_notes_it_is_not_published(jbi: Desk) -> None:
    release = planned(jbi)

    refused = published(jbi, release, notes=" ")

    assert "notes" in refused.context["form"].errors
    assert Release.objects.get().published_at is None


def test_a_client_whose_contract_says_nothing_of_releases_reads_no_foreign_clause(juno: Desk) -> None:
    ContactFactory(client=juno.agreement.client)
    release = planned(juno)

    published(juno, release)

    [written] = render_each(Message.objects.filter(kind="release_published")).values()
    assert not isinstance(written, Exception)
    assert written.clause == ""
