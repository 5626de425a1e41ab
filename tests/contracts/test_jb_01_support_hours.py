"""JB-1: support hours are 9-17 in New York, Monday to Friday, without federal holidays."""

from __future__ import annotations

import pytest

from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import event, judged, ny, reported


@pytest.mark.parametrize(
    ("start", "response", "resolution"),
    [
        ("10:00", "11:00", "03-03 10:00"),
        ("16:30", "03-03 09:30", "03-03 16:30"),
        ("03-06 16:30", "03-09 09:30", "03-09 16:30"),
        ("07-02 16:30", "07-06 09:30", "07-06 16:30"),
        ("11-25 16:30", "11-27 09:30", "11-27 16:30"),
    ],
    ids=["inside", "over the night", "over the weekend", "over Independence Day", "over Thanksgiving"],
)
def test_only_support_hours_count(start: str, response: str, resolution: str) -> None:
    case = judged(reported(start), event(start, "reproduced"), terms="jbi-support")

    assert case.due("response") == ny(response)
    assert case.due("resolution") == ny(resolution)


def test_the_hours_that_did_not_count_are_shown_with_the_clause_that_closes_them() -> None:
    case = judged(reported("11-25 16:30"), terms="jbi-support")

    parts = [(part.kind, part.start, part.clause) for part in case.why("response").segments if part.start != part.end]
    assert [kind for kind, _, _ in parts] == ["counted", "closed", "holiday", "closed", "counted"]
    assert {clause for kind, _, clause in parts if kind != "counted"} == {"JB-1"}


# ------------------------------------------------------------------------------------------------------ in the portal


def test_the_flagger_waits_for_the_support_hours(jbi: Desk) -> None:
    incident = jbi.report("03-06 16:30")

    jbi.flag("03-08 12:00")
    over_the_weekend = clock_of(incident, "response").state
    jbi.flag("03-09 09:30")

    assert over_the_weekend == "running"
    assert clock_of(incident, "response").breached_at == ny("03-09 09:30")


def test_both_sides_read_that_the_night_and_the_weekend_did_not_count_and_by_which_clause(jbi: Desk) -> None:
    incident = jbi.report("03-06 16:30")

    for address, reader in (("incidents", jbi.manager), ("support", jbi.contact)):
        page = jbi.read("03-06 16:45", f"/{address}/{incident.pk}/why/response/1/", by=reader)

        assert "Closed" in page
        assert "JB-1" in page


def test_what_is_reported_in_the_evening_is_due_from_the_next_morning(jbi: Desk) -> None:
    incident = jbi.report("03-05 20:00")

    assert clock_of(incident, "response").due_at == ny("03-06 10:00")
    assert "10:00" in jbi.read("03-05 20:01", f"/support/{incident.pk}/", by=jbi.contact)
