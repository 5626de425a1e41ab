"""JB-5: the resolution clock starts once the fault is reproduced and ends at a fix or a work-around."""

from __future__ import annotations

import pytest

from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import Line, event, judged, ny, reported


def reproduced(at: str) -> Line:
    """Staff saw it."""
    return event(at, "reproduced")


def test_until_then_there_is_no_resolution_clock() -> None:
    case = judged(reported("10:00"), until="03-09 10:00", terms="jbi-support")

    assert case.targets() == [("response", 1)]


def test_it_starts_at_the_reproduction() -> None:
    case = judged(reported("10:00"), reproduced("14:00"), terms="jbi-support")

    clock = case.clock("resolution")
    assert (clock.started_at, clock.due_at) == (ny("14:00"), ny("03-03 14:00"))


def test_reproduced_twice_the_first_time_counts() -> None:
    case = judged(reported("10:00"), reproduced("14:00"), reproduced("16:00"), terms="jbi-support")

    assert case.clock("resolution").started_at == ny("14:00")


@pytest.mark.parametrize("by", ["fix", "workaround"])
def test_it_ends_at_fix_or_workaround(by: str) -> None:
    case = judged(reported("10:00"), reproduced("10:30"), event("03-03 10:30", "resolved", by=by), terms="jbi-support")

    assert case.state("resolution") == "met"


def test_resolved_without_a_reproduction_there_never_was_a_clock() -> None:
    case = judged(reported("10:00"), event("10:30", "resolved"), reproduced("11:00"), terms="jbi-support")

    assert case.targets() == [("response", 1)]
    assert case.state("response") == "met"


def test_reopened_a_reproduced_fault_needs_no_second_reproduction() -> None:
    case = judged(
        reported("10:00"),
        reproduced("10:30"),
        event("11:00", "resolved"),
        event("12:00", "reopened"),
        terms="jbi-support",
    )

    assert case.due("resolution", 2) == ny("03-03 12:00")


def test_reopened_an_unreproduced_fault_starts_its_clock_at_the_reproduction() -> None:
    case = judged(
        reported("10:00"), event("11:00", "resolved"), event("12:00", "reopened"), terms="jbi-support", until="13:00"
    )
    later = judged(
        reported("10:00"),
        event("11:00", "resolved"),
        event("12:00", "reopened"),
        reproduced("14:00"),
        terms="jbi-support",
    )

    assert {target for target, _ in case.targets()} == {"response"}
    assert [ordinal for target, ordinal in later.targets() if target == "resolution"] == [1]
    assert later.clock("resolution").started_at == ny("14:00")


def test_a_change_of_severity_before_the_reproduction_starts_nothing() -> None:
    changed = event("10:30", "reclassified", severity="normal")

    before = judged(reported("10:00"), changed, terms="jbi-support")
    after = judged(reported("10:00"), changed, reproduced("11:00"), terms="jbi-support")

    assert before.targets() == [("response", 1)]
    assert after.due("resolution") == ny("03-09 17:00")


def test_a_contract_that_counts_from_the_report_does_not_wait_for_it() -> None:
    case = judged(reported("10:00"), reproduced("11:00"))

    assert case.clock("resolution").started_at == ny("10:00")


# ------------------------------------------------------------------------------------------------------ in the portal


def test_on_the_page_the_reproduction_starts_the_clock_and_until_then_it_says_why_there_is_none(jbi: Desk) -> None:
    incident = jbi.report("10:00")
    page = jbi.read("10:01", f"/incidents/{incident.pk}/", by=jbi.manager)

    jbi.work("14:00", incident, "reproduced")

    assert "reproduced it" in page
    assert "JB-5" in page
    assert clock_of(incident, "resolution").due_at == ny("03-03 14:00")


@pytest.mark.parametrize("how", ["fix", "workaround"])
def test_on_the_page_fix_and_workaround_end_it_alike(jbi: Desk, how: str) -> None:
    incident = jbi.report("10:00")
    jbi.work("10:30", incident, "reproduced")

    jbi.work("12:00", incident, "resolve", how=how, body="Use the other door.", no_downtime="One page alone failed.")
    jbi.flag("03-05 12:00")

    resolution = clock_of(incident, "resolution")
    assert (resolution.started_at, resolution.met_at, resolution.state) == (ny("10:30"), ny("12:00"), "met")
