"""What a calendar may be made of: a zone, weekly hours, holidays. All else is refused with a sentence."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MIDNIGHT = "24:00"
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class InvalidCalendar(ValueError):
    """A calendar that cannot be counted on; the sentence names the field, the value and the remedy."""


def checked_zone(zone: str) -> ZoneInfo:
    """Return the zone of that IANA name."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        raise InvalidCalendar(f"zone {_shown(zone)} is unknown: give an IANA name, such as 'Europe/London'.") from None


def checked_week(weekly: Mapping[int, Sequence[tuple[str, str]]]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Return the days that open, from Monday on, with their intervals in order."""
    for day in weekly:
        if type(day) is not int or day not in range(7):
            raise InvalidCalendar(f"weekly names the weekday {_shown(day)}: give 0 for Monday to 6 for Sunday.")
    week = {day: _checked_day(day, weekly[day]) for day in sorted(weekly) if weekly[day]}
    if not week:
        raise InvalidCalendar(f"weekly is {_shown(dict(weekly))} and never opens: give one day an interval at least.")
    return week


def is_whole_day(hours: Sequence[tuple[str, str]]) -> bool:
    """Tell whether a day's checked intervals leave no minute closed."""
    return (
        bool(hours)
        and (hours[0][0], hours[-1][1]) == ("00:00", MIDNIGHT)
        and all(closes == opens for (_, closes), (opens, _) in pairwise(hours))
    )


def checked_holidays(holidays: Iterable[date]) -> frozenset[date]:
    """Return the dates; an instant would never equal one, so none may pass for one."""
    checked = frozenset(holidays)
    for holiday in checked:
        if type(holiday) is not date:
            raise InvalidCalendar(f"holidays has {_shown(holiday)}: give dates without a time.")
    return checked


def _checked_day(day: int, intervals: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    name = f"weekly of {_WEEKDAYS[day]}"
    for interval in intervals:
        if not _is_interval(interval):
            raise InvalidCalendar(
                f"{name} has the interval {_shown(interval)}: give two times 'HH:MM', the end up to '24:00'."
            )
    checked = sorted((opens, closes) for opens, closes in intervals)
    for opens, closes in checked:
        if opens == closes:
            raise InvalidCalendar(f"{name} has the empty interval {opens} to {closes}: leave it out or end it later.")
        if opens > closes:
            raise InvalidCalendar(
                f"{name} has the interval {opens} to {closes}, which crosses midnight: split it at midnight, "
                f"{opens} to {MIDNIGHT} here and the rest on {_WEEKDAYS[(day + 1) % 7]}."
            )
    for (opens, closes), (next_opens, next_closes) in pairwise(checked):
        if next_opens < closes:
            raise InvalidCalendar(
                f"{name} has {opens} to {closes} and {next_opens} to {next_closes}, which overlap: "
                f"make them one, or start the second at {closes} or later."
            )
    return tuple(checked)


def _is_interval(value: object) -> bool:
    if not isinstance(value, (list, tuple)) or len(value) != 2 or not all(isinstance(time, str) for time in value):
        return False
    return bool(_TIME.fullmatch(value[0])) and bool(_TIME.fullmatch(value[1]) or value[1] == MIDNIGHT)


def _shown(value: object) -> str:
    """Return the value as a sentence can bear it: quoted, and cut when long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
