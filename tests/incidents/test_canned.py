"""Canned replies: written by staff, filled in for one incident, put into a message without a script, escaped."""

from __future__ import annotations

import pytest

from incidents.models import CannedReply
from incidents.services import note_internally
from portal.accounts.models import Role, User
from tests.factories import ClientUserFactory, StaffFactory, TeamFactory
from tests.incidents.pages import MINUTE, MONDAY, at, browser_of, reported, sending, text_of, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana() -> User:
    return StaffFactory(name="Hana Lee", zone="America/New_York")


def canned(body: str = "Dear {contact}, we look at {incident} {due}. {me}", **fields: object) -> CannedReply:
    fields = {"title": "We look", "written_by": StaffFactory(), "changed_at": MONDAY, **fields}
    return CannedReply.objects.create(body=body, **fields)


def insert(user: User, incident: object, reply: CannedReply, **fields: object) -> object:
    pk = incident.pk  # type: ignore[attr-defined]
    with at(MONDAY + MINUTE):
        return browser_of(user).post(
            f"/incidents/{pk}/reply/", sending(canned=reply.pk, insert="canned", **{"body": "", **fields})
        )


def test_a_reply_is_written_changed_and_removed_on_its_pages(hana: User) -> None:
    browser = browser_of(hana)

    with at(MONDAY):
        empty = words_of(browser.get("/incidents/canned/"))
        browser.post("/incidents/canned/new/", sending(title="We look", body="Dear {contact}, we look."))
        reply = CannedReply.objects.get()
        browser.post(f"/incidents/canned/{reply.pk}/", sending(title="We look into it", body="Dear {contact}."))
        listed = words_of(browser.get("/incidents/canned/"))
        browser.post(f"/incidents/canned/{reply.pk}/remove/", sending())

    assert "No canned replies" in empty
    assert "We look into it Dear {contact}." in listed
    assert not CannedReply.objects.exists()


def test_what_it_leaves_open_is_filled_in_for_the_incident(hana: User) -> None:
    incident = reported()
    assert incident.reporter is not None
    incident.reporter.name = "Dana Whitlock"
    incident.reporter.save(update_fields=["name"])

    response = insert(hana, incident, canned())

    body = response.context["form"]["body"].value()  # type: ignore[attr-defined]
    assert body.replace("\xa0", " ") == (f"Dear Dana, we look at {incident.ref} by Mon 2 Mar 2026, 10:30 ET. Hana Lee")
    assert not incident.comments.filter(author=hana).exists()


def test_it_is_put_below_what_was_written_and_loses_none_of_it(hana: User) -> None:
    incident = reported()

    response = insert(hana, incident, canned("Kind regards"), body="Half a thought", backdating_reason="Phone call.")

    form = response.context["form"]  # type: ignore[attr-defined]
    assert form["body"].value() == "Half a thought\n\nKind regards"
    assert form["backdating_reason"].value() == "Phone call."


def test_what_is_filled_in_is_text_and_never_a_placeholder_or_markup(hana: User) -> None:
    incident = reported(title="{me} <script>alert(1)</script>")

    response = insert(hana, incident, canned("About {title}. {unknown} {{ 7|add:1 }}"))

    assert response.context["form"]["body"].value() == (  # type: ignore[attr-defined]
        "About {me} <script>alert(1)</script>. {unknown} {{ 7|add:1 }}"
    )
    assert "<script>alert(1)" not in text_of(response)


def test_an_unknown_placeholder_is_refused_with_those_there_are(hana: User) -> None:
    response = browser_of(hana).post("/incidents/canned/new/", sending(title="Bad", body="Dear {name}"))

    assert "{name} can&#x27;t be filled in. What can be: {contact}, {client}, {incident}" in words_of(response)
    assert not CannedReply.objects.exists()


def test_a_teams_reply_is_for_its_members(hana: User) -> None:
    team = TeamFactory()
    reply = canned(team=team)
    incident = reported()
    others = StaffFactory()
    team.members.add(hana)

    with at(MONDAY + MINUTE):
        hers = browser_of(hana).get(f"/incidents/{incident.pk}/reply/").context["form"]
        theirs = browser_of(others).get(f"/incidents/{incident.pk}/reply/").context["form"]

    assert list(hers.replies) == [str(reply.pk)]
    assert "canned" not in theirs.fields
    assert browser_of(others).get(f"/incidents/canned/{reply.pk}/").status_code == 404
    assert browser_of(others).post(f"/incidents/canned/{reply.pk}/remove/", sending()).status_code == 404


def test_the_composer_offers_them_too_and_an_unknown_one_puts_nothing_in(hana: User) -> None:
    incident = reported()
    reply = canned()

    with at(MONDAY + MINUTE):
        page = words_of(browser_of(hana).get(f"/incidents/{incident.pk}/"))
        response = browser_of(hana).post(
            f"/incidents/{incident.pk}/reply/", sending(canned=reply.pk + 1, insert="canned", body="Mine.")
        )

    assert "Insert it" in page
    assert response.context["form"]["body"].value() == "Mine."


def test_inserting_keeps_what_the_sender_had_seen(hana: User) -> None:
    incident = reported()
    reply = canned("Thanks.")
    browser = browser_of(hana)

    with at(MONDAY + MINUTE):
        version = str(browser.get(f"/incidents/{incident.pk}/reply/").context["form"]["version"].value())
        note_internally(incident_id=incident.pk, body="Wait!", by=StaffFactory(), now=MONDAY + MINUTE)
        form = insert(hana, incident, reply, version=version).context["form"]  # type: ignore[attr-defined]
        sent = browser.post(
            f"/incidents/{incident.pk}/reply/",
            {name: form[name].value() for name in ("body", "submission", "version")},
        )

    assert "Meanwhile somebody else acted" in words_of(sent)


def test_clients_and_finance_write_none() -> None:
    assert browser_of(ClientUserFactory()).get("/incidents/canned/").status_code == 404
    assert browser_of(StaffFactory(role=Role.FINANCE)).get("/incidents/canned/new/").status_code == 403
