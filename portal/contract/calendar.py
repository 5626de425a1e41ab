"""Business time: the calendars on which promises are counted. Clause: T-1 to T-4.

A calendar is compiled, when it is first asked, to one sorted list of openings in UTC with the open time that
lies before each. Every question is then a bisection and a subtraction, so a year's span costs what a day's
costs. Everything is counted in UTC: two readings of one zone subtract as wall clocks, and a night of 23 hours
would count 24.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

EARLIEST_YEAR, LATEST_YEAR = 1900, 2500
"""The years that a calendar compiles. Beyond them it refuses: no promise is due there, and a mistyped year
must cost neither minutes nor gigabytes."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_MIDNIGHT = "24:00"
_ZERO = timedelta(0)


class InvalidCalendar(ValueError):
    """A calendar that cannot be counted on; the sentence names the field, the value and the remedy."""


class InvalidInstant(ValueError):
    """An instant without a zone, or one out of the years that are counted; the sentence names the remedy."""


class Span(NamedTuple):
    """A piece [start, end) of time, in UTC: counted, closed, or a holiday that would otherwise be open."""

    start: datetime
    end: datetime
    kind: Literal["counted", "closed", "holiday"]


class BusinessCalendar:
    """Weekly opening hours in a zone, without the holidays. Clause: T-1.

    `weekly` maps weekdays (0 is Monday) to intervals of local time, `{0: [("09:00", "17:00")]}`; "24:00" may
    end one; hours that cross midnight are split there. A boundary inside a DST gap or overlap resolves with
    fold 0, and an interval never leaves its local date. A holiday closes its whole local date.
    `holiday_names` are for the reader: calendars that close on the same dates are equal.

    Instants of any zone are accepted and answered in UTC, exact to the microsecond. One without a zone, or out
    of the years 1900 to 2500, raises InvalidInstant.

    Raises:
        InvalidCalendar: An unknown zone, a weekday, an interval or a holiday that cannot be, or no opening at all.
    """

    __slots__ = ("_hours", "_window", "_zone", "always_open", "holiday_names", "holidays", "weekly", "zone")

    def __init__(
        self,
        zone: str,
        weekly: Mapping[int, Sequence[tuple[str, str]]],
        holidays: Iterable[date] = (),
        *,
        holiday_names: Mapping[date, str] | None = None,
    ) -> None:
        self._zone = _checked_zone(zone)
        self.zone = zone
        self.weekly = _checked_week(weekly)
        self.holidays = _checked_holidays(holidays)
        self.holiday_names = dict(holiday_names or {})
        self.always_open = not self.holidays and all(_is_whole_day(self.weekly.get(day, ())) for day in range(7))
        self._hours = {day: [self._local_hours(*hours) for hours in row] for day, row in self.weekly.items()}
        self._window = _NO_WINDOW

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BusinessCalendar):
            return NotImplemented
        return (self.zone, self.weekly, self.holidays) == (other.zone, other.weekly, other.holidays)

    def __hash__(self) -> int:
        return hash((self.zone, tuple(self.weekly.items()), self.holidays))

    def __repr__(self) -> str:
        return f"BusinessCalendar({self.zone!r}, {self.weekly!r}, <{len(self.holidays)} holidays>)"

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the instant at which `amount` of open time has passed since `start`, in UTC. Clause: T-2.

        What ends exactly at a closing is due at that closing, not at the next opening. Zero returns `start`. A
        negative amount returns the latest instant from which that much open time leads up to `start`.
        """
        start = _in_utc(start)
        if not amount:
            return start
        try:
            if self.always_open:
                return start + amount
            window = self._window
            counted = window.counted(start) + amount
            return window.earliest(counted) if amount > _ZERO else window.latest(counted)
        except OverflowError:
            raise InvalidInstant(f"{start} and {amount} lead out of the calendar: give a smaller amount.") from None
        except LookupError:
            if amount > _ZERO:
                self._compile(start.year - 1, max(start.year, window.last_year) + 1)
            else:
                self._compile(min(start.year, window.first_year) - 1, start.year + 1)
            return self.add(start, amount)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time in [start, end), negative where `end` is the earlier. Clause: T-3."""
        start, end = _in_utc(start), _in_utc(end)
        if self.always_open:
            return end - start
        window = self._window
        try:
            return window.counted(end) - window.counted(start)
        except LookupError:
            self._compile_around(start, end)
            return self.between(start, end)

    def deadline(self, received: datetime, business_days: int) -> datetime:
        """Return the last closing of the Nth business day after the day of receipt, in UTC. Clause: T-4.

        What is received at or after a day's last closing, or on a day without business, is received on the
        next business day. Zero days is the closing of the day of receipt.

        Raises:
            ValueError: A negative number of days.
        """
        received = _in_utc(received)
        _check_count(business_days)
        window = self._window
        try:
            return window.closing_after(received, business_days)
        except LookupError:
            self._compile(received.year - 1, max(received.year, window.last_year) + 1)
            return self.deadline(received, business_days)

    def cutoff(self, on: date, business_days: int) -> datetime:
        """Return the last closing of the Nth business day before the local date `on`, in UTC. Clause: T-4.

        Zero days is the closing of `on` itself, or of the last business day before it where it is none.

        Raises:
            ValueError: A negative number of days.
        """
        _check_count(business_days)
        window = self._window
        try:
            return window.closing_before(on, business_days)
        except LookupError:
            self._compile(min(on.year, window.first_year) - 1, on.year + 1)
            return self.cutoff(on, business_days)

    def is_open(self, at: datetime) -> bool:
        """Tell whether the instant is open time: an opening is, a closing no longer."""
        return self.between(at, _in_utc(at) + timedelta.resolution) > _ZERO

    def local_date(self, at: datetime) -> date:
        """Return the date of the instant in the calendar's zone."""
        try:
            return _in_utc(at).astimezone(self._zone).date()
        except OverflowError:
            raise InvalidInstant(f"{at} has no date in {self.zone}: give a nearer instant.") from None

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Return consecutive pieces that cover [start, end) exactly, no two neighbours of one kind.

        A holiday that would otherwise be open is a piece of its own, from local midnight to local midnight.

        Raises:
            InvalidInstant: The end lies before the start.
        """
        start, end = _in_utc(start), _in_utc(end)
        if end < start:
            raise InvalidInstant(f"The end {end} lies before the start {start}: swap them.")
        if self.always_open:
            return iter([Span(start, end, "counted")] if start < end else [])
        if not (self._window.holds(start) and self._window.holds(end)):
            self._compile_around(start, end)
        return self._window.spans(start, end)

    def _local_hours(self, opens: str, closes: str) -> tuple[time, time | None]:
        return (
            time.fromisoformat(opens).replace(tzinfo=self._zone),
            None if closes == _MIDNIGHT else time.fromisoformat(closes).replace(tzinfo=self._zone),
        )

    def _compile_around(self, start: datetime, end: datetime) -> None:
        self._compile(min(start.year, end.year) - 1, max(start.year, end.year) + 1)

    def _compile(self, first_year: int, last_year: int) -> None:
        """Compile a window that holds these years as well as those known already.

        A window grows by at least its own width, so that many small extensions cost no more than one large one.
        It is replaced as a whole and never changed: threads that share a calendar need no lock.
        """
        if first_year < EARLIEST_YEAR or last_year > LATEST_YEAR:
            raise InvalidInstant(
                f"Business time is counted in the years {EARLIEST_YEAR} to {LATEST_YEAR} and this leads out of them: "
                f"give a nearer instant or a smaller amount."
            )
        known = self._window
        if known is not _NO_WINDOW:
            width = known.last_year - known.first_year + 1
            if first_year < known.first_year:
                first_year = max(EARLIEST_YEAR, min(first_year, known.first_year - width))
            if last_year > known.last_year:
                last_year = min(LATEST_YEAR, max(last_year, known.last_year + width))
            first_year, last_year = min(first_year, known.first_year), max(last_year, known.last_year)
        self._window = self._compiled(first_year, last_year)

    def _compiled(self, first_year: int, last_year: int) -> "_Window":
        day = date(first_year, 1, 1)
        midnight = start = self._midnight(day)
        openings: list[tuple[datetime, datetime]] = []
        holidays: list[Span] = []
        business_days: list[date] = []
        last_closings: list[datetime] = []
        while day.year <= last_year:
            tomorrow = day + timedelta(days=1)
            next_midnight = self._midnight(tomorrow)
            hours = self._hours.get(day.weekday())
            if hours and day in self.holidays:
                _append_joined(holidays, Span(midnight, next_midnight, "holiday"))
            elif hours and (opened := self._openings(day, hours, midnight, next_midnight)):
                openings.extend(opened)
                business_days.append(day)
                last_closings.append(max(closes for _, closes in opened))
            day, midnight = tomorrow, next_midnight
        return _Window.of(first_year, last_year, start, midnight, openings, holidays, business_days, last_closings)

    def _openings(
        self, day: date, hours: list[tuple[time, time | None]], midnight: datetime, next_midnight: datetime
    ) -> list[tuple[datetime, datetime]]:
        """Return the day's openings in UTC, in order.

        A boundary in a gap is moved on by the gap, which can carry it past the next one, past midnight or past
        its own end: such openings are sorted, cut at midnight, or dropped.
        """
        moved = (
            (
                max(midnight, datetime.combine(day, opens).astimezone(UTC)),
                min(next_midnight, datetime.combine(day, closes).astimezone(UTC)) if closes else next_midnight,
            )
            for opens, closes in hours
        )
        return sorted(opening for opening in moved if opening[0] < opening[1])

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(tzinfo=self._zone)).astimezone(UTC)


@cache
def always(zone: str = "UTC") -> BusinessCalendar:
    """Return the 24x7 calendar: every second counts, and local dates are those of the zone. Clause: T-1."""
    return BusinessCalendar(zone, {day: [("00:00", _MIDNIGHT)] for day in range(7)})


@dataclass(frozen=True, slots=True)
class _Window:
    """The openings of some years in UTC, ready to be searched; LookupError means: not within these years.

    `opens` begins and ends with an empty opening at the window's own edges, so that one bisection also tells
    whether an instant is inside. `counted_before[i]` is the open time from the window's start to `opens[i]`,
    and `leads[i]` is `opens[i] - counted_before[i]`: inside that opening, an instant minus its lead is the
    open time so far. Datetimes and timedeltas compare and subtract faster than they convert to integers.
    """

    first_year: int
    last_year: int
    opens: list[datetime]
    closes: list[datetime]
    counted_before: list[timedelta]
    leads: list[datetime]
    holidays: list[Span]
    business_days: list[date]
    last_closings: list[datetime]

    @classmethod
    def of(
        cls,
        first_year: int,
        last_year: int,
        start: datetime,
        end: datetime,
        openings: list[tuple[datetime, datetime]],
        holidays: list[Span],
        business_days: list[date],
        last_closings: list[datetime],
    ) -> "_Window":
        """Join the openings that touch or overlap, and sum up what lies before each."""
        opens, closes = [start], [start]
        for opening, closing in openings:
            if opening <= closes[-1] and len(opens) > 1:
                closes[-1] = max(closes[-1], closing)
            else:
                opens.append(opening)
                closes.append(closing)
        opens.append(end)
        closes.append(end)
        counted_before, counted = [], _ZERO
        for opening, closing in zip(opens, closes, strict=True):
            counted_before.append(counted)
            counted += closing - opening
        leads = [opening - before for opening, before in zip(opens, counted_before, strict=True)]
        return cls(
            first_year, last_year, opens, closes, counted_before, leads, holidays, business_days, last_closings
        )

    def holds(self, instant: datetime) -> bool:
        """Tell whether the instant lies within the window."""
        return 0 < bisect_right(self.opens, instant) < len(self.opens)

    def counted(self, instant: datetime) -> timedelta:
        """Return the open time from the window's start to the instant."""
        index = bisect_right(self.opens, instant)
        if not 0 < index < len(self.opens):
            raise LookupError(instant)
        close = self.closes[index - 1]
        return (instant if instant < close else close) - self.leads[index - 1]

    def earliest(self, counted: timedelta) -> datetime:
        """Return the first instant at which `counted`, more than zero, has passed since the window's start."""
        index = bisect_left(self.counted_before, counted)
        if not 0 < index < len(self.opens):
            raise LookupError(counted)
        return self.leads[index - 1] + counted

    def latest(self, counted: timedelta) -> datetime:
        """Return the last instant at which no more than `counted` has passed since the window's start."""
        index = bisect_right(self.counted_before, counted)
        if not 0 < index < len(self.opens):
            raise LookupError(counted)
        return self.leads[index - 1] + counted

    def closing_after(self, received: datetime, business_days: int) -> datetime:
        """Return the last closing of the Nth business day after the day of receipt.

        The first closing after the instant closes the day of receipt: that the local date is a business day, and
        the instant before its last closing, need no question of their own.
        """
        index = bisect_right(self.last_closings, received) + business_days
        if not self.holds(received) or index >= len(self.last_closings):
            raise LookupError(received)
        return self.last_closings[index]

    def closing_before(self, on: date, business_days: int) -> datetime:
        """Return the last closing of the Nth business day before the date."""
        if business_days:
            index = bisect_left(self.business_days, on) - business_days
        else:
            index = bisect_right(self.business_days, on) - 1
        if not self.first_year <= on.year <= self.last_year or index < 0:
            raise LookupError(on)
        return self.last_closings[index]

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield the pieces of [start, end), both inside the window."""
        openings = slice(bisect_right(self.opens, start) - 1, bisect_left(self.opens, end))
        known = [
            *(Span(*opening, "counted") for opening in zip(self.opens[openings], self.closes[openings], strict=True)),
            *self.holidays[bisect_right(self.holidays, start, key=lambda span: span.end) :],
        ]
        reached = start
        for span in sorted(known):
            if span.start >= end:
                break
            if span.end <= reached:
                continue
            if span.start > reached:
                yield Span(reached, span.start, "closed")
            yield Span(max(span.start, start), min(span.end, end), span.kind)
            reached = span.end
        if reached < end:
            yield Span(reached, end, "closed")


_NO_WINDOW = _Window(LATEST_YEAR, EARLIEST_YEAR, [], [], [], [], [], [], [])
