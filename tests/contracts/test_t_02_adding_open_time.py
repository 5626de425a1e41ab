"""T-2: due is the instant at which the amount of open time has passed."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.contracts.judging import event, judged, ny, reported


def due_of_an_hour(at: str) -> datetime | None:
    """When one hour of New York's business time is due that began at `at`."""
    return judged(reported(at), terms="jbi-support").due("response")


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("09:00", "10:00"),
        ("08:59:59", "10:00"),
        ("03-07 12:00", "03-09 10:00"),
        ("17:00", "03-03 10:00"),
        ("16:59:59", "03-03 09:59:59"),
        ("16:00:00.000001", "03-03 09:00:00.000001"),
    ],
)
def test_counting_outside_open_time_begins_at_the_next_opening(start: str, due: str) -> None:
    assert due_of_an_hour(start) == ny(due)


def test_an_amount_that_ends_exactly_at_a_closing_is_due_at_that_closing() -> None:
    assert due_of_an_hour("16:00") == ny("17:00")


def test_a_whole_day_of_support_time_that_began_at_the_opening_is_due_at_the_closing() -> None:
    case = judged(reported("08:00"), event("08:30", "reproduced"), terms="jbi-support", until="17:00")

    assert case.due("resolution") == ny("17:00")
    assert case.state("resolution") == "running"


def test_zero_returns_the_start_also_outside_open_time() -> None:
    case = judged(
        reported("08:30"),
        event("10:00", "waiting", on="client"),
        event("20:00", "resumed"),
        terms="jbi-support",
        until="20:00",
    )

    assert case.due("response") == ny("20:00")
    assert case.state("response") == "running"


@pytest.mark.parametrize(
    ("start", "due"),
    [("03-07 12:00", "03-08 13:00"), ("10-31 12:00", "11-01 11:00")],
    ids=["the night of 23 hours", "the night of 25 hours"],
)
def test_a_day_is_24_real_hours_over_a_change_of_the_clocks(start: str, due: str) -> None:
    case = judged(reported(start, severity="major"))

    assert case.due("resolution") == ny(due)


def test_business_hours_are_the_local_ones_on_both_sides_of_the_change() -> None:
    case = judged(reported("03-06 16:00", severity="high"), event("03-06 16:00", "reproduced"), terms="jbi-support")

    assert case.due("response") == ny("03-09 10:00")
    assert case.due("resolution") == ny("03-10 16:00") == datetime.fromisoformat("2026-03-10T20:00:00Z")
