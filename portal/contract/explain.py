"""Why a clock is due when it is: segments that add up to its target. Clause: T-2 to T-7.

They are read off the log of the same clock that computed the due instant, so that the two can't differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from portal.contract.clock import ZERO, Clock
from portal.contract.measures import BusinessDays, NextRelease, Promise
from portal.contract.turns import Applied, Replanned

Kind = Literal[
    "counted", "closed", "holiday", "paused", "suspended", "severity", "hosted", "started", "release", "left"
]

PAUSE_WORDS = {
    "client": "Waiting for the client",
    "third_party": "Waiting for a third party",
    "information": "Waiting for information from the client",
    "suspended": "Support is suspended",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece [start, end) of a clock's life; a turn has no length. Only counted and left ones add up to the target."""

    kind: Kind
    start: datetime
    end: datetime | None
    seconds: float
    clause: str
    text: str

    @property
    def counts(self) -> bool:
        """Whether its seconds belong to the target."""
        return self.kind in ("counted", "left")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clock's segments in order, what they add up to, and the words for it."""

    target: str
    ordinal: int
    state: str
    due_at: datetime | None
    promise: Promise
    segments: tuple[Segment, ...]
    total: timedelta | None
    total_text: str

    @property
    def counted(self) -> timedelta:
        """The sum of the segments that count; equal to `total` where there is one."""
        return sum((timedelta(seconds=part.seconds) for part in self.segments if part.counts), ZERO)


def measure_text(promise: Promise) -> str:
    """Return what a promise allows, in words: `6 h`, `1 business day`, `the next release`."""
    measure = promise.measure
    if isinstance(measure, NextRelease):
        return "the next release"
    if isinstance(measure, BusinessDays):
        return "1 business day" if measure.days == 1 else f"{measure.days} business days"
    return duration_text(measure.amount)


def duration_text(amount: timedelta) -> str:
    """Return an amount in words: `4 h 53 min`, `45 s`; days only above 48 hours."""
    seconds = round(amount.total_seconds())
    sign, seconds = ("−", -seconds) if seconds < 0 else ("", seconds)
    days, rest = divmod(seconds, 86_400) if seconds > 172_800 else (0, seconds)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    parts = [
        f"{value} {unit}" for value, unit in ((days, "days"), (hours, "h"), (minutes, "min"), (rest, "s")) if value
    ]
    return sign + (" ".join(parts) or "0 min")


def explain(clock: Clock, *, until: datetime, clauses: Mapping[str, str], calendar_clause: str) -> Explanation:
    """Return a clock's explanation as it stands at `until`.

    Args:
        clock: As folded up to `until`.
        until: UTC; where an open pause is shown to end.
        clauses: The clause of each reason for a pause.
        calendar_clause: The clause that opens and closes the clock's calendar.
    """
    segments = sorted(_segments(clock, until, clauses, calendar_clause), key=lambda part: part.start)
    promised = clock.basis.promise
    total = clock.total
    words = measure_text(promised)
    if isinstance(promised.measure, BusinessDays) and total is not None:
        words = f"{words}, {duration_text(total)} of open time"
    return Explanation(
        clock.target, clock.ordinal, clock.state, clock.due_at, clock.promise, tuple(segments), total, words
    )


def _segments(clock: Clock, until: datetime, clauses: Mapping[str, str], calendar_clause: str) -> Iterator[Segment]:
    yield from _turns(clock)
    position = clock.counted_from
    end = clock.due_at
    for start, stop, reason in clock.pauses():
        if stop is not None and stop <= position:
            continue
        start = max(start, position)
        if end is not None and start > end:
            break
        yield from _counted(clock, position, start, calendar_clause)
        shown = stop if stop is not None else (clock.void_at or max(until, start))
        kind: Kind = "suspended" if reason == "suspended" else "paused"
        yield Segment(
            kind,
            start,
            stop,
            (shown - start).total_seconds(),
            clauses.get(reason, "T-6"),
            PAUSE_WORDS.get(reason, reason),
        )
        position = shown
    if end is not None:
        yield from _counted(clock, position, end, calendar_clause)
    elif clock.remaining is not None:
        yield Segment(
            "left", position, None, clock.remaining.total_seconds(), clock.promise.clause, "Left when it counts again"
        )


def _counted(clock: Clock, start: datetime, end: datetime, calendar_clause: str) -> Iterator[Segment]:
    if start >= end:
        return
    words = {"counted": "Counted", "closed": "Closed", "holiday": "Holiday"}
    for span in clock.calendar.spans(start, end):
        clause = clock.clause_at(span.start) if span.kind == "counted" else calendar_clause
        yield Segment(
            span.kind, span.start, span.end, (span.end - span.start).total_seconds(), clause, words[span.kind]
        )


def _turns(clock: Clock) -> Iterator[Segment]:
    for turn in clock.log:
        if isinstance(turn, Replanned):
            yield Segment("release", turn.at, turn.at, 0, "JS-9", "The plan of releases changed")
        elif isinstance(turn, Applied):
            kind, text = _turn_words(turn)
            yield Segment(kind, turn.at, turn.at, 0, turn.promise.clause if turn.how == "start" else "T-7", text)


def _turn_words(turn: Applied) -> tuple[Kind, str]:
    words = measure_text(turn.promise)
    if turn.how == "start":
        during = " in a hosted period" if turn.promise.hosted else ""
        return "started", f"Started ({turn.reason}){during}: {words}"
    if turn.how == "downward":
        effect = f"{words} from the start" if turn.moved else "what was due before stands, it is later"
        if isinstance(turn.promise.measure, NextRelease):
            effect = "until the next release"
        return "severity", f"Severity {turn.reason}: {effect}"
    effect = f"{words} from here" if turn.moved else "what was due before stands, it is sooner"
    if turn.how == "hosted":
        return "hosted", f"A hosted period applies: {effect}"
    return "severity", f"Severity {turn.reason}: {effect}"
