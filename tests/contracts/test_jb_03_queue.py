"""JB-3: requests are worked on in order of importance and receipt; what is due soonest is one click away."""

from __future__ import annotations

import re

from incidents.models import Incident
from tests.contracts.desk import Desk, at
from tests.incidents.pages import browser_of


def shown(desk: Desk, when: str, query: str = "") -> list[str]:
    """Return the titles of the queue's rows, in the order of its page."""
    page = desk.read(when, f"/incidents/{query}", by=desk.manager)
    return re.findall(r'<th scope="row"><a href="/incidents/\d+/" dir="auto">([^<]*)</a>', page)


def test_the_queue_stands_by_severity_then_receipt(jbi: Desk) -> None:
    jbi.report("10:00", "low", title="Low, first")
    jbi.report("10:05", "normal", title="Normal")
    jbi.report("10:10", "critical", title="Critical, later")
    jbi.report("10:15", "high", title="High")
    jbi.report("10:20", "critical", title="Critical, latest")
    jbi.report("10:25", "low", title="Low, later")

    assert shown(jbi, "10:30") == [
        "Critical, later",
        "Critical, latest",
        "High",
        "Normal",
        "Low, first",
        "Low, later",
    ]


def test_the_order_of_receipt_is_that_of_all_clients_together(jbi: Desk, juno: Desk) -> None:
    juno.report("10:00", "major", title="Theirs, first")
    jbi.report("10:05", "high", title="Ours")
    juno.report("10:10", "major", title="Theirs, later")

    assert shown(jbi, "10:30") == ["Theirs, first", "Ours", "Theirs, later"]


def test_another_severity_gives_another_place_and_the_time_of_receipt_stays(jbi: Desk) -> None:
    first = jbi.report("10:00", "low", title="First")
    jbi.report("10:05", "high", title="Second")

    jbi.work("10:10", first, "reclassify", severity="high", reason="It touches everybody.")

    assert shown(jbi, "10:30") == ["First", "Second"]


def test_what_is_solved_leaves_the_queue_and_what_is_reopened_comes_back_to_its_place(jbi: Desk) -> None:
    first = jbi.report("10:00", "high", category="nonconformity", title="First")
    jbi.report("10:05", "high", title="Second")

    jbi.work("10:10", first, "resolve", how="fix", body="Done.")
    solved = shown(jbi, "10:15")
    jbi.send("10:20", f"/support/{first.pk}/reopen/", by=jbi.contact, reason="Not yet.")

    assert solved == ["Second"]
    assert shown(jbi, "10:30") == ["First", "Second"]


def test_what_is_due_soonest_is_one_click_away(jbi: Desk) -> None:
    jbi.report("10:00", "normal", title="Due tomorrow")
    late = jbi.report("10:30", "high", title="Due in two hours")
    jbi.report("10:40", "critical", title="Due in one hour")
    jbi.work("10:45", late, "wait", on="third_party")

    page = jbi.read("10:50", "/incidents/", by=jbi.manager)
    by_due = shown(jbi, "10:50", "?order=due")

    assert '<option value="due">Soonest due</option>' in page
    assert by_due == ["Due in one hour", "Due tomorrow", "Due in two hours"]  # What waits has no due instant.


def test_pages_of_the_queue_go_on_in_the_same_order(jbi: Desk) -> None:
    for minute in range(3):
        jbi.report(f"10:0{minute}", "low", title=f"Low {minute}")
        jbi.report(f"10:0{minute}", "critical", title=f"Critical {minute}")
    browser = browser_of(jbi.manager)

    found: list[str] = []
    address = "/incidents/?whose=open&size=2"
    with at("10:30"):
        while address:
            page = browser.get(address).context["page"]
            found += [incident.title for incident in page.rows]
            address = f"/incidents/{page.next_url}" if page.next else ""

    assert found == ["Critical 0", "Critical 1", "Critical 2", "Low 0", "Low 1", "Low 2"]
    assert Incident.objects.count() == 6
