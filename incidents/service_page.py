"""What the page of a service shows: its days as bars, its months with their minutes, and what the next tier costs.

Nothing is called up that nobody can know: a day before the activation, or on the client's premises, has no data.
Clause: JS-17, JS-18, JS-20, JB-10.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from incidents.models import Outage
from incidents.rules.availability import MonthFigure
from incidents.rules.intervals import ZERO, Intervals
from incidents.rules.months import Month
from incidents.rules.receipts import Row, notice_of, receipt
from incidents.rules.service import Service, excused
from incidents.rules.tiers import HUNDRED, MICROSECOND, Step, current, steps
from portal.contract.terms import AvailabilityTerms, read_duration
from portal.web.figures import NBSP, day_text, duration_text

DAYS = 90
PANELS = 3
BAR, GAP = 7, 3
LONG_DOWN = timedelta(hours=1)
FOUR_DECIMALS = Decimal("0.0001")
HALF = Decimal("0.5")
"""From this share of the allowed downtime on, an unfinished month is at risk."""

MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
STATES = {
    "met": ("f-met", "No downtime"),
    "risk": ("f-risk", "Under 1 h down"),
    "breached": ("f-breached", "1 h and more"),
    "running": ("f-running", "Down, not counted"),
    "void": ("f-closed", "No data"),
}
"""How a day is drawn and called, by its state."""


# -------------------------------------------------------------------------------------------------------------- days


@dataclass(frozen=True, slots=True)
class Day:
    """One local day: what was down and counts, what was down and does not, and which outages it was."""

    on: date
    state: str
    counted: timedelta
    excused: timedelta
    outages: Sequence[str]

    @property
    def word(self) -> str:
        """Its state as a word."""
        return STATES[self.state][1]

    @property
    def title(self) -> str:
        """The day in a sentence, for who points at its bar."""
        parts = [self.word.lower()]
        if self.counted:
            parts = [f"down {duration_text(self.counted)}"]
        if self.excused:
            parts.append(f"{duration_text(self.excused)} not counted")
        return f"{day_text(self.on)}: {', '.join(parts)}"


@dataclass(frozen=True, slots=True)
class Mark:
    """A day's bar in its drawing."""

    fill: str
    x: int
    title: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A third of the days, drawn side by side so that narrow screens stack them."""

    marks: Sequence[Mark]
    first: str
    last: str
    label: str
    width: int


def days_of(service: Service, *, until: datetime) -> list[Day]:
    """Return the last 90 local days up to that of `until`, the oldest first."""
    zone = service.setting.zone
    today = until.astimezone(zone).date()
    counted = Intervals(part for figure in service.figures for part in figure.counted)
    not_counted = excused(service)
    known = Intervals([service.active]) if service.now is not None else Intervals()
    found = []
    for back in range(DAYS - 1, -1, -1):
        on = today - timedelta(days=back)
        start, end = (_midnight(day, service) for day in (on, on + timedelta(days=1)))
        end = min(end, until)
        down, besides = counted.clipped(start, end), not_counted.clipped(start, end)
        outages = [
            outage.ref
            for outage in service.record.outages.values()
            if Intervals([outage.until(until)]).clipped(start, end)
        ]
        state = _state(down.length, besides.length, is_known=bool(known.clipped(start, end)))
        found.append(Day(on, state, down.length, besides.length, sorted(outages)))
    return found


def _midnight(day: date, service: Service) -> datetime:
    return datetime.combine(day, time(), tzinfo=service.setting.zone).astimezone(UTC)


def _state(down: timedelta, not_counted: timedelta, *, is_known: bool) -> str:
    if not is_known:
        return "void"
    if down:
        return "breached" if down >= LONG_DOWN else "risk"
    return "running" if not_counted else "met"


def panels_of(days: Sequence[Day]) -> list[Panel]:
    """Return the drawings of the days."""
    size = -(-len(days) // PANELS)
    return [_panel(days[start : start + size], size) for start in range(0, len(days), size)]


def _panel(days: Sequence[Day], size: int) -> Panel:
    first, last = (day_text(day.on, year=False).partition(NBSP)[2] for day in (days[0], days[-1]))
    counts = [f"{sum(day.state == state for day in days)} {word.lower()}" for state, (_, word) in STATES.items()]
    return Panel(
        marks=[Mark(STATES[day.state][0], place * (BAR + GAP), day.title) for place, day in enumerate(days)],
        first=first,
        last=last,
        label=f"{first} to {last}: days with {', '.join(counts)}",
        width=size * (BAR + GAP) - GAP,
    )


def told(days: Iterable[Day]) -> list[tuple[Day, Day]]:
    """Return the days worth a row of the table, the newest first; days without data as one stretch each."""
    stretches: list[tuple[Day, Day]] = []
    for day in days:
        if day.state == "met":
            continue
        last = stretches[-1] if stretches else None
        if day.state == "void" and last is not None and last[1].state == "void" and day.on - last[1].on == timedelta(1):
            stretches[-1] = last[0], day
        else:
            stretches.append((day, day))
    return stretches[::-1]


# ------------------------------------------------------------------------------------------------------------ months


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a month's receipt in words."""

    row: Row
    why: str


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of a month in words: `98 % to under 99 %`, what it costs, and whether the month lies in it."""

    words: str
    percent: str | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant at which an open outage reaches a worse tier, and that tier."""

    at: datetime
    tier: Tier


