"""Why each deadline of an incident is what it is: the parts that add up, the clauses, and what could move it.

The parts come from `portal.contract.explain`, out of the same fold as the due instant; here they get their words.
Clause: T-2 to T-7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from incidents.bars import Bar, Part, bar
from incidents.cards import VOID_REASONS
from incidents.standing import Standing
from portal.clocks.notices import INTERNAL_TARGETS
from portal.clocks.words import promised_words, target_label
from portal.contract.clock import Clock
from portal.contract.explain import Segment, explain, measure_text
from portal.contract.measures import BusinessDays, NextRelease, Promise
from portal.contract.terms import Value, clause_texts
from portal.contract.turns import Applied, Replanned
from portal.web.figures import duration_text
from portal.web.words import severity_sign

ZERO = timedelta(0)
TURNS = frozenset({"started", "severity", "hosted", "release"})
CLOSED = frozenset({"closed", "holiday"})

STARTS = {
    "reported": "Reported",
    "response": "The first response was given, so the next update is due",
    "update": "An update was given, so the next one is due",
    "reproduced": "The fault was reproduced, so the clock starts",
    "diagnostics complete": "The diagnostics were complete, so the clock starts",
    "reopened": "Reopened, so a new clock starts",
}
PAUSES = {
    "Waiting for the client": "Waiting for you",
    "Waiting for information from the client": "Waiting for information from you",
}
"""What staff read, and what the client reads instead."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of `components/_why_table.html`; see there."""

    segment: str
    start: datetime
    end: datetime | None
    text: str
    clause: str
    counted: timedelta | None


@dataclass(frozen=True, slots=True)
class Assumption:
    """Where the contract is silent or can be read in two ways: the terms' word for it, why, and the clause."""

    word: str
    text: str
    clause: str


@dataclass(frozen=True, slots=True)
class Mover:
    """Something that would move the deadline."""

    icon: str
    title: str
    text: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one clock is due when it is."""

    title: str
    clock: Clock
    state: str
    allows: str
    calendar: str
    rows: Sequence[Row]
    bar: Bar | None
    total: timedelta | None
    counted: timedelta
    assumptions: Sequence[Assumption]
    clauses: Sequence[tuple[str, str]]
    movers: Sequence[Mover] = field(default_factory=list)
    void_reason: str = ""

    @property
    def key(self) -> str:
        """The clock's name in addresses and anchors."""
        return f"{self.clock.target}-{self.clock.ordinal}"

    @property
    def tense(self) -> str:
        """Whether its due instant still lies ahead of what was promised: `is` or `was`."""
        return "is" if self.clock.open else "was"

    @property
    def adds_up_label(self) -> str:
        """What the parts add up to, in words."""
        severity = f" for {self.clock.promise.severity} severity" if self.clock.promise.severity else ""
        return f"Adds up to the target{severity}" if self.total is not None else "Until the next release"


def reason_of(standing: Standing, target: str, ordinal: int, *, for_staff: bool) -> Reason | None:
    """Return why one clock is due when it is; None where there is none.

    Thresholds of credits are for staff alone until they are crossed: then they cost something, and the client sees why.
    """
    clock = standing.state.clocks.get((target, ordinal))
    if clock is None or (target in INTERNAL_TARGETS and not for_staff and clock.breached_at is None):
        return None
    return _reason(clock, standing, for_staff=for_staff)


def reasons(standing: Standing) -> list[Reason]:
    """Return the explanation of an incident's clocks for staff, what is still owed first, thresholds of credits last.

    Updates that were given in time are left out: `kept_updates` names them.
    """
    shown = [clock for clock in standing.state.clocks.values() if not _is_kept_update(clock)]
    shown.sort(key=lambda clock: (clock.target in INTERNAL_TARGETS, not clock.unmet, clock.due_at or standing.at))
    return [_reason(clock, standing, for_staff=True) for clock in shown]


def kept_updates(standing: Standing) -> list[Clock]:
    """Return the clocks of updates that were given in time, the latest first."""
    return [clock for clock in reversed(standing.state.clocks.values()) if _is_kept_update(clock)]


def _is_kept_update(clock: Clock) -> bool:
    return clock.target == "contact" and clock.state == "met"


def _reason(clock: Clock, standing: Standing, *, for_staff: bool) -> Reason:
    plan = standing.state.plan
    explained = explain(clock, until=standing.at, clauses=plan.clauses, calendar_clause=plan.calendar_clause)
    rows = list(_rows(clock, explained.segments, standing, for_staff=for_staff))
    calendar, calendar_clause = _calendar(clock, standing)
    clauses = [row.clause for row in rows] + [clock.promise.clause, calendar_clause]
    texts = clause_texts()
    rows = _in_whole_seconds(rows)
    return Reason(
        title=target_label(clock.target, clock.ordinal) if for_staff else promised_words(clock.target),
        clock=clock,
        state=clock.state,
        allows=explained.total_text,
        calendar=calendar,
        rows=rows,
        bar=_bar(rows, clock),
        total=explained.total,
        counted=sum((row.counted for row in rows if row.segment == "counted" and row.counted), ZERO),
        assumptions=list(_assumptions(clock, standing)),
        clauses=[(name, texts[name]) for name in dict.fromkeys(clauses) if name in texts],
        movers=list(_movers(clock, standing, for_staff=for_staff)) if clock.open else [],
        void_reason=VOID_REASONS.get(clock.void_reason, clock.void_reason),
    )


