"""The first screens: what is owed and by when, for staff over all clients, for a client what concerns it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from incidents.services import (
    answer_incident,
    ask_information,
    assign_incident,
    check_in_backup,
    link_problem,
    make_backup_address,
    plan_release,
    resolve_incident,
    schedule_hosted_event,
    void_breach,
    wait_for,
)
from portal.accounts.models import Role, User
from portal.clients.models import Agreement
from portal.clients.services import suspend_agreement
from portal.clocks.flagging import flag_waking
from tests.factories import AgreementFactory, ClientFactory, ClientUserFactory, StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> User:
    return StaffFactory(zone="America/New_York")


@pytest.fixture
def agreement() -> Agreement:
    return AgreementFactory(client=ClientFactory(name="Alder & Finch Events"))


@pytest.fixture
def contact(agreement: Agreement) -> User:
    return ClientUserFactory(client=agreement.client, zone="America/New_York")


def test_what_is_due_stands_soonest_first_without_thresholds_of_credits(agent: User) -> None:
    major = reported("major")
    critical = reported("critical")

    with at(MONDAY + MINUTE):
        response = browser_of(agent).get("/")

    shown = [(due.subject.label, due.clock.target) for due in response.context["dues"]]
    assert shown == [
        (critical.ref, "response"),
        (major.ref, "response"),
        (critical.ref, "resolution"),
        (major.ref, "resolution"),
    ]


def test_time_left_is_counted_time_and_not_the_nights_between(agent: User) -> None:
    friday = MONDAY + timedelta(days=4, hours=6)
    incident = reported("high", agreement=AgreementFactory(preset="jbi-support"), now=friday)

    with at(friday):
        response = browser_of(agent).get("/")

    (due,) = response.context["dues"]
    assert due.subject.label == incident.ref
    assert due.left == "2\N{NO-BREAK SPACE}h"
    assert due.due_at == friday + timedelta(days=2, hours=17)  # Monday 10:00, in summer time.


@pytest.mark.parametrize(("minutes", "state"), [(14, "running"), (15, "risk"), (30, "risk"), (31, "breached")])
def test_a_promise_is_at_risk_past_its_first_warning_and_breached_past_its_due(
    agent: User, minutes: int, state: str
) -> None:
    reported()

    with at(MONDAY + minutes * MINUTE):
        response = browser_of(agent).get("/")

    assert response.context["dues"][0].state == state


def test_a_breach_stands_first_from_the_moment_it_is_flagged_until_it_is_answered(agent: User) -> None:
    reported("critical")
    late = reported("critical", now=MONDAY - HOUR)
    flag_waking(now=MONDAY)
    browser = browser_of(agent)

    with at(MONDAY + MINUTE):
        flagged = browser.get("/", headers={"HX-Request": "true"})
        answer_incident(incident_id=late.pk, body="Yes.", by=agent, now=MONDAY + MINUTE)
        answered = browser.get("/", headers={"HX-Request": "true"})

    assert "Breached" in words_of(flagged)
    assert "1 breached, " in words_of(flagged)
    assert words_of(flagged).index(late.ref) < words_of(flagged).index("first response")
    assert "Breached" not in words_of(answered)


def test_a_breach_that_was_voided_is_not_owed_any_more(agent: User) -> None:
    late = reported("critical", now=MONDAY - HOUR)
    flag_waking(now=MONDAY)
    manager = StaffFactory(role=Role.MANAGER)
    void_breach(incident_id=late.pk, target="response", ordinal=1, reason="Phones.", by=manager, now=MONDAY + MINUTE)

    with at(MONDAY + 2 * MINUTE):
        response = browser_of(agent).get("/")

    assert {due.clock.target for due in response.context["dues"]} == {"resolution"}


def test_the_screen_narrows_to_mine_to_my_teams_and_to_a_client(agent: User) -> None:
    mine, teams, others = reported(), reported(), reported()
    assign_incident(incident_id=mine.pk, assignee_id=agent.pk, by=agent, now=MONDAY)
    assert teams.agreement.team is not None
    teams.agreement.team.members.add(agent)
    browser = browser_of(agent)

    with at(MONDAY + MINUTE):
        shown = {
            query: {due.subject.label for due in browser.get(f"/?{query}").context["dues"]}
            for query in ("whose=mine", "whose=team", "whose=all", f"client={others.client_id}")
        }

    assert shown == {
        "whose=mine": {mine.ref},
        "whose=team": {teams.ref},
        "whose=all": {mine.ref, teams.ref, others.ref},
        f"client={others.client_id}": {others.ref},
    }


@pytest.mark.parametrize("query", ["whose=nobody", "client=x", "client=999999999999999999999"])
def test_an_unknown_filter_is_refused(agent: User, query: str) -> None:
    assert browser_of(agent).get(f"/?{query}").status_code == 400


def test_what_waits_for_a_client_and_what_is_coming_up_are_told(agent: User, agreement: Agreement) -> None:
    incident = reported("minor", agreement=agreement, title="Photos are rotated")
    wait_for(incident_id=incident.pk, on="client", by=agent, now=MONDAY)
    start = MONDAY + timedelta(days=3)
    schedule_hosted_event(
        agreement_id=agreement.pk,
        name="Spring Summit",
        zone="America/New_York",
        sessions=[(start, start + HOUR), (start + timedelta(days=1), start + timedelta(days=1, hours=1))],
        by=agent,
        now=MONDAY,
    )
    assert agreement.product is not None
    plan_release(product_id=agreement.product.pk, ref="2026.2", planned_at=start, by=agent, now=MONDAY)

    with at(MONDAY + HOUR):
        page = words_of(browser_of(agent).get("/"))

    assert "Photos are rotated Alder &amp; Finch Events, an answer on INC-" in page
    assert "Alder &amp; Finch Events, on air Thu 5 Mar, 08:30 to 11:30 ET, until Fri 6 Mar, 11:30 ET." in page
    assert "Critical answers in 10 min." in page
    assert "Release 2026.2" in page


def test_an_event_that_is_over_or_far_away_is_not_coming_up(agent: User, agreement: Agreement) -> None:
    for start in (MONDAY - timedelta(days=2), MONDAY + timedelta(days=15)):
        schedule_hosted_event(
            agreement_id=agreement.pk, name="Summit", zone="UTC", sessions=[(start, start + HOUR)], by=agent, now=MONDAY
        )

    with at(MONDAY):
        response = browser_of(agent).get("/")

    assert response.context["coming"] == []
    assert "Nothing is planned" in words_of(response)


def test_a_calm_day_says_so(agent: User) -> None:
    page = words_of(browser_of(agent).get("/"))

    assert "Nothing is due" in page
    assert "Nobody is waited for" in page


def queries(user: User) -> int:
    """Return how many queries a look costs that is not the first of its minute."""
    browser = browser_of(user)
    with at(MONDAY + MINUTE):
        browser.get("/")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/").status_code == 200
    return len(captured)


def waiting_breached_and_back(agent: User) -> None:
    """Make a row for each part of the screen."""
    agreement = AgreementFactory()
    for days in (60, 0):
        incident = reported(agreement=agreement, now=MONDAY - timedelta(days=days))
        link_problem(incident_id=incident.pk, problem_ref=f"PRB-{agreement.pk}", title="Cache", by=agent, now=MONDAY)
    wait_for(incident_id=incident.pk, on="client", by=agent, now=MONDAY)
    flag_waking(now=MONDAY)


def test_the_screen_costs_the_same_for_one_promise_and_for_many(agent: User) -> None:
    waiting_breached_and_back(agent)
    few = queries(agent)
    for _ in range(5):
        waiting_breached_and_back(agent)

    assert queries(agent) == few


def test_an_unchanged_screen_is_not_sent_again(agent: User) -> None:
    reported()
    browser = browser_of(agent)

    with at(MONDAY + MINUTE):
        first = browser.get("/", headers={"HX-Request": "true"})
        again = browser.get("/", headers={"HX-Request": "true", "If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)


def test_a_client_reads_what_is_next_from_us(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    reported(title="Somebody else's")

    with at(MONDAY + MINUTE):
        page = words_of(browser_of(contact).get("/"))

    assert f"1 incident is open. Next from us: a first answer on {incident.ref}, by Mon 2 Mar, 10:30 ET." in page
    assert "Registration is down A first answer by Mon 2 Mar, 10:30 ET. Why" in page
    assert "A fix or work-around by Mon 2 Mar, 16:00 ET. Why" in page
    assert "Somebody else" not in page


def test_a_client_reads_that_we_are_late(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)

    with at(MONDAY + HOUR):
        page = words_of(browser_of(contact).get("/"))

    assert f"We are late with {incident.ref}. A first answer was due Mon 2 Mar, 10:30 ET" in page


def test_what_we_need_from_the_client_comes_first_and_is_its_next_step(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    ask_information(incident_id=incident.pk, items=["A log"], by=StaffFactory(), now=MONDAY + MINUTE)

    with at(MONDAY + HOUR):
        response = browser_of(contact).get("/")

    page = words_of(response)
    assert f"We need something from you on {incident.ref}. Asked Mon 2 Mar, 10:01 ET." in page
    assert f"Your next step Send us this: Registration is down {incident.ref}. A log Send it" in page
    assert response.context["overview"].step.url == f"/support/{incident.pk}/answer/"


def test_a_client_that_owes_us_something_reads_all_the_same_with_what_we_are_late(
    agreement: Agreement, contact: User
) -> None:
    asked, late = reported(agreement=agreement), reported(agreement=agreement)
    answer_incident(incident_id=asked.pk, body="We see it.", by=StaffFactory(), now=MONDAY + MINUTE)
    wait_for(
        incident_id=asked.pk,
        on="client",
        reason="Which browser do you use?",
        by=StaffFactory(),
        now=MONDAY + 2 * MINUTE,
    )

    with at(MONDAY + 31 * MINUTE):
        page = words_of(browser_of(contact).get("/"))

    assert f"on {asked.ref}. Asked Mon 2 Mar, 10:02 ET." in page
    assert f"We are late with {late.ref}." in page
    assert f"Answer us: Registration is down {asked.ref}. Which browser do you use?" in page


def test_what_we_owe_on_many_incidents_is_folded_after_the_first_few(agreement: Agreement, contact: User) -> None:
    for _ in range(6):
        reported(agreement=agreement)

    with at(MONDAY + MINUTE):
        response = browser_of(contact).get("/")

    assert [len(response.context[name]) for name in ("owed", "owed_besides")] == [5, 1]
    assert "1 more, due later" in words_of(response)


def test_whoever_may_report_can_do_so_from_the_first_screen_whatever_stands_there(
    agreement: Agreement, contact: User
) -> None:
    asked = reported(agreement=agreement)
    ask_information(incident_id=asked.pk, items=["A log"], by=StaffFactory(), now=MONDAY + MINUTE)

    with at(MONDAY + HOUR):
        page = browser_of(contact).get("/").content.decode()

    assert 'href="/support/new/"' in page


def test_a_client_without_support_is_sent_to_no_page_of_it(contact: User) -> None:
    launch = AgreementFactory(preset="juno-implementation", product=None)
    owner = ClientUserFactory(client=launch.client, role=Role.CLIENT_ADMINISTRATOR)

    with at(MONDAY):
        page = browser_of(owner).get("/").content.decode()

    assert "What we owe you, and what we need from you, stands here with its date." in page
    for address in ("/support/", "/support/new/", "/events/", "/releases/", "/availability/"):
        assert f'href="{address}"' not in page


def test_a_client_without_anything_open_is_told_so(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    resolve_incident(incident_id=incident.pk, how="fix", body="Done.", by=StaffFactory(), now=MONDAY + MINUTE)

    with at(MONDAY + HOUR):
        page = words_of(browser_of(contact).get("/"))

    assert "Nothing is open. Everything that you reported is solved." in page


def test_a_client_that_never_reported_anything_is_told_so(contact: User) -> None:
    with at(MONDAY):
        page = words_of(browser_of(contact).get("/"))

    assert "Nothing is open. You have reported nothing so far." in page


def test_a_suspended_client_reads_since_when_why_and_by_which_clause(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    suspend_agreement(agreement_id=agreement.pk, by=StaffFactory(role=Role.MANAGER), at=MONDAY + MINUTE)
    browser = browser_of(contact)

    with at(MONDAY + HOUR):
        home, page = (words_of(browser.get(address)) for address in ("/", f"/support/{incident.pk}/"))

    assert "Support is suspended since Mon 2 Mar 2026, 10:01 ET" in home
    assert "JS-22" in home
    assert "Support is suspended since Mon 2 Mar, 10:01 ET" in page
    assert "Paused" in page


def test_a_member_is_not_offered_to_report(agreement: Agreement) -> None:
    member = ClientUserFactory(client=agreement.client, role=Role.MEMBER)

    with at(MONDAY):
        response = browser_of(member).get("/")

    assert response.context["overview"].step is None


def test_a_solved_outage_whose_length_nobody_said_waits_for_a_decision(agent: User, agreement: Agreement) -> None:
    incident = reported("critical", agreement=agreement, category="availability", title="Nothing loads")
    # As a loaded history leaves it: the portal itself asks for the downtime before it takes the resolution.
    Incident.objects.filter(pk=incident.pk).update(status=Incident.Status.RESOLVED, resolved_at=MONDAY + MINUTE)

    with at(MONDAY + HOUR):
        page = words_of(browser_of(agent).get("/"))
        finance = words_of(browser_of(StaffFactory(role=Role.FINANCE)).get("/"))

    assert "1 waiting, the oldest since Mon 2 Mar" in page
    assert "How long was it down: Nothing loads" in page
    assert "JS-17" in page
    assert "Nothing waits for a decision" in finance


def test_a_client_whose_promises_broke_of_late_is_at_risk_with_the_reason(agent: User, agreement: Agreement) -> None:
    reported("critical", agreement=agreement, now=MONDAY - timedelta(days=1))
    reported("critical", title="Somebody else's", now=MONDAY - HOUR)  # One breach is no reason yet.
    flag_waking(now=MONDAY)
    browser = browser_of(agent)

    with at(MONDAY):
        soon = words_of(browser.get("/"))
    with at(MONDAY + timedelta(days=40)):
        later = words_of(browser.get("/"))

    assert "Alder &amp; Finch Events 2 promises were broken in the last 30 days, the latest Sun 1 Mar" in soon
    assert "in the last 30 days" not in later


def test_a_problem_that_came_back_within_three_months_is_a_risk(agent: User, agreement: Agreement) -> None:
    for days in (60, 1):
        incident = reported("critical", agreement=agreement, now=MONDAY - timedelta(days=days))
        link_problem(incident_id=incident.pk, problem_ref="PRB-1", title="Full cache", by=agent, now=MONDAY)

    with at(MONDAY):
        page = words_of(browser_of(agent).get("/"))

    assert "2 critical incidents of PRB-1, Full cache, within three months." in page
    assert "JS-13" in page


def test_the_rest_of_the_screen_narrows_as_the_promises_do(agent: User) -> None:
    mine, others = reported(), reported()
    for incident in (mine, others):
        wait_for(incident_id=incident.pk, on="client", by=agent, now=MONDAY)
    assign_incident(incident_id=mine.pk, assignee_id=agent.pk, by=agent, now=MONDAY)
    browser = browser_of(agent)

    with at(MONDAY + MINUTE):
        shown = {
            query: [row.label for row in browser.get(f"/?{query}").context["awaited"]]
            for query in ("whose=mine", "whose=team", f"client={others.client_id}")
        }

    assert shown == {"whose=mine": [mine.ref], "whose=team": [], f"client={others.client_id}": [others.ref]}


def test_a_backup_counts_around_the_clock(agent: User, agreement: Agreement) -> None:
    saturday = MONDAY + 5 * 24 * HOUR
    manager = StaffFactory(role=Role.MANAGER)
    token = make_backup_address(agreement_id=agreement.pk, kind="full", by=manager, now=saturday)
    check_in_backup(token=token, now=saturday)

    with at(saturday + HOUR):
        page = words_of(browser_of(agent).get("/"))

    assert "Running 23 h" in page


def test_each_date_leads_to_its_reason_where_a_page_explains_it(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    token = make_backup_address(agreement_id=agreement.pk, kind="full", by=StaffFactory(), now=MONDAY)
    browser = browser_of(contact)

    with at(MONDAY + MINUTE):
        browser.post(f"/in/{token}/")
        dues = browser.get("/").context["dues"]
        answers = [browser.get(due.why_url).status_code for due in dues if due.why_url]

    assert [due.why_url for due in dues] == [
        f"/support/{incident.pk}/why/response/1/",
        f"/support/{incident.pk}/why/resolution/1/",
        "",
    ]
    assert answers == [200, 200]


def test_the_page_of_a_client_is_told_what_is_due_to_it_alone(agent: User, agreement: Agreement) -> None:
    ours = reported("critical", agreement=agreement)
    reported("critical", title="Another client's")
    address = f"/due/clients/{agreement.client_id}/"

    with at(MONDAY + MINUTE):
        part = browser_of(agent).get(address, headers={"HX-Request": "true"})
        whole = browser_of(agent).get(address)

    assert {due.subject.label for due in part.context["dues"]} == {ours.ref}
    assert "2 running" in words_of(part)
    assert whole.headers["Location"] == f"/?client={agreement.client_id}"  # Where no script loads it.
