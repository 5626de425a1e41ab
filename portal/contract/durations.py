"""Durations as terms write them: ISO 8601, '2 business days', 'next release'. Clause: T-2, T-4, T-9, JS-9."""

from __future__ import annotations

import re
from datetime import timedelta

from portal.contract.calendar import BusinessCalendar, always
from portal.contract.measures import BusinessDays, Duration, Measure, NextRelease

ISO = re.compile(r"P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?", re.ASCII)
DAYS = re.compile(r"(\d{1,4}) business days?", re.ASCII)
NEXT_RELEASE = "next release"
LONGEST = timedelta(days=3660)
REMEDY = "write an ISO 8601 duration such as PT30M, '2 business days' or 'next release'"


class InvalidDuration(ValueError):
    """A text that is no duration; the sentence says what would be."""


def parse_duration(text: str) -> timedelta:
    """Read an ISO 8601 duration of weeks, days, hours, minutes and seconds; a day is 24 hours. Clause: T-9.

    Raises:
        InvalidDuration: Not such a duration, or longer than ten years.
    """
    match = ISO.fullmatch(text)
    if match is None or not any(match.groups()) or text.endswith("T"):
        raise InvalidDuration(f"{text!r} is not a duration: {REMEDY}")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    amount = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if amount > LONGEST:
        raise InvalidDuration(f"{text!r} is longer than ten years: {REMEDY}, up to {LONGEST.days} days")
    return amount


def parse_measure(text: str, *, counted: BusinessCalendar, business: BusinessCalendar) -> Measure:
    """Read what a target allows: an amount on the `counted` calendar, days of the `business` one, or the next release.

    Raises:
        InvalidDuration: The text is none of the three.
    """
    if text == NEXT_RELEASE:
        return NextRelease(always())
    days = DAYS.fullmatch(text)
    if days is not None:
        return BusinessDays(int(days[1]), business)
    return Duration(parse_duration(text), counted)