# ------------------------------------------------------------------------------------------------ the parts, in words


def _rows(clock: Clock, segments: Sequence[Segment], standing: Standing, *, for_staff: bool) -> Iterator[Row]:
    turns = iter([_turn_words(turn) for turn in clock.log if isinstance(turn, Applied | Replanned)])
    stands_at = clock.met_at or clock.void_at or standing.at
    for part in segments:
        length = timedelta(seconds=part.seconds)
        if part.kind in TURNS:
            yield Row("turn", part.start, None, next(turns), part.clause, None)
        elif part.kind == "left":
            yield Row("left", part.start, None, part.text, part.clause, length)
        elif part.kind == "counted" and part.end is not None:
            yield from _counted(clock, part, stands_at)
        elif part.kind in CLOSED:
            yield Row("closed", part.start, part.end, _closed_words(clock, part), part.clause, ZERO)
        else:
            words = part.text if for_staff else PAUSES.get(part.text, part.text)
            words = f"{words}, until now" if part.end is None and clock.open else words
            yield Row("paused", part.start, part.end, words, part.clause, ZERO)


def _counted(clock: Clock, part: Segment, stands_at: datetime) -> Iterator[Row]:
    """Yield a counted part, cut where the clock stands: at its end what was still left."""
    assert part.end is not None  # noqa: S101  # Counted parts have ends; only open pauses have none.
    cut = min(max(stands_at, part.start), part.end)
    if cut > part.start:
        text = "Counted" if cut == part.end else _until_words(clock)
        yield Row("counted", part.start, cut, text, part.clause, cut - part.start)
    if cut < part.end:
        text = "Left" if clock.open else "Left when it ended"
        yield Row("left", cut, part.end, text, part.clause, part.end - cut)


def _until_words(clock: Clock) -> str:
    if clock.met_at is not None:
        return "Counted until it was kept"
    return "Counted until it was void" if clock.void_at is not None else "Counted until now"


def _closed_words(clock: Clock, part: Segment) -> str:
    if part.kind == "holiday":
        name = clock.calendar.holiday_names.get(clock.calendar.local_date(part.start))
        return f"Closed: {name}" if name else "Closed: holiday"
    assert part.end is not None  # noqa: S101
    first, last = clock.calendar.local_date(part.start), clock.calendar.local_date(part.end)
    weekly = clock.calendar.weekly
    idle = any(not weekly.get((first + timedelta(days=day)).weekday()) for day in range((last - first).days + 1))
    return "Closed: night and days without business" if idle else "Closed: night"


