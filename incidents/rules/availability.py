"""Availability by the month: what was down, what counts of it, and what follows. Exact, never in floats.

Clause: JS-17, JS-18, JB-10, JB-11, T-8.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from incidents.rules.findings import Finding
from incidents.rules.intervals import Interval, Intervals
from incidents.rules.months import Month, months_between
from portal.contract import events as e
from portal.contract.clock import Clock
from portal.contract.events import as_utc
from portal.contract.explain import duration_text
from portal.contract.measures import Duration, Promise
from portal.contract.money import Money
from portal.contract.terms import AvailabilityTerms, Terms, read_duration

HUNDRED = Fraction(100)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage as last recorded. An open one has no end."""

    ref: str
    start: datetime
    end: datetime | None
    cause: str
    notified_at: datetime

    def until(self, until: datetime) -> Interval:
        """Return its interval as far as it is known at `until`."""
        return self.start, min(self.end, until) if self.end is not None else until


@dataclass(frozen=True, slots=True)
class Window:
    """A maintenance window as last announced."""

    ref: str
    start: datetime
    end: datetime
    announced_at: datetime
    agreed: bool


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """One month: lengths of time, and the uptime as an exact fraction of 1; None without counted time.

    Attributes:
        total: The month as far as it is over and the service was active.
        counted: What was down and counts.
        scheduled: What was down in valid windows, within the month's allowance.
    """

    month: Month
    end: datetime
    partial: bool
    total: Intervals
    counted: Intervals
    scheduled: Intervals
    uptime: Fraction | None
    hosted_uptime: Fraction | None
    target: str
    met: bool
    outages: tuple[str, ...]


@dataclass(slots=True)
class Record:
    """Outages and windows of an agreement as its events left them, with what was said of them at the time."""

    outages: dict[str, Outage] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _shields: dict[int, tuple[AvailabilityTerms, Intervals]] = field(default_factory=dict)

    def take(self, event: e.Event, terms: AvailabilityTerms) -> None:
        """Take one event over. Clause: JS-17, JS-18, JB-10."""
        match event:
            case e.OutageRecorded():
                start = as_utc(event.start)
                self.outages[event.outage] = Outage(
                    event.outage,
                    start,
                    as_utc(event.end) if event.end is not None else None,
                    event.cause,
                    as_utc(event.notified_at) if event.notified_at is not None else start,
                )
            case e.MaintenanceAnnounced():
                window = Window(
                    event.maintenance, as_utc(event.start), as_utc(event.end), as_utc(event.at), event.agreed
                )
                self.windows[event.maintenance] = window
                self._shields.clear()
                if not event.agreed and window.start - window.announced_at < _notice(terms):
                    message = f"Announced less than {duration_text(_notice(terms))} before it starts, and not agreed."
                    self.findings.append(
                        Finding(
                            window.announced_at,
                            f"maintenance:{window.ref}",
                            "scheduled_downtime_notice",
                            terms.notice.clause,
                            message,
                        )
                    )
            case e.MaintenanceCancelled():
                self.windows.pop(event.maintenance, None)
                self._shields.clear()

    def shielding(self, terms: AvailabilityTerms) -> list[Window]:
        """Return the windows in which downtime is scheduled. Clause: JS-18, JB-10."""
        if terms.short_notice.value == "flagged":
            return [window for window in self.windows.values() if window.announced_at < window.start]
        notice = _notice(terms)
        return [
            window for window in self.windows.values() if window.agreed or window.start - window.announced_at >= notice
        ]

    def shield(self, terms: AvailabilityTerms) -> Intervals:
        """Return the time in which downtime is scheduled."""
        known = self._shields.get(id(terms))
        if known is None:
            shield = Intervals((window.start, window.end) for window in self.shielding(terms))
            # The terms are kept beside it: while they are, no others can have their id.
            known = self._shields[id(terms)] = terms, shield
        return known[1]

    def is_shielded(self, outage: Outage, terms: AvailabilityTerms, *, until: datetime) -> bool:
        """Return whether an outage lies wholly inside valid windows, by what is known at `until`.

        An open one does as long as its window lasts, the window's end included. Clause: JS-18.
        """
        start, end = outage.until(until)
        shield = self.shield(terms)
        return shield.holds(start, end) if start < end else shield.part_at(start) is not None


def _notice(terms: AvailabilityTerms) -> timedelta:
    return read_duration("availability.notice", terms.notice)


def outage_clock(outage: Outage, record: Record, terms: Terms, *, until: datetime) -> Clock | None:
    """Return the clock of an unscheduled outage's end, void where it lies inside a window; None where none is promised.

    Clause: JS-18.
    """
    availability = terms.document.availability
    if availability is None or availability.outage_resolution is None:
        return None
    shielded = record.is_shielded(outage, availability, until=until)
    value = availability.outage_resolution
    measure = Duration(read_duration("availability.outage_resolution", value), terms.counted)
    clock = Clock("outage_resolution", 1, outage.notified_at, Promise(measure, value.clause), reason="notified")
    if shielded or outage.cause == "force_majeure":
        clock.void(outage.notified_at, "announced maintenance" if shielded else "force majeure")
        return clock
    ended = outage.end if outage.end is not None and outage.end <= until else None
    clock.pass_time(max(ended, outage.notified_at) if ended is not None else until)
    if ended is not None:
        clock.meet(max(ended, outage.notified_at))
    return clock


