"""The queue: filters in its address, saved views, and acts on many incidents at once."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from zeal import zeal_ignore

from incidents.models import BulkAct, Incident, SavedView, Watch
from incidents.services import assign_incident, hand_over_incident, link_problem, resolve_incident, wait_for
from incidents.services.saved_views import save_view
from portal.accounts.models import Role, User
from portal.clocks.flagging import flag_waking
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory, TeamFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, sending, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana() -> User:
    return StaffFactory(name="Hana Lee")


@pytest.fixture
def jonas() -> User:
    return StaffFactory(name="Jonas Lindqvist")


def titles(user: User, query: str, *, minutes: int = 5) -> list[str]:
    """Return what the queue shows a few minutes after Monday, in its order."""
    with at(MONDAY + minutes * MINUTE):
        response = browser_of(user).get(f"/incidents/?{query}")
    assert response.status_code == 200, words_of(response)
    return [row.incident.title for row in response.context["rows"]]


# ---------------------------------------------------------------------------------------------------- what presses


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(14, "New 16 min"), (15, "New At risk 15 min"), (31, "New Breached 1 min over")],
)
def test_a_row_says_how_much_counted_time_is_left_and_whether_it_is_at_risk(minutes: int, shown: str) -> None:
    reported("critical")

    with at(MONDAY + minutes * MINUTE):
        words = words_of(browser_of(StaffFactory(zone="America/New_York")).get("/incidents/"))

    assert shown in words


def test_time_left_is_asked_for_once_however_many_rows_there_are(hana: User) -> None:
    def asked() -> int:
        with at(MONDAY + MINUTE), CaptureQueriesContext(connection) as queries:
            browser_of(hana).get("/incidents/?whose=open")
        return len(queries)

    reported(title="One")
    few = asked()
    for number in range(5):
        reported(title=f"Another {number}")

    assert asked() == few


# ------------------------------------------------------------------------------------------------------- filters


def test_the_queue_narrows_to_what_nobody_has_and_to_my_teams(hana: User, jonas: User) -> None:
    reported(title="Nobody's")
    mine, teams, handed = (reported(title=title) for title in ("Mine", "My team's", "Handed over"))
    assert teams.agreement.team is not None
    teams.agreement.team.members.add(hana)
    second = TeamFactory()
    second.members.add(hana)
    for incident in (mine, teams):
        assign_incident(incident_id=incident.pk, assignee_id=hana.pk, by=hana, now=MONDAY)
    hand_over_incident(incident_id=handed.pk, assignee_id=None, team_id=second.pk, by=jonas, now=MONDAY)

    assert titles(hana, "whose=none") == ["Nobody's", "Handed over"]
    assert titles(hana, "whose=team") == ["My team's", "Handed over"]
    assert titles(hana, "whose=mine") == ["Mine", "My team's"]


def test_the_queue_narrows_to_broken_promises(hana: User) -> None:
    reported("minor", title="In time")
    reported("critical", title="Late", now=MONDAY - HOUR)
    solved = reported("critical", title="Late and solved", now=MONDAY - HOUR)
    flag_waking(now=MONDAY)
    resolve_incident(incident_id=solved.pk, how="fix", body="Done.", by=hana, now=MONDAY + MINUTE)

    assert titles(hana, "breached=on") == ["Late"]


def test_the_queue_narrows_to_whom_is_waited_for(hana: User) -> None:
    for on in ("client", "third_party"):
        incident = reported("minor", title=on)
        wait_for(incident_id=incident.pk, on=on, by=hana, now=MONDAY)
    reported("minor", title="nobody")

    assert titles(hana, "waiting=any") == ["client", "third_party"]
    assert titles(hana, "waiting=client") == ["client"]
    assert titles(hana, "waiting=third_party") == ["third_party"]


def test_the_queue_narrows_to_a_product_and_to_a_problem(hana: User) -> None:
    first, second = reported(title="First"), reported(title="Second")
    link_problem(incident_id=second.pk, problem_ref="PRB-1", title="Cache", by=hana, now=MONDAY)

    assert titles(hana, f"product={first.agreement.product_id}") == ["First"]
    assert titles(hana, "problem=PRB-1") == ["Second"]


@pytest.mark.parametrize(
    "query",
    [
        "problem=PRB-404",
        "waiting=godot",
        "product=999",
        "colour=red",
        "assignee__password=x",
        "whose=me",
        "problem=%00",
    ],
)
def test_a_filter_that_the_queue_does_not_know_is_refused(hana: User, query: str) -> None:
    assert browser_of(hana).get(f"/incidents/?{query}").status_code == 400


# --------------------------------------------------------------------------------------------------- saved views


def save(user: User, query: str = "whose=mine", **fields: Any) -> Any:
    with at(MONDAY):
        return browser_of(user).post(
            "/incidents/views/new/", sending(**{"name": "My criticals", "query": query, **fields}), follow=True
        )


def test_a_view_is_saved_under_a_name_and_stands_above_the_queue(hana: User) -> None:
    response = save(hana, "severity=critical&whose=mine&after=&size=")

    assert SavedView.objects.get().query == "whose=mine&severity=critical"
    assert "Saved as My criticals." in words_of(response)
    assert "My criticals" in words_of(browser_of(hana).get("/incidents/?whose=open"))


def test_a_view_is_its_owners_until_it_is_shared_with_a_team(hana: User, jonas: User) -> None:
    team = TeamFactory(name="Support")
    team.members.add(hana, jonas)
    save(hana)
    before = words_of(browser_of(jonas).get("/incidents/?whose=open"))

    view = SavedView.objects.get()
    browser_of(hana).post(
        f"/incidents/views/{view.pk}/", sending(name="Team's", query=view.query, team=team.pk), follow=True
    )
    shared = words_of(browser_of(jonas).get("/incidents/views/"))

    assert "My criticals" not in before
    assert "Team's Hana Lee shares it with Support" in shared.replace("&#x27;", "'")
    assert browser_of(jonas).get(f"/incidents/views/{view.pk}/").status_code == 404
    assert browser_of(jonas).post(f"/incidents/views/{view.pk}/remove/", sending()).status_code == 404


def test_the_queue_begins_with_the_default_view_and_only_one_is(hana: User) -> None:
    save(hana, is_default="on")
    save(hana, "severity=minor", name="Minor", is_default="on")

    response = browser_of(hana).get("/incidents/")

    assert response.status_code == 302
    assert response["Location"] == "/incidents/?severity=minor"
    assert SavedView.objects.filter(is_default=True).count() == 1


def test_a_name_is_taken_once_by_one_person(hana: User, jonas: User) -> None:
    save(hana)

    again = save(hana)
    save(jonas)

    assert "You have a view called “My criticals”." in words_of(again)
    assert SavedView.objects.count() == 2


def test_a_view_of_a_long_search_leads_back_to_the_whole_of_it(hana: User) -> None:
    query = f"q={quote('é' * 150)}"

    done = browser_of(hana).post("/incidents/views/new/", sending(name="Accents", query=query))

    assert done["Location"] == f"/incidents/?{query}"


def test_a_view_of_what_the_queue_does_not_know_is_refused(hana: User) -> None:
    response = save(hana, "password=x")

    assert "The queue does not know this filter." in words_of(response)
    assert not SavedView.objects.exists()
    assert browser_of(hana).get("/incidents/views/new/?password=x").status_code == 400


def test_a_view_is_not_shared_with_a_team_that_one_is_not_on(hana: User) -> None:
    response = save(hana, team=TeamFactory().pk)

    assert "Choose one of the list." in words_of(response) or "none of the choices" in words_of(response)
    assert not SavedView.objects.exists()


def test_a_view_is_removed_by_its_owner(hana: User) -> None:
    save(hana)
    view = SavedView.objects.get()

    browser_of(hana).post(f"/incidents/views/{view.pk}/remove/", sending())

    assert not SavedView.objects.exists()
    assert "No saved views" in words_of(browser_of(hana).get("/incidents/views/"))


def test_saved_views_cost_the_same_for_few_and_for_many(hana: User) -> None:
    counts = []
    for first in (0, 10):
        for number in range(first, first + 5):
            save_view(by=hana, name=f"View {number}", query="whose=mine")
        browser = browser_of(hana)
        with CaptureQueriesContext(connection) as captured:
            browser.get("/incidents/views/")
            browser.get("/incidents/?whose=open")
        counts.append(len(captured))

    assert counts[0] == counts[1]


# ------------------------------------------------------------------------------------------------------ many at once


def one_by_one() -> AbstractContextManager[None]:
    """Let each incident have its own queries: each is locked, judged and refused by itself."""
    return zeal_ignore()


def bulk(person: User, act: str, incidents: list[Incident], **fields: Any) -> Any:
    """Choose incidents in the queue, confirm, and return what became of them."""
    browser = browser_of(person)
    numbers = [incident.pk for incident in incidents]
    with at(MONDAY + MINUTE), one_by_one():
        asked = browser.get(
            f"/incidents/bulk/{act}/", [("back", "whose=none"), *(("incident", number) for number in numbers)]
        )
        assert asked.status_code == 200
        return browser.post(
            f"/incidents/bulk/{act}/", sending(incident=numbers, back="whose=none", **fields), follow=True
        )


def test_many_are_assigned_at_once_and_each_refusal_says_why(hana: User, jonas: User) -> None:
    first, second, his = (reported(title=title) for title in ("First", "Second", "His"))
    assign_incident(incident_id=his.pk, assignee_id=jonas.pk, by=jonas, now=MONDAY)

    response = bulk(hana, "assign", [first, second, his], assignee=jonas.pk)

    page = words_of(response)
    assert "2 done, 1 refused" in page
    assert f"{his.ref} is assigned to Jonas Lindqvist already." in page
    assert set(Incident.objects.values_list("assignee", flat=True)) == {jonas.pk}
    assert response.context["queue_url"] == "/incidents/?whose=none"


def test_an_assignment_of_many_is_taken_back_but_for_what_was_given_on(hana: User, jonas: User) -> None:
    first, second = reported(title="First"), reported(title="Second")
    done = bulk(hana, "take", [first, second]).context["done"]
    assign_incident(incident_id=second.pk, assignee_id=jonas.pk, by=jonas, now=MONDAY + 2 * MINUTE)

    with at(MONDAY + 3 * MINUTE), one_by_one():
        response = browser_of(hana).post(f"/incidents/bulk/done/{done.pk}/undo/", sending(), follow=True)

    page = words_of(response)
    assert "1 done, 1 refused" in page
    assert f"Jonas Lindqvist assigned {second.ref} since." in page
    assert Incident.objects.get(pk=first.pk).assignee is None
    assert Incident.objects.get(pk=second.pk).assignee == jonas


def test_many_are_linked_to_one_problem(hana: User) -> None:
    incidents = [reported(), reported()]

    response = bulk(hana, "link", incidents, new_problem="PRB-7", problem_title="Full cache")

    assert "2 done" in words_of(response)
    assert {incident.problem.ref for incident in Incident.objects.select_related("problem") if incident.problem} == {
        "PRB-7"
    }


def test_a_colleague_is_let_watch_many(hana: User, jonas: User) -> None:
    response = bulk(hana, "watch", [reported(), reported()], user=jonas.pk)

    assert "2 done" in words_of(response)
    assert Watch.objects.filter(user=jonas).count() == 2


def test_sent_twice_it_acts_once(hana: User) -> None:
    incident = reported()
    form = sending(incident=[incident.pk])
    browser = browser_of(hana)

    with at(MONDAY + MINUTE):
        answers = [browser.post("/incidents/bulk/take/", form) for _ in range(2)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert BulkAct.objects.count() == 1


@pytest.mark.parametrize("numbers", [["x"], ["-1"], ["9" * 40], ["999999999999"], ["\u0661"]])
def test_what_is_no_incident_can_not_be_chosen(hana: User, numbers: list[str]) -> None:
    browser = browser_of(hana)

    asked = browser.get("/incidents/bulk/take/", {"incident": numbers})
    sent = browser.post("/incidents/bulk/take/", sending(incident=numbers))

    assert asked.status_code == 400
    assert "Go back and choose again." in words_of(sent)
    assert not BulkAct.objects.exists()


def test_nothing_chosen_leads_back_to_the_queue_and_says_so(hana: User) -> None:
    response = browser_of(hana).get("/incidents/bulk/take/?back=whose%3Dnone", follow=True)

    assert response.redirect_chain == [("/incidents/?whose=none", 302)]
    assert "No incident is chosen." in words_of(response)


def test_more_than_two_hundred_at_once_are_refused(hana: User) -> None:
    response = browser_of(hana).get("/incidents/bulk/take/", {"incident": [str(number) for number in range(1, 202)]})

    assert response.status_code == 400
    assert "at most 200" in words_of(response)


def test_what_became_of_many_is_told_to_who_asked_for_it_alone(hana: User, jonas: User) -> None:
    done = bulk(hana, "take", [reported()]).context["done"]

    assert browser_of(jonas).get(f"/incidents/bulk/done/{done.pk}/").status_code == 404
    assert browser_of(jonas).post(f"/incidents/bulk/done/{done.pk}/undo/", sending()).status_code == 404


def test_finance_and_clients_choose_nothing() -> None:
    incident = reported()

    finance = browser_of(StaffFactory(role=Role.FINANCE))
    assert "bulk" not in finance.get("/incidents/").content.decode()
    assert finance.post("/incidents/bulk/take/", sending(incident=[incident.pk])).status_code == 403
    assert browser_of(ClientUserFactory()).get("/incidents/bulk/take/").status_code == 404


def test_agreements_are_locked_in_one_order_whatever_order_they_are_chosen_in(hana: User) -> None:
    later, earlier = reported(agreement=AgreementFactory()), reported(agreement=AgreementFactory())

    done = bulk(hana, "take", [earlier, later]).context["done"]

    order = list(done.outcomes.values_list("incident__agreement", flat=True))
    assert order == sorted(order)
