"""Sets of half-open intervals [start, end) of instants in UTC, sorted and merged. Clause: T-5, JS-17."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime]

ZERO = timedelta(0)


class Intervals:
    """A set of instants as merged intervals: a minute counts once, however often it is named."""

    __slots__ = ("parts",)

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        parts: list[Interval] = []
        for start, end in sorted(intervals):
            if start >= end:
                continue
            if parts and start <= parts[-1][1]:
                parts[-1] = parts[-1][0], max(parts[-1][1], end)
            else:
                parts.append((start, end))
        self.parts = tuple(parts)

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __and__(self, other: Intervals) -> Intervals:
        found: list[Interval] = []
        mine, theirs = iter(self.parts), iter(other.parts)
        a, b = next(mine, None), next(theirs, None)
        while a is not None and b is not None:
            start, end = max(a[0], b[0]), min(a[1], b[1])
            if start < end:
                found.append((start, end))
            if a[1] <= b[1]:
                a = next(mine, None)
            else:
                b = next(theirs, None)
        return Intervals(found)

    def __or__(self, other: Intervals) -> Intervals:
        return Intervals((*self.parts, *other.parts))

    def __sub__(self, other: Intervals) -> Intervals:
        left: list[Interval] = []
        cuts, place = other.parts, 0
        for start, end in self.parts:
            while place < len(cuts) and cuts[place][1] <= start:
                place += 1
            position, ahead = start, place
            while ahead < len(cuts) and cuts[ahead][0] < end:
                if position < cuts[ahead][0]:
                    left.append((position, cuts[ahead][0]))
                position = cuts[ahead][1]
                ahead += 1
            if position < end:
                left.append((position, end))
        return Intervals(left)

    def part_at(self, at: datetime) -> Interval | None:
        """Return the interval that an instant lies in."""
        place = bisect_right(self.parts, at, key=_start_of) - 1
        return self.parts[place] if place >= 0 and at < self.parts[place][1] else None

    def holds(self, start: datetime, end: datetime) -> bool:
        """Return whether [start, end) lies inside, wholly."""
        part = self.part_at(start)
        return part is not None and end <= part[1]

    def clipped(self, start: datetime, end: datetime) -> Intervals:
        """Return the part inside [start, end)."""
        return self & Intervals([(start, end)])

    @property
    def length(self) -> timedelta:
        """The sum of the lengths."""
        return sum((end - start for start, end in self.parts), ZERO)

    def first(self, amount: timedelta) -> tuple[Intervals, datetime | None]:
        """Return the part that uses up `amount` in order of time, and the instant at which it is used up, if ever."""
        taken: list[Interval] = []
        left = amount
        for start, end in self.parts:
            if end - start >= left:
                taken.append((start, start + left))
                return Intervals(taken), start + left
            taken.append((start, end))
            left -= end - start
        return Intervals(taken), None


def _start_of(part: Interval) -> datetime:
    return part[0]