class Availability:
    """The months of an agreement's service, from the first that its history touches to the one of `until`.

    `active` is the time for which the service runs under the agreement; None where a history does not tell.
    """

    def __init__(
        self,
        record: Record,
        hosted: Iterable[Interval],
        *,
        zone: ZoneInfo,
        until: datetime,
        active: Interval | None = None,
    ) -> None:
        self.record = record
        self.active = active
        self.hosted = Intervals(hosted)
        self.zone = zone
        self.until = until
        self.findings: list[Finding] = []

    def figure(self, month: Month, terms: AvailabilityTerms) -> MonthFigure:
        """Return one month's figure. Clause: JS-17, JS-18, JB-10."""
        start, over = month.start(self.zone), month.end(self.zone)
        end = min(over, self.until)
        total = Intervals([(start, end)])
        if self.active is not None:
            total &= Intervals([self.active])
        counting = [outage for outage in self.record.outages.values() if outage.cause in terms.counted_causes.value]
        down = Intervals(outage.until(self.until) for outage in counting) & total
        scheduled = down & self.record.shield(terms)
        if terms.scheduled_allowance is not None:
            allowance = read_duration("availability.scheduled_allowance", terms.scheduled_allowance)
            allowed, used_up_at = scheduled.first(allowance)
            if used_up_at is not None and scheduled - allowed:
                self._flag_allowance(used_up_at, terms)
            scheduled = allowed
        counted = down - scheduled
        leaves = bool(terms.scheduled_leaves_total and terms.scheduled_leaves_total.value)
        uptime = _uptime(total, counted, scheduled if leaves else Intervals())
        hosted = self.hosted & total
        hosted_uptime = None
        met = uptime is None or uptime * HUNDRED >= Fraction(terms.target.value)
        if hosted and terms.hosted_target is not None:
            hosted_uptime = _uptime(hosted, counted & hosted, (scheduled & hosted) if leaves else Intervals())
            met = met and (hosted_uptime is None or hosted_uptime * HUNDRED >= Fraction(terms.hosted_target.value))
        touched = sorted(
            (outage.start, outage.ref) for outage in counting if Intervals([outage.until(self.until)]) & counted
        )
        return MonthFigure(
            month,
            over,
            over > self.until,
            total,
            counted,
            scheduled,
            uptime,
            hosted_uptime,
            terms.target.value,
            met,
            tuple(f"outage:{ref}" for _, ref in touched),
        )

    def _flag_allowance(self, at: datetime, terms: AvailabilityTerms) -> None:
        windows = [window for window in self.record.shielding(terms) if window.start < at <= window.end]
        subject = f"maintenance:{windows[-1].ref}" if windows else "agreement"
        clause = terms.scheduled_allowance.clause if terms.scheduled_allowance is not None else "JS-18"
        message = "The month's scheduled downtime is used up; what follows counts as downtime."
        self.findings.append(Finding(at, subject, "scheduled_downtime_allowance", clause, message))


def _uptime(total: Intervals, counted: Intervals, scheduled: Intervals) -> Fraction | None:
    base = (total.length - scheduled.length) // MICROSECOND
    return Fraction(base - counted.length // MICROSECOND, base) if base > 0 else None


def termination_rights(
    figures: Iterable[tuple[MonthFigure, AvailabilityTerms]], *, refund_on: RefundOn | None, zone: ZoneInfo
) -> Iterator[Finding]:
    """Yield the right to terminate at the end of each bad month that makes enough of them, each with its own terms.

    Clause: JB-11.
    """
    bad: list[Month] = []
    for figure, terms in figures:
        if figure.partial or figure.met or terms.termination_months is None or terms.termination_window_months is None:
            continue
        bad.append(figure.month)
        first = figure.month.plus(1 - terms.termination_window_months.value)
        window = [month for month in bad if month >= first]
        if len(window) >= terms.termination_months.value:
            refund = refund_on(figure.end.astimezone(zone).date()) if refund_on is not None else None
            yield Finding(
                figure.end,
                "agreement",
                "termination_right",
                terms.termination_months.clause,
                f"{len(window)} months under {terms.target.value} % in {terms.termination_window_months.value}: "
                "the client may end the order form.",
                {"months": [str(month) for month in window], "refund": None if refund is None else str(refund)},
            )


@dataclass(frozen=True, slots=True)
class RefundOn:
    """The pro-rata refund of what was prepaid for a term, both days included. Clause: JB-11."""

    prepaid: Money
    starts: date
    ends: date

    def __call__(self, day: date) -> Money:
        """Return the refund for an end on a day: prepaid x (last day - day + 1) / (days of the term)."""
        return Money.rounded(Fraction(self.prepaid.amount) * self.days_left(day) / self.days, self.prepaid.currency)

    @property
    def days(self) -> int:
        """How many days the term has."""
        return (self.ends - self.starts).days + 1

    def days_left(self, day: date) -> int:
        """Return how many days of the term are left from a day on, that day included."""
        return min(max((self.ends - day).days + 1, 0), self.days)


def month_range(first: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Month]:
    """Yield the months from that of the first instant to that of `until`; one that begins at `until` is not begun."""
    last = Month.of(until, zone)
    if last.start(zone) == until:
        last = last.plus(-1)
    return months_between(Month.of(first, zone), last)
