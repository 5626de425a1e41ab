"""JS-13: critical incidents of one problem that follow one another within three calendar months are recurring."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest

from incidents.models import Problem
from incidents.rules.recurrence import Occurrence, recurrences, within_months
from tests.contracts.desk import Desk
from tests.contracts.judging import ny

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("earlier", "later", "recurs"),
    [
        ("03-02 10:00", "06-02 23:59:59", True),
        ("03-02 10:00", "06-03 00:00", False),
        ("03-31 23:59", "06-30 23:59", True),  # June has no 31st: the month's end is meant.
        ("03-31 23:59", "07-01 00:00", False),
    ],
)
def test_three_months_by_local_dates_to_the_end_of_the_day(earlier: str, later: str, recurs: bool) -> None:
    assert within_months(ny(earlier), ny(later), 3, NEW_YORK) is recurs


def test_each_later_one_names_the_earlier_ones_within_the_months_before_it() -> None:
    occurrences = [
        Occurrence("C", ny("07-01 10:00")),
        Occurrence("A", ny("03-02 10:00")),
        Occurrence("B", ny("05-02 10:00")),
    ]

    assert recurrences(occurrences, 3, NEW_YORK) == {"B": ["A"], "C": ["B"]}


# ------------------------------------------------------------------------------------------------------ in the portal


def problem_page(desk: Desk, when: str) -> str:
    page = desk.read(when, f"/problems/{Problem.objects.get().pk}/", by=desk.manager)
    return " ".join(re.sub(r"<[^>]*>", "", page).split())


def test_the_problems_page_shows_what_came_back_and_after_which(juno: Desk) -> None:
    first = juno.report("03-02 10:00", category="nonconformity", title="First")
    again = juno.report("06-02 10:00", category="nonconformity", title="Again")
    for incident in (first, again):
        juno.work("06-02 11:00", incident, "link", new_problem="PRB-1", problem_title="Full cache")

    page = problem_page(juno, "06-02 12:00")

    assert "Critical again within 3 months counts as recurring JS-13" in page
    assert f"Again {again.ref}" in page
    assert f"after {first.ref} of Mon 2 Mar" in page.replace("\xa0", " ")


def test_what_was_not_critical_when_it_closed_is_not_shown_as_recurring(juno: Desk) -> None:
    first = juno.report("10:00", category="nonconformity")
    again = juno.report("11:00", category="nonconformity")
    for incident in (first, again):
        juno.work("12:00", incident, "link", new_problem="PRB-1", problem_title="Full cache")

    juno.work("12:10", again, "reclassify", severity="major", reason="One page alone.")

    assert "Nothing came back" in problem_page(juno, "12:20")


def test_terms_without_the_clause_know_no_recurrence(jbi: Desk) -> None:
    for when in ("10:00", "11:00"):
        incident = jbi.report(when, category="nonconformity")
        jbi.work("12:00", incident, "link", new_problem="PRB-1", problem_title="Full cache")

    assert "Nothing came back" in problem_page(jbi, "12:20")
