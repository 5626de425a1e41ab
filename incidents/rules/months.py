"""Calendar months in an agreement's zone. Clause: T-8, T-10."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One calendar month, such as `2026-03`."""

    year: int
    number: int

    @classmethod
    def of(cls, at: datetime, zone: ZoneInfo) -> Month:
        """Return the month in which an instant lies in a zone."""
        local = at.astimezone(zone)
        return cls(local.year, local.month)

    def plus(self, months: int) -> Month:
        """Return the month that many months later, or earlier."""
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, index + 1)

    def start(self, zone: ZoneInfo) -> datetime:
        """Return its first instant in a zone, in UTC; a month with a DST change is an hour longer or shorter."""
        return datetime(self.year, self.number, 1, tzinfo=zone).astimezone(UTC)

    def end(self, zone: ZoneInfo) -> datetime:
        """Return the instant at which it is over, in UTC."""
        return self.plus(1).start(zone)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """Yield the months from the first to the last, both included."""
    while first <= last:
        yield first
        first = first.plus(1)


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, clamped to its last. Clause: JS-13."""
    target = Month(day.year, day.month).plus(months)
    following = target.plus(1)
    last = date.fromordinal(date(following.year, following.number, 1).toordinal() - 1).day
    return date(target.year, target.number, min(day.day, last))
