"""The client's pages of incidents: reporting, reading, answering; and what a client never sees."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Comment, Incident
from incidents.services import (
    answer_incident,
    ask_information,
    link_problem,
    note_internally,
    resolve_incident,
    wait_for,
)
from portal.accounts.models import Role, User
from portal.clients.models import Agreement
from portal.clocks.flagging import flag_waking
from portal.clocks.models import Clock
from tests.factories import AgreementFactory, ClientFactory, ClientUserFactory, StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, sending, text_of, words_of

pytestmark = pytest.mark.django_db

REPORT = {"title": "Registration is down", "category": "availability", "description": "A 503 for everybody."}


@pytest.fixture
def agreement() -> Agreement:
    return AgreementFactory(client=ClientFactory(name="Alder & Finch Events"))


@pytest.fixture
def contact(agreement: Agreement) -> User:
    return ClientUserFactory(client=agreement.client, name="Dana Whitlock", zone="America/New_York")


def test_a_report_starts_the_clocks_and_tells_the_first_date(agreement: Agreement, contact: User) -> None:
    with at(MONDAY):
        response = browser_of(contact).post("/support/new/", sending(severity="critical", **REPORT), follow=True)

    incident = Incident.objects.get()
    assert response.redirect_chain == [(f"/support/{incident.pk}/", 302)]
    assert f"Reported as {incident.ref}. First response is due 10:30 ET." in text_of(response)
    assert Clock.objects.get(subject_ref=incident.ref, target="response").due_at == MONDAY + 30 * MINUTE


def test_a_report_sent_twice_is_one_incident(contact: User) -> None:
    form = sending(severity="critical", **REPORT)
    browser = browser_of(contact)

    with at(MONDAY):
        first, second = (browser.post("/support/new/", form) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert Incident.objects.count() == 1


def test_a_report_needs_a_severity_and_says_what_each_means(contact: User) -> None:
    with at(MONDAY):
        response = browser_of(contact).post("/support/new/", sending(**REPORT))

    assert response.context["form"].errors["severity"] == ["Nothing is chosen. Choose one of the list."]
    assert "The platform is down" in text_of(response)
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("severity", "urgent"),
        ("category", "gossip"),
        ("title", "a\r\nBcc: all@elsewhere.example"),
        ("title", "x" * 301),
    ],
)
def test_a_report_with_a_value_that_cannot_be_is_refused_beside_its_field(
    contact: User, field: str, value: str
) -> None:
    with at(MONDAY):
        response = browser_of(contact).post("/support/new/", sending(severity="critical", **REPORT) | {field: value})

    assert field in response.context["form"].errors
    assert not Incident.objects.exists()


def test_what_a_client_may_not_decide_is_ignored_in_its_report(contact: User) -> None:
    foreign = AgreementFactory()
    form = sending(severity="minor", **REPORT, client=foreign.client_id, status="resolved", due_at="2030-01-01", id="7")

    with at(MONDAY):
        browser_of(contact).post("/support/new/", form)

    incident = Incident.objects.get()
    assert (incident.client, incident.status) == (contact.client, "new")


def test_a_foreign_agreement_in_the_address_is_unknown(contact: User) -> None:
    foreign = AgreementFactory()

    with at(MONDAY):
        response = browser_of(contact).post(
            f"/support/new/?agreement={foreign.pk}", sending(severity="minor", **REPORT)
        )

    assert response.status_code == 400
    assert "That agreement does not exist. Choose one of the list." in text_of(response)
    assert not Incident.objects.exists()


def test_of_several_agreements_the_client_chooses_first(agreement: Agreement, contact: User) -> None:
    other = AgreementFactory(client=agreement.client, title="Support in business hours", preset="jbi-support")
    AgreementFactory(client=agreement.client, title="A draft", draft=True)
    browser = browser_of(contact)

    with at(MONDAY):
        choice = text_of(browser.get("/support/new/"))
        form = browser.get(f"/support/new/?agreement={other.pk}")

    assert other.title in choice
    assert "A draft" not in choice
    assert "diagnostics" in form.context["form"].fields
    assert "beta" in form.context["form"].fields


def test_a_report_without_all_diagnostics_waits_for_them(agreement: Agreement, contact: User) -> None:
    other = AgreementFactory(client=agreement.client, preset="jbi-support")
    form = sending(severity="high", **REPORT, diagnostics=["0", "1"])

    with at(MONDAY):
        response = browser_of(contact).post(f"/support/new/?agreement={other.pk}", form, follow=True)

    assert "Starts when the diagnostics are complete." in text_of(response)
    assert not Clock.objects.exists()


def test_a_member_reads_and_writes_but_does_not_report(agreement: Agreement) -> None:
    member = browser_of(ClientUserFactory(client=agreement.client, role=Role.MEMBER))
    incident = reported(agreement=agreement)

    with at(MONDAY + MINUTE):
        page = member.get(f"/support/{incident.pk}/")
        listed = text_of(member.get("/support/"))
        report = member.post("/support/new/", sending(severity="critical", **REPORT))

    assert page.status_code == 200
    assert "Report an incident" not in listed
    assert report.status_code == 403


def test_the_client_sees_no_internal_note_and_no_internal_happening(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    agent = StaffFactory(name="Jonas Lindqvist")
    note_internally(incident_id=incident.pk, body="A secret thought.", by=agent, now=MONDAY + MINUTE)
    link_problem(incident_id=incident.pk, problem_ref="PRB-1", title="Secret cache", by=agent, now=MONDAY + MINUTE)
    browser = browser_of(contact)

    with at(MONDAY + 2 * MINUTE):
        pages = [text_of(browser.get(f"/support/{incident.pk}/{part}")) for part in ("", "live/thread/")]

    for page in pages:
        assert "secret" not in page.lower()
        assert "PRB-1" not in page


def test_the_client_reads_why_but_not_the_thresholds_of_credits(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    browser = browser_of(contact)

    with at(MONDAY + MINUTE):
        why = words_of(browser.get(f"/support/{incident.pk}/why/resolution/1/"))
        threshold = browser.get(f"/support/{incident.pk}/why/resolution_credit/1/")

    assert "A fix or work-around is due Mon 2 Mar 2026, 16:00 ET." in why
    assert "A critical incident is answered within 30 minutes" in why
    assert "A question to you" in why
    assert threshold.status_code == 404


def test_the_client_reads_a_breach_as_it_is(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)

    with at(MONDAY + HOUR):
        page = text_of(browser_of(contact).get(f"/support/{incident.pk}/"))

    assert "Breached" in page
    assert "30 min over" in page


def test_why_an_answer_was_recorded_late_stays_among_staff(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    flag_waking(now=MONDAY + HOUR)
    answer_incident(
        incident_id=incident.pk,
        body="As I said.",
        by=StaffFactory(),
        now=MONDAY + HOUR,
        at=MONDAY + 20 * MINUTE,
        backdating_reason="We lost the phone log.",
    )

    with at(MONDAY + 2 * HOUR):
        for_client = text_of(browser_of(contact).get(f"/support/{incident.pk}/"))
        for_staff = text_of(browser_of(StaffFactory()).get(f"/incidents/{incident.pk}/"))

    assert "the breach no longer counts" in for_client
    assert "phone log" not in for_client
    assert "phone log" in for_staff


def test_warnings_are_ours_and_no_word_to_the_client(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)

    with at(MONDAY + 25 * MINUTE):
        for_client = text_of(browser_of(contact).get(f"/support/{incident.pk}/"))
        for_staff = text_of(browser_of(StaffFactory()).get(f"/incidents/{incident.pk}/"))

    assert "At risk" in for_staff
    assert "At risk" not in for_client


def test_a_paused_promise_says_in_the_clients_person_what_it_waits_for(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    ask_information(incident_id=incident.pk, items=["A log"], by=StaffFactory(), now=MONDAY + MINUTE)

    with at(MONDAY + HOUR):
        page = words_of(browser_of(contact).get(f"/support/{incident.pk}/"))

    assert "Waits for information from you." in page
    assert "the client" not in page


def test_an_answer_ends_the_wait_at_its_own_instant(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    ask_information(incident_id=incident.pk, items=["The server's log"], by=StaffFactory(), now=MONDAY + HOUR)
    browser = browser_of(contact)

    with at(MONDAY + 2 * HOUR):
        asked = text_of(browser.get(f"/support/{incident.pk}/"))
        answered = text_of(browser.post(f"/support/{incident.pk}/reply/", sending(body="Here it is."), follow=True))

    assert "We need this from you" in asked
    assert "The server's log" in asked.replace("&#x27;", "'")
    assert "Sent. We go on from here." in answered
    assert Clock.objects.get(subject_ref=incident.ref, target="resolution").due_at == MONDAY + 7 * HOUR


def test_an_empty_message_is_refused_and_a_long_one_kept_in_the_form(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    browser = browser_of(contact)

    with at(MONDAY + MINUTE):
        empty = browser.post(f"/support/{incident.pk}/reply/", sending(body=" "))
        long = browser.post(f"/support/{incident.pk}/reply/", sending(body="y" * 20_001))

    assert "Nothing is filled in." in text_of(empty)
    assert "The text has 20,001 characters. Shorten it to 20,000." in text_of(long)
    assert "y" * 20_001 in long.content.decode()
    assert Comment.objects.count() == 1


def test_a_client_cannot_backdate_by_adding_the_fields(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    form = sending(body="Now.", at="2026-03-02T09:00", backdating_reason="x")

    with at(MONDAY + HOUR):
        browser_of(contact).post(f"/support/{incident.pk}/reply/", form)

    assert Comment.objects.get(body="Now.").at == MONDAY + HOUR


def test_what_is_not_solved_is_opened_again_with_words(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    resolve_incident(incident_id=incident.pk, how="fix", body="Done.", by=StaffFactory(), now=MONDAY + HOUR)
    browser = browser_of(contact)

    with at(MONDAY + 2 * HOUR):
        page = text_of(browser.get(f"/support/{incident.pk}/"))
        browser.post(f"/support/{incident.pk}/reopen/", sending(reason="It is back."))
        twice = browser.post(f"/support/{incident.pk}/reopen/", sending(reason="It is back."))

    assert "It is not solved" in page
    assert Clock.objects.get(subject_ref=incident.ref, target="resolution", ordinal=2).due_at == MONDAY + 8 * HOUR
    assert "not resolved." in text_of(twice)


def test_a_withdrawn_report_is_closed_for_good(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    browser = browser_of(contact)

    with at(MONDAY + MINUTE):
        browser.post(f"/support/{incident.pk}/withdraw/", sending(reason="Our own mistake."))
        page = browser.get(f"/support/{incident.pk}/")

    assert page.context["offers"] == []
    assert page.context["form"] is None
    assert "Our own mistake." in text_of(page)


def test_a_list_shows_its_own_clients_incidents_only(agreement: Agreement, contact: User) -> None:
    reported(agreement=agreement, title="Ours")
    reported(title="Somebody else's")

    with at(MONDAY + MINUTE):
        response = browser_of(contact).get("/support/")

    assert [row.incident.title for row in response.context["rows"]] == ["Ours"]


def test_an_empty_list_says_what_would_stand_there(contact: User) -> None:
    with at(MONDAY):
        page = text_of(browser_of(contact).get("/support/"))

    assert "No incidents" in page
    assert "what we owe you and by when" in page


def test_a_list_is_narrowed_by_state_and_by_words(agreement: Agreement, contact: User) -> None:
    solved = reported(agreement=agreement, title="Slides do not load")
    resolve_incident(incident_id=solved.pk, how="fix", body="Done.", by=StaffFactory(), now=MONDAY + MINUTE)
    going_on = reported(agreement=agreement, title="No sound")
    browser = browser_of(contact)

    with at(MONDAY + HOUR):
        shown = {
            query: [row.incident.ref for row in browser.get(f"/support/?{query}").context["rows"]]
            for query in ("state=open", "state=solved", "q=slides", f"q={going_on.ref}", "state=open&q=slides")
        }
        nothing = text_of(browser.get("/support/?q=nowhere"))

    assert shown == {
        "state=open": [going_on.ref],
        "state=solved": [solved.ref],
        "q=slides": [solved.ref],
        f"q={going_on.ref}": [going_on.ref],
        "state=open&q=slides": [],
    }
    assert "None found" in nothing


def test_a_broken_cursor_is_refused(contact: User) -> None:
    assert browser_of(contact).get("/support/?after=zzz").status_code == 400


@pytest.mark.parametrize("address", ["/support/", "/"])
def test_a_clients_lists_cost_the_same_for_one_incident_and_for_many(
    agreement: Agreement, contact: User, address: str
) -> None:
    browser = browser_of(contact)

    def queries() -> int:
        with at(MONDAY + MINUTE), CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    reported(agreement=agreement)
    few = queries()
    for _ in range(4):
        wait_for(incident_id=reported(agreement=agreement).pk, on="client", by=StaffFactory(), now=MONDAY)
        answer_incident(incident_id=reported(agreement=agreement).pk, body="Yes.", by=StaffFactory(), now=MONDAY)

    assert queries() <= few + 1
