"""Durations as terms write them. Clause: T-2, T-4, T-9, JS-9."""

from datetime import timedelta

import pytest

from portal.contract.calendar import BusinessCalendar, always
from portal.contract.durations import InvalidDuration, parse_duration, parse_measure
from portal.contract.measures import BusinessDays, Duration, NextRelease

OFFICE = BusinessCalendar("America/New_York", {day: [("09:00", "17:00")] for day in range(5)})
ALL_TIME = always()


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("PT30M", timedelta(minutes=30)),
        ("PT90M", timedelta(minutes=90)),
        ("PT24H", timedelta(hours=24)),
        ("PT45S", timedelta(seconds=45)),
        ("PT1H30M5S", timedelta(hours=1, minutes=30, seconds=5)),
        ("P1D", timedelta(hours=24)),
        ("P1W", timedelta(hours=168)),
        ("P14D", timedelta(days=14)),
        ("P1W2DT3H", timedelta(days=9, hours=3)),
        ("PT0S", timedelta(0)),
        ("P3660D", timedelta(days=3660)),
    ],
)
def test_a_duration_is_weeks_days_hours_minutes_and_seconds(text: str, amount: timedelta) -> None:
    assert parse_duration(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "1H",
        "30M",
        "PT30",
        "pt30m",
        " PT30M",
        "PT30M ",
        "PT30M\n",
        "-PT30M",
        "PT-30M",
        "+PT30M",
        "PT0.5H",
        "PT1M1H",
        "P1Y",
        "P1M",
        "P1H",
        "PT٣M",
        "PT1e3S",
        "PT9999999999S",
    ],
)
def test_what_is_no_duration_is_refused_with_one_that_is(text: str) -> None:
    with pytest.raises(InvalidDuration, match="is not a duration: write an ISO 8601 duration such as PT30M") as refusal:
        parse_duration(text)

    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize("text", ["P3660DT1S", "P99999W", "PT999999999S"])
def test_a_duration_of_more_than_ten_years_is_refused(text: str) -> None:
    with pytest.raises(InvalidDuration, match=f"'{text}' is longer than ten years"):
        parse_duration(text)


def test_a_plain_duration_runs_on_the_counted_calendar() -> None:
    assert parse_measure("PT8H", counted=ALL_TIME, business=OFFICE) == Duration(timedelta(hours=8), ALL_TIME)
    assert parse_measure("PT8H", counted=OFFICE, business=OFFICE) == Duration(timedelta(hours=8), OFFICE)


@pytest.mark.parametrize(("text", "days"), [("0 business days", 0), ("1 business day", 1), ("10 business days", 10)])
def test_business_days_run_on_the_business_calendar_whatever_is_counted(text: str, days: int) -> None:
    assert parse_measure(text, counted=ALL_TIME, business=OFFICE) == BusinessDays(days, OFFICE)


def test_the_next_release_is_a_measure_on_all_time() -> None:
    assert parse_measure("next release", counted=OFFICE, business=OFFICE) == NextRelease(always())


@pytest.mark.parametrize(
    "text", ["-1 business days", "1.5 business days", "2 days", "two business days", "2  business days", "Next Release"]
)
def test_what_is_no_measure_is_refused_with_the_three_that_are(text: str) -> None:
    with pytest.raises(InvalidDuration, match="such as PT30M, '2 business days' or 'next release'") as refusal:
        parse_measure(text, counted=ALL_TIME, business=OFFICE)

    assert repr(text) in str(refusal.value)
