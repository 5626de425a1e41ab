"""What a quote is worth, and until when. Clause: JS-2, JB-14."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.contract.money import Money

LONGEST_VALIDITY = timedelta(days=366)
"""A quote that holds for longer than a year is a slip of the finger."""

MOST_HOURS = 10_000


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """A sum for the whole work, however long it takes."""

    money: Money


@dataclass(frozen=True, slots=True)
class HoursAtRate:
    """So many minutes at a rate of the card, which holds on the day of the quote; the product is the most it costs."""

    minutes: int
    rate: str


Price = FixedPrice | HoursAtRate


def end_of(day: date, zone: str) -> datetime:
    """Return the first instant after a day in a zone, UTC: what is valid until that day is valid before it."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
