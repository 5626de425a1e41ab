"""T-4: N business days are counted by days; the deadline is the last closing of the Nth day after the receipt."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.contract.terms import read_terms
from tests.contracts.judging import event, judged, ny, reported


def due_of_one_day(at: str, **header: Any) -> Any:
    """When the answer to a minor incident is due."""
    return judged(reported(at, severity="minor"), **header).due("response")


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("09:00", "03-03 17:00"),
        ("16:59:59.999999", "03-03 17:00"),
        ("17:00", "03-04 17:00"),
        ("00:00", "03-03 17:00"),
        ("03-06 16:59:59", "03-09 17:00"),
        ("03-06 17:00", "03-10 17:00"),
        ("03-07 12:00", "03-10 17:00"),
        ("03-08 23:59:59", "03-10 17:00"),
        ("07-02 10:00", "07-06 17:00"),
        ("07-03 10:00", "07-07 17:00"),
        ("12-31 16:59", "2027-01-04 17:00"),
    ],
)
def test_the_day_of_receipt_ends_at_its_last_closing(received: str, due: str) -> None:
    assert due_of_one_day(received) == ny(due)


def test_the_last_closing_counts_where_a_day_has_two_openings() -> None:
    week = {str(day): [["09:00", "12:00"], ["13:00", "18:00"]] for day in range(5)}
    calendar = {"weekly": week}

    assert due_of_one_day("12:30", overrides={"calendar": calendar}) == ny("03-03 18:00")
    assert due_of_one_day("17:59", overrides={"calendar": calendar}) == ny("03-03 18:00")
    assert due_of_one_day("18:00", overrides={"calendar": calendar}) == ny("03-04 18:00")


def test_the_local_date_is_the_calendars_and_not_the_clients() -> None:
    tokyo = {"zone": "Asia/Tokyo"}

    assert due_of_one_day("03-02 04:00", overrides={"calendar": tokyo}) == ny("03-04 03:00")  # Mon 18:00 there.
    assert due_of_one_day("03-02 04:00", timezone="Asia/Tokyo") == ny("03-03 17:00")


@pytest.mark.parametrize(
    ("days", "due"),
    [("0 business days", "17:00"), ("1 business day", "03-03 17:00"), ("5 business days", "03-09 17:00")],
)
def test_zero_days_is_the_closing_of_the_day_of_receipt(days: str, due: str) -> None:
    overrides = {"severities": {"minor": {"response": days}}}

    assert due_of_one_day("10:00", overrides=overrides) == ny(due)


def test_days_are_never_eight_hours_each() -> None:
    late = judged(reported("16:59", severity="normal"), event("16:59", "reproduced"), terms="jbi-support")
    early = judged(reported("09:00", severity="normal"), event("09:00", "reproduced"), terms="jbi-support")

    assert late.due("resolution") == early.due("resolution") == ny("03-09 17:00")


@pytest.mark.parametrize(
    ("on", "days", "closing"),
    [
        (date(2026, 3, 12), 3, "03-09 17:00"),
        (date(2026, 3, 9), 3, "03-04 17:00"),
        (date(2026, 3, 8), 1, "03-06 17:00"),
        (date(2026, 7, 6), 1, "07-02 17:00"),
    ],
)
def test_backwards_it_is_the_last_closing_of_the_nth_business_day_before(on: date, days: int, closing: str) -> None:
    calendar = read_terms("juno-implementation").business

    assert calendar.cutoff(on, days) == ny(closing)
