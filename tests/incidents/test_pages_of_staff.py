"""The staff's pages of incidents: what they show, what they let pass, and what they refuse."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incidents.models import Comment, Incident
from incidents.services import answer_incident, ask_information, assign_incident, note_internally, resolve_incident
from portal.accounts.models import Role, User
from portal.clocks.models import Clock
from tests.factories import AgreementFactory, ClientFactory, StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, sending, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> User:
    return StaffFactory(name="Jonas Lindqvist", zone="America/New_York")


def test_an_incident_shows_what_is_owed_by_when_and_by_which_clause(agent: User) -> None:
    incident = reported()

    with at(MONDAY + 5 * MINUTE):
        page = text_of(browser_of(agent).get(f"/incidents/{incident.pk}/"))

    assert "First response" in page
    assert "25 min" in page
    assert "10:30 ET" in page
    assert "JS-6" in page
    assert "Sending meets first response, due 10:30 ET." in page


def test_the_reply_says_of_a_broken_promise_that_it_was_due(agent: User) -> None:
    incident = reported()

    with at(MONDAY + 31 * MINUTE):
        page = text_of(browser_of(agent).get(f"/incidents/{incident.pk}/"))

    assert "Sending gives first response, which was due 10:30 ET." in page


def test_a_reply_answers_and_says_what_is_due_next(agent: User) -> None:
    incident = reported()
    browser = browser_of(agent)

    with at(MONDAY + 5 * MINUTE):
        response = browser.post(f"/incidents/{incident.pk}/reply/", sending(body="We are on it."), follow=True)

    assert "Update 1 is due 10:35 ET." in text_of(response)
    assert "We are on it." in text_of(response)
    assert Clock.objects.get(subject_ref=incident.ref, target="response").state == "met"


def test_the_same_reply_sent_twice_is_one_message(agent: User) -> None:
    incident = reported()
    browser = browser_of(agent)
    form = sending(body="We are on it.")

    with at(MONDAY + 5 * MINUTE):
        first, second = (browser.post(f"/incidents/{incident.pk}/reply/", form) for _ in range(2))

    assert (first["Location"], second["Location"]) == (f"/incidents/{incident.pk}/",) * 2
    assert Comment.objects.filter(body="We are on it.").count() == 1


def test_a_reply_to_a_resolved_incident_is_refused_with_the_remedy(agent: User) -> None:
    incident = reported()
    resolve_incident(incident_id=incident.pk, how="fix", body="Done.", by=agent, now=MONDAY + MINUTE)

    with at(MONDAY + 5 * MINUTE):
        response = browser_of(agent).post(f"/incidents/{incident.pk}/reply/", sending(body="One more."))

    assert "is resolved. Reopen it first." in text_of(response)
    assert not Comment.objects.filter(body="One more.").exists()


def test_a_reply_may_be_recorded_later_than_it_was_given_with_a_reason(agent: User) -> None:
    incident = reported()
    form = sending(body="As I said.", at="2026-03-02T10:20", backdating_reason="Answered by phone.")

    with at(MONDAY + 2 * HOUR):
        browser_of(agent).post(f"/incidents/{incident.pk}/reply/", form)

    assert Clock.objects.get(subject_ref=incident.ref, target="response").met_at == MONDAY + 20 * MINUTE


def test_backdating_without_a_reason_is_refused_beside_the_reason(agent: User) -> None:
    incident = reported()
    form = sending(body="As I said.", at="2026-03-02T10:20")

    with at(MONDAY + 2 * HOUR):
        response = browser_of(agent).post(f"/incidents/{incident.pk}/reply/", form)

    assert response.context["form"].errors["backdating_reason"]
    assert '<details class="more" open>' in text_of(response)


def test_a_note_looks_and_reads_like_nothing_that_the_client_sees(agent: User) -> None:
    incident = reported()

    with at(MONDAY + MINUTE):
        page = text_of(
            browser_of(agent).post(f"/incidents/{incident.pk}/note/", sending(body="The cache."), follow=True)
        )

    assert "Note saved. Only staff see it." in page
    assert f"Internal note. {incident.client} cannot see this." in page
    assert Clock.objects.get(subject_ref=incident.ref, target="response").state == "running"


def test_an_incident_offers_what_its_state_and_terms_allow(agent: User) -> None:
    under_js = reported()
    under_jb = reported("high", agreement=AgreementFactory(preset="jbi-support"), diagnostics=False)
    browser = browser_of(agent)

    with at(MONDAY + MINUTE):
        js, jb = (text_of(browser.get(f"/incidents/{it.pk}/")) for it in (under_js, under_jb))

    assert "Diagnostics complete" not in js
    assert "The cause is not ours" not in js
    assert "Diagnostics complete" in jb
    assert "Starts once we have reproduced it." in jb
    assert "Starts when the diagnostics are complete." in jb


def first_offer(user: User, incident: Incident, *, minutes: int) -> tuple[str, str]:
    with at(MONDAY + minutes * MINUTE):
        offers = browser_of(user).get(f"/incidents/{incident.pk}/").context["offers"]
    (primary,) = (offer for offer in offers if offer.primary)
    return primary.label, primary.url


def test_the_first_answer_goes_before_any_other_act_until_it_is_given_and_so_does_an_update_that_presses(
    agent: User,
) -> None:
    incident = reported()

    unanswered = first_offer(agent, incident, minutes=1)
    answer_incident(incident_id=incident.pk, body="We look.", by=agent, now=MONDAY + 2 * MINUTE)
    answered = first_offer(agent, incident, minutes=3)
    pressing = first_offer(agent, incident, minutes=17)  # The update is due at 32; half of its time is warned of.
    late = first_offer(agent, incident, minutes=40)

    assert unanswered == pressing == late == ("Reply", "#id_body")  # The page's own composer.
    assert answered == ("Resolve", f"/incidents/{incident.pk}/resolve/")


def test_finance_reads_an_incident_and_is_offered_nothing() -> None:
    incident = reported()

    with at(MONDAY + MINUTE):
        response = browser_of(StaffFactory(role=Role.FINANCE)).get(f"/incidents/{incident.pk}/")

    assert response.context["offers"] == []
    assert "Send to the client" not in text_of(response)


def test_only_managers_may_void_a_breach(agent: User) -> None:
    incident = reported()
    address = f"/incidents/{incident.pk}/void/response/1/"

    with at(MONDAY + HOUR):
        refused = browser_of(agent).post(address, sending(reason="An outage of the phones."))
        done = browser_of(StaffFactory(role=Role.MANAGER)).get(address)

    assert refused.status_code == 403
    assert done.status_code == 200


def test_a_clock_without_a_breach_has_no_page_to_void_it() -> None:
    incident = reported()

    with at(MONDAY + MINUTE):
        response = browser_of(StaffFactory(role=Role.MANAGER)).get(f"/incidents/{incident.pk}/void/response/1/")

    assert response.status_code == 404


def test_reclassifying_shows_what_each_severity_means(agent: User) -> None:
    incident = reported("major")

    with at(MONDAY + MINUTE):
        page = text_of(browser_of(agent).get(f"/incidents/{incident.pk}/reclassify/"))

    assert "The platform is down" in page
    assert "First response within 30 min, resolution within 6 h." in page
    assert "The platform comes and goes" not in page


def test_reclassifying_moves_the_clocks_and_says_so(agent: User) -> None:
    incident = reported("major")
    form = sending(severity="critical", reason="Everybody is hit.")

    with at(MONDAY + HOUR):
        page = text_of(browser_of(agent).post(f"/incidents/{incident.pk}/reclassify/", form, follow=True))

    assert "Now critical; the support contacts are told. First response is due 11:30" in page
    assert "Reclassified major to critical" in page
    assert "Everybody is hit." in page


@pytest.mark.parametrize(
    ("act", "fields", "field"),
    [
        ("reclassify", {"severity": "urgent", "reason": "x"}, "severity"),
        ("reclassify", {"severity": "minor", "reason": " "}, "reason"),
        ("wait", {"on": "nobody"}, "on"),
        ("ask", {"items": " \n "}, "items"),
        ("resolve", {"how": "magic", "body": "Done."}, "how"),
        ("resolve", {"how": "fix", "body": "Done.", "at": "2026-03-02T09:00"}, "at"),
        ("resolve", {"how": "fix", "body": "Done.", "at": "2026-02-31T09:00"}, "at"),
        ("link", {"problem": "", "new_problem": "", "problem_title": ""}, "problem"),
        ("link", {"new_problem": "PRB-1", "problem_title": ""}, "problem_title"),
        ("unsupported", {"category": "availability", "reason": "x"}, "category"),
        ("assign", {"assignee": "999999"}, "assignee"),
        ("note", {"body": "x" * 20_001}, "body"),
        ("note", {"body": "a\0b"}, "body"),
    ],
)
def test_a_refusal_stands_beside_its_field(agent: User, act: str, fields: dict[str, str], field: str) -> None:
    incident = reported("major")

    with at(MONDAY + HOUR):
        response = browser_of(agent).post(f"/incidents/{incident.pk}/{act}/", sending(**fields))

    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_asking_for_information_begins_with_the_terms_own_list(agent: User) -> None:
    incident = reported()

    with at(MONDAY + MINUTE):
        response = browser_of(agent).get(f"/incidents/{incident.pk}/ask/")

    assert "A reproducible test case" in text_of(response)


def test_a_linked_problem_lists_its_incidents(agent: User) -> None:
    incident = reported()
    browser = browser_of(agent)
    with at(MONDAY + MINUTE):
        browser.post(f"/incidents/{incident.pk}/link/", sending(new_problem="PRB-1", problem_title="The session cache"))

    with at(MONDAY + 2 * MINUTE):
        problems = text_of(browser.get("/problems/"))
        problem = text_of(browser.get(reverse("problem", args=[Incident.objects.get().problem_id])))

    assert "The session cache" in problems
    assert "1 incident<" in problems
    assert incident.title in problem


def test_markup_in_any_text_is_shown_as_text(agent: User) -> None:
    evil = "<script>alert(1)</script>{{ 7*7 }}<img src=x onerror=alert(1) hx-get=/evil>"
    incident = reported(title=evil, description=evil)
    note_internally(incident_id=incident.pk, body=evil, by=agent, now=MONDAY + MINUTE)
    browser = browser_of(agent)

    with at(MONDAY + 2 * MINUTE):
        pages = [text_of(browser.get(it)) for it in ("/", "/incidents/", f"/incidents/{incident.pk}/")]

    for page in pages:
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "{{ 7*7 }}" in page


def test_the_page_explains_every_deadline_with_parts_that_add_up(agent: User) -> None:
    incident = reported()
    ask_information(incident_id=incident.pk, items=["A log"], by=agent, now=MONDAY + HOUR)

    with at(MONDAY + 2 * HOUR):
        response = browser_of(agent).get(f"/incidents/{incident.pk}/why/")

    resolution = next(it for it in response.context["reasons"] if it.key == "resolution-1")
    assert sum((row.counted for row in resolution.rows if row.counted), timedelta()) == timedelta(hours=6)
    assert "Waiting for information from the client" in text_of(response)
    assert "reading" in text_of(response)
    assert "Response, credit threshold" in text_of(response)


@pytest.mark.parametrize("moved", [timedelta(microseconds=250_001), timedelta(seconds=31, microseconds=574_333)])
def test_told_in_whole_seconds_the_parts_still_add_up(agent: User, moved: timedelta) -> None:
    incident = reported(now=MONDAY + moved)
    ask_information(incident_id=incident.pk, items=["A log"], by=agent, now=MONDAY + HOUR - moved / 3)

    with at(MONDAY + 2 * HOUR):
        response = browser_of(agent).get(f"/incidents/{incident.pk}/why/resolution/1/")

    parts = [row.counted for row in response.context["reason"].rows if row.counted]
    assert sum(parts, timedelta()) == timedelta(hours=6)
    assert all(part.microseconds == 0 for part in parts)


def test_a_clock_that_is_not_there_has_no_explanation(agent: User) -> None:
    incident = reported()

    with at(MONDAY + MINUTE):
        response = browser_of(agent).get(f"/incidents/{incident.pk}/why/resolution/7/")

    assert response.status_code == 404


def test_the_queue_stands_by_severity_then_receipt(agent: User) -> None:
    agreement = AgreementFactory()
    minor = reported("minor", agreement=agreement, title="Minor", now=MONDAY)
    late = reported("critical", agreement=agreement, title="Late", now=MONDAY + 2 * MINUTE)
    early = reported("critical", agreement=agreement, title="Early", now=MONDAY + MINUTE)

    with at(MONDAY + 3 * MINUTE):
        response = browser_of(agent).get("/incidents/")

    assert [row.incident.pk for row in response.context["rows"]] == [early.pk, late.pk, minor.pk]


def test_the_queue_may_stand_by_what_is_due_soonest(agent: User) -> None:
    agreement = AgreementFactory()
    first = reported("major", agreement=agreement, now=MONDAY - 4 * HOUR + 10 * MINUTE)
    second = reported("critical", agreement=agreement, now=MONDAY)

    with at(MONDAY + MINUTE):
        response = browser_of(agent).get("/incidents/?order=due")

    assert [row.incident.pk for row in response.context["rows"]] == [first.pk, second.pk]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Login fails", "Slow"]),
        ("?whose=mine", ["Slow"]),
        ("?whose=all", ["Slow", "Login fails", "Solved"]),
        ("?severity=minor", ["Slow"]),
        ("?status=resolved", ["Solved"]),
        ("?q=login", ["Login fails"]),
        ("?q=%25%25%25%25", []),
        ("?q=%27%3B--", []),
    ],
)
def test_the_queue_narrows_by_its_address(agent: User, query: str, titles: list[str]) -> None:
    agreement = AgreementFactory()
    solved = reported("critical", agreement=agreement, title="Solved", now=MONDAY)
    reported("critical", agreement=agreement, title="Login fails", now=MONDAY + MINUTE)
    slow = reported("minor", agreement=agreement, title="Slow", now=MONDAY + 2 * MINUTE)
    resolve_incident(incident_id=solved.pk, how="fix", body="Done.", by=agent, now=MONDAY + 3 * MINUTE)
    assign_incident(incident_id=slow.pk, assignee_id=agent.pk, by=agent, now=MONDAY + 3 * MINUTE)

    with at(MONDAY + 4 * MINUTE):
        response = browser_of(agent).get(f"/incidents/{query}")

    assert [row.incident.title for row in response.context["rows"]] == titles


@pytest.mark.parametrize(
    "query",
    [
        "whose=nobody",
        "severity=urgentest",
        "client=999",
        "order=password",
        "after=nonsense",
        "size=0",
        "q=" + "x" * 300,
    ],
)
def test_what_the_queue_does_not_know_is_refused(agent: User, query: str) -> None:
    response = browser_of(agent).get(f"/incidents/?{query}")

    assert response.status_code == 400


def test_the_queue_goes_on_where_its_page_ended(agent: User) -> None:
    agreement = AgreementFactory()
    made = [reported("major", agreement=agreement, now=MONDAY + number * MINUTE).pk for number in range(5)]
    browser = browser_of(agent)

    with at(MONDAY + HOUR):
        first = browser.get("/incidents/?size=3")
        second = browser.get(f"/incidents/{first.context['page'].next_url}")

    shown = [row.incident.pk for page in (first, second) for row in page.context["rows"]]
    assert shown == made


@pytest.mark.parametrize("number", ["10" * 20, "9223372036854775808"])
def test_a_number_that_no_database_holds_is_nothing_found(agent: User, number: str) -> None:
    assert browser_of(agent).get(f"/incidents/{number}/").status_code == 404


def queries_of(user: User, address: str, instant: datetime) -> int:
    browser = browser_of(user)
    with (
        at(instant),
        CaptureQueriesContext(
            connection,
        ) as captured,
    ):
        assert browser.get(address).status_code == 200
    return len(captured)


def test_the_queue_costs_the_same_for_one_incident_and_for_many(agent: User) -> None:
    reported()
    few = queries_of(agent, "/incidents/", MONDAY + MINUTE)
    for _ in range(4):
        reported()

    assert queries_of(agent, "/incidents/", MONDAY + MINUTE) == few


def test_an_incidents_page_costs_the_same_for_a_short_and_for_a_long_conversation(agent: User) -> None:
    incident = reported()
    few = queries_of(agent, f"/incidents/{incident.pk}/", MONDAY + MINUTE)
    for number in range(5):
        answer_incident(incident_id=incident.pk, body="More.", by=StaffFactory(), now=MONDAY + number * MINUTE)

    assert queries_of(agent, f"/incidents/{incident.pk}/", MONDAY + HOUR) == few


def test_a_long_conversation_shows_its_end_and_the_rest_on_request(agent: User) -> None:
    incident = reported(description="The very first word.")
    Comment.objects.bulk_create(
        Comment(incident=incident, author=agent, body=f"Word {number}.", at=MONDAY + number * MINUTE)
        for number in range(1, 206)
    )
    browser = browser_of(agent)

    with at(MONDAY + 4 * HOUR):
        end = text_of(browser.get(f"/incidents/{incident.pk}/"))
        whole = text_of(browser.get(f"/incidents/{incident.pk}/?whole"))

    assert "earlier entries" in end
    assert "The very first word." not in end
    assert "Word 205." in end
    assert "The very first word." in whole


def test_staff_report_on_a_clients_behalf_and_that_is_no_first_response(agent: User) -> None:
    agreement = AgreementFactory(client=ClientFactory(name="Alder & Finch Events"))
    form = sending(title="Down", severity="critical", category="availability", description="They called.")

    with at(MONDAY):
        response = browser_of(agent).post(f"/incidents/new/?agreement={agreement.pk}", form)

    incident = Incident.objects.get()
    assert response["Location"] == f"/incidents/{incident.pk}/"
    assert next(str(message) for message in get_messages(response.wsgi_request)).startswith(
        f"Reported as {incident.ref}. First response is due"
    )
    assert incident.responded_at is None


def test_a_part_of_the_page_says_when_nothing_changed(agent: User) -> None:
    incident = reported()
    browser = browser_of(agent)
    address = f"/incidents/{incident.pk}/live/thread/"

    with at(MONDAY + MINUTE):
        first = browser.get(address, headers={"HX-Request": "true"})
        again = browser.get(address, headers={"HX-Request": "true", "If-None-Match": first["ETag"]})

    assert first.status_code == 200
    assert again.status_code == 304
