"""The calendar itself: what it is made of, and the questions that it answers.

A calendar is compiled, when it is first asked, to one sorted list of openings in UTC with the open time that
lies before each. Every question is then a bisection and a subtraction, so a year's span costs what a day's
costs. Everything is counted in UTC: two readings of one zone subtract as wall clocks, and a night of 23 hours
would count 24.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from portal.contract.calendar.hours import MIDNIGHT, checked_holidays, checked_week, checked_zone, is_whole_day
from portal.contract.calendar.window import OutsideWindowError, Span, Window

# No promise is due outside these years, and a mistyped one must cost neither minutes nor gigabytes.
_YEARS = range(1900, 2501)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_WINDOW = Window(range(_YEARS.stop, _YEARS.start), _EPOCH, _EPOCH, [], [], {})
_ZERO = timedelta(0)
_DAY = timedelta(days=1)


class InvalidInstant(ValueError):
    """An instant without a zone, or one out of the years that are counted; the sentence names the remedy."""


class BusinessCalendar:
    """Weekly opening hours in a zone, without the holidays. Clause: T-1.

    `weekly` maps weekdays (0 is Monday) to intervals of local time, `{0: [("09:00", "17:00")]}`; "24:00" may
    end one; hours that cross midnight are split there. A boundary inside a DST gap or overlap resolves with
    fold 0, and an interval never leaves its local date. A holiday closes its whole local date.
    `holiday_names` are for the reader: calendars that close on the same dates are equal. `open_week` is how long a week
    without a holiday is open.

    Instants of any zone are accepted and answered in UTC, exact to the microsecond. One without a zone, or out
    of the years 1901 to 2499, raises InvalidInstant.

    Raises:
        InvalidCalendar: An unknown zone, a weekday, an interval or a holiday that cannot be, or no opening at all.
    """

    __slots__ = (
        "_hours",
        "_window",
        "_zone",
        "always_open",
        "holiday_names",
        "holidays",
        "open_week",
        "weekly",
        "zone",
    )

    def __init__(
        self,
        zone: str,
        weekly: Mapping[int, Sequence[tuple[str, str]]],
        holidays: Iterable[date] = (),
        *,
        holiday_names: Mapping[date, str] | None = None,
    ) -> None:
        self._zone = checked_zone(zone)
        self.zone = zone
        self.weekly = checked_week(weekly)
        self.holidays = checked_holidays(holidays)
        self.holiday_names = dict(holiday_names or {})
        self.always_open = not self.holidays and all(is_whole_day(self.weekly.get(day, ())) for day in range(7))
        self._hours = {
            day: [(_since_midnight(opens), _since_midnight(closes)) for opens, closes in hours]
            for day, hours in self.weekly.items()
        }
        self.open_week = sum((closes - opens for hours in self._hours.values() for opens, closes in hours), _ZERO)
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
        if start.tzinfo is not UTC:
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
        except OutsideWindowError:
            if amount > _ZERO:
                self._compile(start.year - 1, max(start.year + 2, window.years.stop + 1))
            else:
                self._compile(min(start.year, window.years.start) - 1, start.year + 2)
            return self.add(start, amount)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time in [start, end), negative where `end` is the earlier. Clause: T-3."""
        if start.tzinfo is not UTC or end.tzinfo is not UTC:  # The engine's own are, and spared two calls.
            start, end = _in_utc(start), _in_utc(end)
        if self.always_open:
            return end - start
        window = self._window
        try:
            return window.counted(end) - window.counted(start)
        except OutsideWindowError:
            self._window_around(start, end)
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
        except OutsideWindowError:
            self._compile(received.year - 1, max(received.year + 2, window.years.stop + 1))
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
        except OutsideWindowError:
            self._compile(min(on.year, window.years.start) - 1, on.year + 2)
            return self.cutoff(on, business_days)

    def is_open(self, at: datetime) -> bool:
        """Tell whether the instant is open time: an opening is, a closing no longer."""
        at = _in_utc(at)
        return self.always_open or self._window_around(at, at).is_open(at)

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
        if start == end:
            return iter(())
        if self.always_open:
            return iter((Span(start, end, "counted"),))
        return self._window_around(start, end).spans(start, end)

    def _window_around(self, start: datetime, end: datetime) -> Window:
        window = self._window
        if window.holds(start) and window.holds(end):
            return window
        return self._compile(min(start.year, end.year) - 1, max(start.year, end.year) + 2)

    def _compile(self, first_year: int, stop_year: int) -> Window:
        """Compile a window of the years [first_year, stop_year) and of those known already.

        A window grows by at least its own width, so that many small extensions cost no more than one large one.
        It is replaced as a whole and never changed: threads that share a calendar need no lock.
        """
        if first_year < _YEARS.start or stop_year > _YEARS.stop:
            reached = first_year + 1 if first_year < _YEARS.start else stop_year - 2
            raise InvalidInstant(
                f"Business time is counted in the years {_YEARS[1]} to {_YEARS[-2]} and this leads to {reached}: "
                f"give a nearer instant or a smaller amount."
            ) from None
        known = self._window.years
        if known and first_year < known.start:
            first_year = max(_YEARS.start, min(first_year, known.start - len(known)))
        if known and stop_year > known.stop:
            stop_year = min(_YEARS.stop, max(stop_year, known.stop + len(known)))
        years = range(min(first_year, known.start), max(stop_year, known.stop))
        self._window = window = self._compiled(years)
        return window

    def _compiled(self, years: range) -> Window:
        day, stop = date(years.start, 1, 1), date(years.stop, 1, 1)
        midnight = start = self._midnight(day)
        openings: list[tuple[datetime, datetime]] = []
        holidays: list[tuple[datetime, datetime]] = []
        last_closings: dict[date, datetime] = {}
        while day < stop:
            tomorrow = day + _DAY
            next_midnight = self._midnight(tomorrow)
            # A zone that crosses the date line leaves a day out, and what never was is no holiday either.
            if day.weekday() in self._hours and midnight < next_midnight:
                if day in self.holidays:
                    holidays.append((midnight, next_midnight))
                elif opened := self._openings(day, midnight, next_midnight):
                    openings += opened
                    last_closings[day] = max(closing for _, closing in opened)
            day, midnight = tomorrow, next_midnight
        return Window(years, start, midnight, openings, holidays, last_closings)

    def _openings(self, day: date, midnight: datetime, next_midnight: datetime) -> list[tuple[datetime, datetime]]:
        """Return the openings of a local date, in UTC and in order.

        A date of 24 hours has one offset: no zone changes its clocks twice within two days. On another, a boundary
        in a gap is moved on by the gap, which can carry it past the next boundary, past midnight or past its own
        end: such openings are sorted, cut at midnight, or dropped.
        """
        hours = self._hours[day.weekday()]
        if next_midnight - midnight == _DAY:
            return [(midnight + opens, midnight + closes) for opens, closes in hours]
        wall = datetime.combine(day, time(tzinfo=self._zone))  # What is added moves the hands, not the time.
        moved = (
            (max(midnight, (wall + opens).astimezone(UTC)), min(next_midnight, (wall + closes).astimezone(UTC)))
            for opens, closes in hours
        )
        return sorted(opening for opening in moved if opening[0] < opening[1])

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(tzinfo=self._zone)).astimezone(UTC)


@cache
def always(zone: str = "UTC") -> BusinessCalendar:
    """Return the 24x7 calendar: every second counts, and local dates are those of the zone. Clause: T-1."""
    return BusinessCalendar(zone, {day: [("00:00", MIDNIGHT)] for day in range(7)})


def _since_midnight(clock: str) -> timedelta:
    hours, minutes = clock.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _in_utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise InvalidInstant(f"{instant} has no zone: give an offset, such as {instant}Z for UTC.")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise InvalidInstant(f"{instant} cannot be told in UTC: give a nearer instant.") from None


def _check_count(business_days: int) -> None:
    if business_days < 0:
        raise ValueError(f"business_days is {business_days}: give zero or more.")
