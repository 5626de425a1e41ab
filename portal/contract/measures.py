"""What a promise allows: an amount of open time, a count of business days, or the wait for the next release.

Instants are UTC. Clause: T-2, T-4, JS-9.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.contract.calendar import BusinessCalendar


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount of open time of a calendar. Clause: T-2."""

    amount: timedelta
    calendar: BusinessCalendar

    def due(self, start: datetime) -> datetime:
        """Return the instant at which the amount has passed since `start`."""
        return self.calendar.add(start, self.amount)

    def total(self, start: datetime, due: datetime) -> timedelta:
        """Return the counted time between start and due, pauses left out."""
        return self.amount


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """A count of business days, due at a closing. Clause: T-4."""

    days: int
    calendar: BusinessCalendar

    def due(self, start: datetime) -> datetime:
        """Return the last closing of the Nth business day after the day of receipt."""
        return self.calendar.deadline(start, self.days)

    def total(self, start: datetime, due: datetime) -> timedelta:
        """Return the open time up to the closing: what a clock by days has to spend."""
        return self.calendar.between(start, due)


@dataclass(frozen=True, slots=True)
class NextRelease:
    """Until the next release of the product, whenever that is. Clause: JS-9."""

    calendar: BusinessCalendar


Measure = Duration | BusinessDays | NextRelease


@dataclass(frozen=True, slots=True)
class Promise:
    """A target as it stands in the terms: how long, for which severity, by which clause."""

    measure: Measure
    clause: str
    severity: str | None = None
    hosted: bool = False


@dataclass(frozen=True, slots=True)
class Releases:
    """The effective instants of the releases known at a moment, ascending. Clause: JS-9."""

    instants: tuple[datetime, ...] = ()

    def after(self, at: datetime) -> datetime | None:
        """Return the first release strictly after `at`, or None where none is planned."""
        index = bisect_right(self.instants, at)
        return self.instants[index] if index < len(self.instants) else None