def _in_whole_seconds(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with their counted time in whole seconds that still add up to the sum.

    Each is told as the difference of the rounded sums before and after it, so that no fraction is lost on the way.
    """
    told: list[Row] = []
    exact = shown = ZERO
    for row in rows:
        if row.counted is None:
            told.append(row)
            continue
        exact += row.counted
        rounded = timedelta(seconds=round(exact.total_seconds()))
        told.append(replace(row, counted=rounded - shown))
        shown = rounded
    return told


def _bar(rows: Sequence[Row], clock: Clock) -> Bar | None:
    """Return the rows as a bar to scale. A pause that goes on has no length yet, and no end to draw to."""
    if clock.total is None or clock.paused_by:
        return None
    parts = [
        Part(
            row.segment,
            row.start,
            row.end - row.start if row.end is not None else ZERO,
            f"{row.text} {duration_text(row.counted)}" if row.counted else row.text,
        )
        for row in rows
        if row.segment != "turn"
    ]
    return bar(parts, zone=ZoneInfo(timezone.get_current_timezone_name()), running=clock.open)


def _turn_words(turn: Applied | Replanned) -> str:
    if isinstance(turn, Replanned):
        return "The plan of releases changed"
    words = measure_text(turn.promise)
    if turn.how == "start":
        began = STARTS.get(turn.reason, turn.reason[:1].upper() + turn.reason[1:])
        during = " in a hosted period" if turn.promise.hosted else ""
        severity = f" as {turn.promise.severity}" if turn.reason == "reported" and turn.promise.severity else ""
        return f"{began}{severity}{during}: {words}"
    if turn.how == "hosted":
        kept = f"{words} from here" if turn.moved else f"{words} from here would be later, so the old due stands"
        return f"The hosted period begins: {kept}"
    change = turn.reason[:1].upper() + turn.reason[1:]
    if isinstance(turn.promise.measure, NextRelease):
        return f"{change}: until the next release"
    if turn.how == "upward":
        kept = (
            f"{words} from here, it is sooner"
            if turn.moved
            else f"{words} from here would be later, so the old due stands"
        )
        return f"{change}: {kept}"
    kept = f"{words} from the start, it is later" if turn.moved else f"{words} would be sooner, so the old due stands"
    return f"{change}: {kept}"


# --------------------------------------------------------------------------------------------------- where it is from


def _calendar(clock: Clock, standing: Standing) -> tuple[str, str]:
    """Return the calendar on which the clock counts, in words, and its clause. Clause: T-1."""
    calendar = standing.terms.document.calendar
    if clock.calendar.always_open:
        return "Every hour counts, day and night.", standing.support.counted.clause
    days = sorted({day for day, hours in calendar.weekly.items() if hours})
    hours = sorted({f"{opens} to {closes}" for spans in calendar.weekly.values() for opens, closes in spans})
    when = "Monday to Friday" if days == ["0", "1", "2", "3", "4"] else f"{len(days)} days a week"
    country = ", without US federal holidays" if calendar.country == "US" else ""
    zone = calendar.zone.replace("_", " ")
    return f"Business hours count: {when}, {' and '.join(hours)}, {zone}{country}.", calendar.clause


def _assumptions(clock: Clock, standing: Standing) -> Iterator[Assumption]:
    """Yield where the contract is silent or can be read in two ways, with the word that the terms use for it."""
    for value in _values(clock.promise, clock.target, standing):
        if value.basis != "stated":
            yield Assumption(value.basis, value.note or _PLAIN[value.basis], value.clause)
    calendar = standing.terms.document.calendar
    counts_days = isinstance(clock.promise.measure, BusinessDays) or not clock.calendar.always_open
    if counts_days and calendar.basis != "stated":
        yield Assumption(calendar.basis, calendar.note or _PLAIN[calendar.basis], calendar.clause)


_PLAIN = {
    "assumed": "The contract does not say; the agreement fills it in.",
    "reading": "The contract can be read in two ways; this is the reading taken.",
}


def _values(promise: Promise, target: str, standing: Standing) -> Iterator[Value[str]]:
    """Yield the values of the terms that a promise was read from."""
    if target in INTERNAL_TARGETS:
        credits = standing.terms.document.credits
        for row in credits.rows if credits is not None else []:
            if row.severity == promise.severity and f"{row.target}_credit" == target:
                yield row.over
        return
    severity = standing.severity(promise.severity or standing.state.severity)
    source = severity.hosted if promise.hosted else severity
    value = getattr(source, target, None)
    if value is not None:
        yield value


# ------------------------------------------------------------------------------------------------- what could move it


def _movers(clock: Clock, standing: Standing, *, for_staff: bool) -> Iterator[Mover]:
    plan = standing.state.plan
    you = "the client" if for_staff else "you"
    if clock.paused_by:
        left = f", with {duration_text(clock.remaining)} left" if clock.remaining is not None else ""
        clause = plan.clauses[clock.paused_by[0]]
        yield Mover("play", "The end of the wait", f"The clock goes on from that moment{left}.", clause)
    elif clock.target in plan.stops["information"] or clock.target in plan.stops["client"]:
        reason = "information" if clock.target in plan.stops["information"] else "client"
        yield Mover(
            "circle-pause",
            f"A question to {you}",
            f"The clock stops until {you} answer{'s' if for_staff else ''}, to the second.",
            plan.clauses[reason],
        )
    if clock.target in plan.stops["third_party"] and "third_party" not in clock.paused_by:
        yield Mover(
            "circle-pause", "Waiting for a third party", "The clock stops meanwhile.", plan.clauses["third_party"]
        )
    yield from _severities(clock, standing)
    hosted = standing.terms.promise(standing.state.severity, clock.target, hosted=True)
    if hosted is not None and hosted.hosted and clock.target not in INTERNAL_TARGETS and not clock.promise.hosted:
        yield Mover(
            "calendar",
            "An event on air",
            f"Due {measure_text(hosted)} after the hosted period begins, or at the old date if that is sooner.",
            hosted.clause,
        )
    if isinstance(clock.promise.measure, NextRelease):
        yield Mover(
            "package", "The plan of releases", "A nearer release brings it nearer, a moved one moves it.", "JS-9"
        )
    if plan.suspends and not standing.suspended:
        yield Mover(
            "circle-pause", "Support suspended", "The clock stops while fees are overdue.", plan.clauses["suspended"]
        )


def _severities(clock: Clock, standing: Standing) -> Iterator[Mover]:
    ranks = standing.terms.ranks
    rank = ranks[standing.state.severity]
    for name, other in ranks.items():
        promise = standing.terms.promise(name, clock.target)
        if other == rank or promise is None or abs(other - rank) > 1:
            continue
        word, words = severity_sign(name).word, measure_text(promise)
        if other < rank:
            text = f"{word} would be due {words} after the change, or at the old date if that is sooner."
            yield Mover("chevrons-up", "A higher severity", text, "T-7")
        elif isinstance(promise.measure, NextRelease):
            yield Mover("chevron-down", "A lower severity", f"{word} would be due with the next release.", "T-7")
        else:
            text = f"{word} would be due {words} from the start, or at the old date if that is later."
            yield Mover("chevron-down", "A lower severity", text, "T-7")
