"""A slow second opinion on business time: it asks every quarter of an hour whether it is open.

It shares nothing with `portal.contract.calendar`: no compiled list, no bisection, no sums. Every boundary, zone
offset and DST change that the property tests use lies on a quarter of an hour, so a quarter is open or closed
as a whole.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

QUARTER = 900
DAY = timedelta(days=1)
Weekly = dict[int, list[tuple[str, str]]]


class SlowCalendar:
    """Business time by its definition; instants are seconds since 1970, readings are made with fold 0."""

    def __init__(self, zone: str, weekly: Weekly, holidays: Iterable[date] = ()) -> None:
        self.zone = ZoneInfo(zone)
        self.weekly = weekly
        self.holidays = set(holidays)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time in [start, end), end not before start."""
        counted = timedelta(0)
        quarter = int(start.timestamp()) // QUARTER * QUARTER
        while quarter < end.timestamp():
            if self.kind(quarter) == "counted":
                begins, ends = _instant(quarter), _instant(quarter + QUARTER)
                counted += min(ends, end) - max(begins, start)
            quarter += QUARTER
        return counted

    def kind(self, second: int) -> str:
        """Tell what an instant is: counted, closed, or a holiday that would otherwise be open."""
        local = datetime.fromtimestamp(second, self.zone).date()
        for day in (local - DAY, local, local + DAY):
            if self._reads(day, "00:00") <= second < self._reads(day, "24:00") and self.weekly.get(day.weekday()):
                if day in self.holidays:
                    return "holiday"
                if any(
                    self._reads(day, opens) <= second < self._reads(day, closes) for opens, closes in self._row(day)
                ):
                    return "counted"
        return "closed"

    def deadline(self, received: datetime, business_days: int) -> datetime:
        """Return T-4 by its words: the day of receipt, then so many business days on."""
        day = received.astimezone(self.zone).date()
        if not (self._is_business_day(day) and received < self._last_closing(day)):
            day = self._step(day, DAY)
        for _ in range(business_days):
            day = self._step(day, DAY)
        return self._last_closing(day)

    def cutoff(self, on: date, business_days: int) -> datetime:
        """Return T-4 backwards: so many business days before the date, at least one."""
        for _ in range(business_days):
            on = self._step(on, -DAY)
        return self._last_closing(on)

    def _step(self, day: date, by: timedelta) -> date:
        day += by
        while not self._is_business_day(day):
            day += by
        return day

    def _is_business_day(self, day: date) -> bool:
        start, end = self._reads(day, "00:00"), self._reads(day, "24:00")
        return any(self.kind(second) == "counted" for second in range(start, end, QUARTER))

    def _last_closing(self, day: date) -> datetime:
        start, end = self._reads(day, "00:00"), self._reads(day, "24:00")
        return _instant(max(s for s in range(start, end, QUARTER) if self.kind(s) == "counted") + QUARTER)

    def _row(self, day: date) -> list[tuple[str, str]]:
        return self.weekly.get(day.weekday(), [])

    def _reads(self, day: date, clock: str) -> int:
        if clock == "24:00":
            day, clock = day + DAY, "00:00"
        reading = datetime(day.year, day.month, day.day, int(clock[:2]), int(clock[3:]), tzinfo=self.zone, fold=0)
        return int(reading.timestamp())


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