@dataclass(frozen=True)
class MonthView:
    """A month of a service, with what stands behind its figure.

    Attributes:
        whole: The month's counted time once it is over; the figure's own when it is.
        left: How much more may be down before the next tier; None in the last one.
        hosted: How long the hosted periods were; `hosted_down` is what of them was down and counts.
        hosted_tier: The tier in which the hosted periods together lie; None without any.
    """

    figure: MonthFigure
    terms: AvailabilityTerms
    whole: timedelta
    lines: Sequence[Line]
    tiers: Sequence[Tier]
    left: timedelta | None
    allowed: timedelta
    deadlines: Sequence[Deadline]
    hosted: timedelta
    hosted_down: timedelta
    hosted_tier: Tier | None

    @property
    def title(self) -> str:
        """Its name: `March 2027`."""
        return month_title(self.figure.month)

    @property
    def base(self) -> timedelta:
        """The time that the percentage is of."""
        return _base(self.figure, self.terms)

    @property
    def taken_out(self) -> timedelta:
        """The scheduled downtime that leaves the month."""
        return self.figure.total.length - self.base

    @property
    def uptime(self) -> str:
        """The availability in percent; '' where no time is counted."""
        return percent_text(self.figure.uptime)

    @property
    def hosted_uptime(self) -> str:
        """The availability of the hosted periods in percent; '' without any."""
        return percent_text(self.figure.hosted_uptime)

    @property
    def state(self) -> str:
        """The state that colours it."""
        if self.figure.uptime is None:
            return "void"
        if not self.figure.partial:
            return "met" if self.figure.met else "breached"
        if self.figure.counted.length > self.allowed:
            return "breached"  # Nothing that is still to come can mend it.
        return "risk" if self.share >= HALF else "running"

    @property
    def current_tier(self) -> Tier:
        """The tier in which the month lies, or would if nothing more were down."""
        return next(tier for tier in self.tiers if tier.is_current)

    @property
    def credited_tier(self) -> Tier:
        """The tier that is credited: the larger of the month's and that of its hosted periods. Clause: JS-20."""
        if self.hosted_tier is None:
            return self.current_tier
        return max(self.current_tier, self.hosted_tier, key=self.tiers.index)

    @property
    def share(self) -> Decimal:
        """The share of the allowed downtime that is used up."""
        return Decimal(self.figure.counted.length // MICROSECOND) / max(self.allowed // MICROSECOND, 1)


def month_title(month: Month) -> str:
    """Return a month's name: `March 2027`."""
    return f"{MONTH_NAMES[month.number - 1]} {month.year}"


def percent_text(share: Fraction | None) -> str:
    """Return a share as `98.7413 %`, four decimals, rounded for display only; '' for none."""
    if share is None:
        return ""
    exact = Decimal(share.numerator * HUNDRED) / Decimal(share.denominator)
    return f"{exact.quantize(FOUR_DECIMALS, rounding=ROUND_HALF_UP)}{NBSP}%"


def _base(figure: MonthFigure, terms: AvailabilityTerms) -> timedelta:
    leaves = terms.scheduled_leaves_total is not None and terms.scheduled_leaves_total.value
    return figure.total.length - (figure.scheduled.length if leaves else ZERO)


def month_view(service: Service, figure: MonthFigure) -> MonthView:
    """Return what stands behind a month's figure."""
    document = service.terms_of(figure.month).document
    terms = document.availability
    assert terms is not None  # noqa: S101  # A figure is made under terms that have it.
    tiers = document.credits.tiers if document.credits is not None else None
    down = figure.counted.length
    whole = _base(figure, terms) + _still_to_come(service, figure)
    found = steps(whole, terms, tiers.value if tiers is not None else None)
    place = current(found, down)
    words = [_tier(found, at, is_current=at == place) for at in range(len(found))]
    hosted = _hosted(service, figure)
    goal = next((step for step in found if step.at_least == terms.target.value), found[0])
    return MonthView(
        figure=figure,
        terms=terms,
        whole=whole,
        lines=[Line(row, _why(row, terms)) for row in receipt(figure, service.record, terms)],
        tiers=words,
        left=found[place].allowed - down if place < len(found) - 1 else None,
        allowed=goal.allowed,
        deadlines=_deadlines(service, figure, terms, found, words),
        hosted=hosted.length,
        hosted_down=(figure.counted & hosted).length,
        hosted_tier=_hosted_tier(figure, found, words) if tiers is not None else None,
    )


def _still_to_come(service: Service, figure: MonthFigure) -> timedelta:
    """Return the rest of an unfinished month, as far as the service will be active."""
    return Intervals([service.active]).clipped(service.until, figure.end).length if figure.partial else ZERO


def _hosted(service: Service, figure: MonthFigure) -> Intervals:
    periods = service.shared.at(service.until).periods
    return Intervals(zip(periods.begins, periods.ends, strict=True)) & figure.total


def _hosted_tier(figure: MonthFigure, found: Sequence[Step], words: Sequence[Tier]) -> Tier | None:
    """Return the tier in which the hosted periods lie, exact at its lower edge as the month's own. Clause: JS-20."""
    uptime = figure.hosted_uptime
    if uptime is None:
        return None
    reached = (at for at, step in enumerate(found) if uptime * HUNDRED >= Fraction(step.at_least))
    return words[next(reached, len(words) - 1)]


def _tier(found: Sequence[Step], place: int, *, is_current: bool) -> Tier:
    step = found[place]
    if place == 0:
        words = f"{step.at_least}{NBSP}% and more"
    elif place == len(found) - 1:
        words = f"under {found[place - 1].at_least}{NBSP}%"
    else:
        words = f"{step.at_least}{NBSP}% to under {found[place - 1].at_least}{NBSP}%"
    return Tier(words, step.percent, is_current)


def _deadlines(
    service: Service, figure: MonthFigure, terms: AvailabilityTerms, found: Sequence[Step], words: Sequence[Tier]
) -> list[Deadline]:
    """Return when an outage that goes on reaches each worse tier; none while it lies in a valid window."""
    going_on = [
        outage
        for outage in service.record.outages.values()
        if outage.end is None and outage.cause in terms.counted_causes.value
    ]
    if not figure.partial or not going_on or service.record.shield(terms).part_at(service.until) is not None:
        return []
    down = figure.counted.length
    reached = [
        (service.until + step.allowed - down, words[place + 1])
        for place, step in enumerate(found[:-1])
        if step.allowed >= down
    ]
    return [Deadline(at, tier) for at, tier in reached if at < figure.end]


def _why(row: Row, terms: AvailabilityTerms) -> str:
    cause = Outage.Cause(row.outage.cause).label
    window = row.window.ref if row.window is not None else ""
    match row.why:
        case "counts":
            return cause
        case "scheduled":
            return f"Scheduled: in {window}"
        case "beyond_allowance":
            amount = duration_text(read_duration("availability.scheduled_allowance", terms.scheduled_allowance))  # type: ignore[arg-type]  # Only terms with an allowance have such rows.
            return f"In {window}, beyond the {amount} of the month"
        case "short_notice":
            notice = duration_text(notice_of(row.window)) if row.window is not None else ""
            return f"In {window}, which is not valid: announced only {notice} before"
        case "cause":
            return f"{cause}: stays in the month, is no downtime"
        case "overlap":
            return "Counted above already"
