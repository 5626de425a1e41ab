"""T-9: a week without 'business' is 7 times 24 hours on a clock that never closes."""

from __future__ import annotations

import pytest

from tests.contracts.judging import event, judged, ny, reported


@pytest.mark.parametrize(
    ("answered", "due"),
    [("03-09 10:00", "03-16 10:00"), ("03-04 10:00", "03-11 11:00"), ("10-28 10:00", "11-04 09:00")],
    ids=["an even week", "the week of 167 hours", "the week of 169 hours"],
)
def test_a_week_ends_after_168_hours_whatever_the_wall_says(answered: str, due: str) -> None:
    case = judged(reported(answered, severity="minor"), event(answered, "responded"))

    assert case.due("contact") == ny(due)


def test_a_week_counts_weekends_nights_and_holidays() -> None:
    case = judged(reported("12-21 20:00", severity="minor"), event("12-21 20:00", "responded"))

    assert case.due("contact") == ny("12-28 20:00")


def test_days_without_business_in_an_override_are_calendar_days() -> None:
    overrides = {"severities": {"major": {"resolution": "P2D"}}}

    case = judged(reported("03-07 12:00", severity="major"), overrides=overrides)

    assert case.due("resolution") == ny("03-09 13:00")
