"""The openings of some years, compiled for search."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import accumulate
from operator import attrgetter
from typing import Literal, NamedTuple


class Span(NamedTuple):
    """A piece [start, end) of time, in UTC: counted, closed, or a holiday that would otherwise be open."""

    start: datetime
    end: datetime
    kind: Literal["counted", "closed", "holiday"]


class OutsideWindowError(Exception):
    """The answer lies outside the years that are compiled so far."""


class Window:
    """The openings of some years in UTC, ready to be searched.

    `opens` starts and ends with the window's own edges, so that one bisection also tells whether an instant is
    inside. `counted_before[i]` is the open time from the window's start to `opens[i]`, and `leads[i]` is
    `opens[i] - counted_before[i]`: inside that opening, an instant minus its lead is the open time so far.
    Datetimes are kept, not integers: they compare and subtract faster than they convert.
    """

    __slots__ = ("business_days", "closes", "counted_before", "holidays", "last_closings", "leads", "opens", "years")

    def __init__(
        self,
        years: range,
        start: datetime,
        end: datetime,
        openings: list[tuple[datetime, datetime]],
        holidays: list[tuple[datetime, datetime]],
        last_closings: dict[date, datetime],
    ) -> None:
        joined = _joined([(start, start), *openings])
        self.years = years
        self.opens = [*(opening for opening, _ in joined), end]
        self.closes = [*(closing for _, closing in joined), end]
        lengths = (closing - opening for opening, closing in joined)
        self.counted_before = list(accumulate(lengths, initial=timedelta(0)))
        self.leads = [opening - before for opening, before in zip(self.opens, self.counted_before, strict=True)]
        self.holidays = [Span(midnight, next_midnight, "holiday") for midnight, next_midnight in _joined(holidays)]
        self.business_days = list(last_closings)
        self.last_closings = list(last_closings.values())

    def holds(self, instant: datetime) -> bool:
        """Tell whether the instant lies within the window."""
        return self.opens[0] <= instant < self.opens[-1]

    def is_open(self, instant: datetime) -> bool:
        """Tell whether an instant inside the window is open time."""
        return instant < self.closes[bisect_right(self.opens, instant) - 1]

    def counted(self, instant: datetime) -> timedelta:
        """Return the open time from the window's start to the instant."""
        index = bisect_right(self.opens, instant)
        if not 0 < index < len(self.opens):
            raise OutsideWindowError
        close = self.closes[index - 1]
        return (instant if instant < close else close) - self.leads[index - 1]

    def earliest(self, counted: timedelta) -> datetime:
        """Return the first instant at which `counted`, more than zero, has passed since the window's start."""
        index = bisect_left(self.counted_before, counted)
        if index == len(self.opens):
            raise OutsideWindowError
        return self.leads[index - 1] + counted

    def latest(self, counted: timedelta) -> datetime:
        """Return the last instant at which `counted`, less than all, has passed since the window's start."""
        index = bisect_right(self.counted_before, counted)
        if index == 0:
            raise OutsideWindowError
        return self.leads[index - 1] + counted

    def closing_after(self, received: datetime, business_days: int) -> datetime:
        """Return the last closing of the Nth business day after the day of receipt.

        The first last closing after the instant is that of the day of receipt: whether the local date is a
        business day and the instant before its closing needs no question of its own.
        """
        index = bisect_right(self.last_closings, received) + business_days
        if not self.holds(received) or index >= len(self.last_closings):
            raise OutsideWindowError
        return self.last_closings[index]

    def closing_before(self, on: date, business_days: int) -> datetime:
        """Return the last closing of the Nth business day before the date; zero may be the date's own."""
        if business_days:
            index = bisect_left(self.business_days, on) - business_days
        else:
            index = bisect_right(self.business_days, on) - 1
        if on.year not in self.years or index < 0:
            raise OutsideWindowError
        return self.last_closings[index]

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield the pieces of [start, end), which is not empty and inside the window."""
        first, stop = bisect_right(self.opens, start) - 1, bisect_left(self.opens, end)
        hours = zip(self.opens[first:stop], self.closes[first:stop], strict=True)
        counted = [Span(opening, closing, "counted") for opening, closing in hours]
        first = bisect_right(self.holidays, start, key=attrgetter("end"))
        stop = bisect_left(self.holidays, end, key=attrgetter("start"))
        reached = start
        for span in sorted(counted + self.holidays[first:stop]):
            if span.end <= reached:
                continue
            if span.start > reached:
                yield Span(reached, span.start, "closed")
            reached = min(span.end, end)
            yield Span(max(span.start, start), reached, span.kind)
        if reached < end:
            yield Span(reached, end, "closed")


def _joined(pieces: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return the pieces, given in order, with those that touch or overlap made one."""
    joined: list[tuple[datetime, datetime]] = []
    for start, end in pieces:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
