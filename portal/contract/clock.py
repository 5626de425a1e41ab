"""One clock: when a promise is due, and why.

A clock starts, is paused and resumed, takes a shorter or a longer target, and is met, breached or void. It keeps a log of
what was done to it, from which its explanation comes, and from which it is computed again when a hosted event's schedule
changes. Instants are UTC; nothing here reads the time. Clause: T-2 to T-7.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from portal.contract.calendar import BusinessCalendar

ZERO = timedelta(0)

State = Literal["running", "paused", "met", "breached", "void"]


# -------------------------------------------------------------------------------------------------------- measures


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


# ------------------------------------------------------------------------------------------------------- the record


Act = Literal["start", "upward", "downward", "hosted", "pause", "resume", "release"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that was done to a clock.

    `promise` and `ordinary` belong to what began to apply: what did, and what would have outside a hosted period.
    `moved` says whether the due instant is counted from this turn (or, downward, anew from the start).
    """

    at: datetime
    act: Act
    promise: Promise | None = None
    ordinary: Promise | None = None
    reason: str = ""
    moved: bool = False


class Clock:
    """One promise to one subject, as a state that turns change.

    Attributes:
        due_at: The due instant, None while paused or while no release is planned.
        remaining: Counted time left, while paused; None for a clock that waits for a release.
        breached_at: The due instant, once it has passed unmet. Clause: T-5.
    """

    __slots__ = (
        "_base",
        "_floor",
        "_left_at_base",
        "_since",
        "breached_at",
        "calendar",
        "due_at",
        "log",
        "met_at",
        "ordinal",
        "owed_by",
        "paused_by",
        "promise",
        "releases",
        "remaining",
        "started_at",
        "target",
        "total",
        "void_at",
        "void_reason",
    )

    def __init__(
        self,
        target: str,
        ordinal: int,
        at: datetime,
        promise: Promise,
        *,
        ordinary: Promise | None = None,
        releases: Releases | None = None,
        owed_by: str = "provider",
        reason: str = "",
    ) -> None:
        self.target = target
        self.ordinal = ordinal
        self.owed_by = owed_by
        self.started_at = at
        self.met_at: datetime | None = None
        self.breached_at: datetime | None = None
        self.void_at: datetime | None = None
        self.void_reason = ""
        self.paused_by: tuple[str, ...] = ()
        self.releases = releases
        self.log: list[Turn] = [Turn(at, "start", promise, ordinary or promise, reason, moved=True)]
        self._begin(at, promise)

    def _begin(self, at: datetime, promise: Promise) -> None:
        measure = promise.measure
        self.promise = promise
        self.calendar = measure.calendar
        self.remaining: timedelta | None = None
        self._since = at  # a release must come after this
        self._floor: datetime | None = None  # and a due on a release is never before this
        self._base = 0  # index of the turn from which the due instant is counted
        self.due_at: datetime | None
        if isinstance(measure, NextRelease):
            self.due_at = self._next_release()
            self.total: timedelta | None = None
        else:
            self.due_at = due = measure.due(at)
            self.total = measure.total(at, due)

    # -- what it is

    @property
    def state(self) -> State:
        """The word for how it stands."""
        if self.void_at is not None:
            return "void"
        if self.breached_at is not None:
            return "breached"
        if self.met_at is not None:
            return "met"
        return "paused" if self.paused_by else "running"

    @property
    def open(self) -> bool:
        """Whether something can still move it: neither met, breached nor void."""
        return self.met_at is None and self.breached_at is None and self.void_at is None

    @property
    def unmet(self) -> bool:
        """Whether its promise is still to be kept, late or not."""
        return self.met_at is None and self.void_at is None

    # -- what happens to it

    def pass_time(self, to: datetime) -> None:
        """Record the breach if the due instant lies before `to`: at the due instant itself nothing is broken. Clause: T-5."""
        due = self.due_at
        if due is not None and due < to and self.open:
            self.breached_at = due

    def meet(self, at: datetime) -> None:
        """Keep the promise, late or not. What meets a paused clock ends the pause at that instant. Clause: T-5, T-6."""
        if self.paused_by:
            self._resume(at)
        self.met_at = at

    def void(self, at: datetime, reason: str) -> None:
        """Let it no longer count, a recorded breach included."""
        self.void_at = at
        self.void_reason = reason
        self.breached_at = None
        self.met_at = None

    def pause(self, at: datetime, reason: str) -> None:
        """Stop counting for a reason; it counts again when every reason is gone. Clause: T-6."""
        if not self.open or reason in self.paused_by:
            return
        if not self.paused_by:
            due = self.due_at
            self.remaining = None if isinstance(self.promise.measure, NextRelease) or due is None else self._left(at, due)
            self.due_at = None
        self.paused_by = (*self.paused_by, reason)
        self.log.append(Turn(at, "pause", reason=reason))

    def resume(self, at: datetime, reason: str) -> None:
        """Take one reason away. Clause: T-6."""
        if reason not in self.paused_by:
            return
        self.log.append(Turn(at, "resume", reason=reason))
        if len(self.paused_by) == 1:
            self._resume(at)
        else:
            self.paused_by = tuple(other for other in self.paused_by if other != reason)

    def _resume(self, at: datetime) -> None:
        self.paused_by = ()
        if isinstance(self.promise.measure, NextRelease):
            self._since, self._floor = at, None
            self.due_at = self._next_release()
        elif self.remaining is not None:
            self.due_at = self.calendar.add(at, self.remaining)
        self.remaining = None

    def tighten(self, at: datetime, promise: Promise, *, ordinary: Promise | None = None, hosted: bool = False, reason: str = "") -> None:
        """Let a shorter target apply from `at`: the earlier of the old due and the new one counted from `at`. Clause: T-7."""
        if not self.open:
            return
        measure = promise.measure
        moved = False
        if isinstance(measure, NextRelease):  # nothing is longer, so nothing tightens to it but an open end
            pass
        elif self.paused_by:
            due = measure.due(at)
            total = measure.total(at, due)
            if self.remaining is None or total < self.remaining:
                self.remaining, self.total, self.calendar, moved = total, total, measure.calendar, True
        else:
            due = measure.due(at)
            if self.due_at is None or due < self.due_at:
                self.due_at, self.total, self.calendar, moved = due, measure.total(at, due), measure.calendar, True
        self._apply(Turn(at, "hosted" if hosted else "upward", promise, ordinary or promise, reason, moved))

    def loosen(self, at: datetime, promise: Promise, *, ordinary: Promise | None = None, reason: str = "") -> None:
        """Let a longer target apply: the later of the old due and the new one counted from the clock's start. Clause: T-7."""
        if not self.open:
            return
        measure = promise.measure
        moved = False
        if isinstance(measure, NextRelease):
            self._since, self._floor, moved = at, self.due_at, True
            self.total = None
            self.remaining = None
            self.calendar = measure.calendar
            if not self.paused_by:
                due = self._next_release()
                self.due_at = due
        else:
            due, left = self._recount(measure)
            if self.paused_by:
                if self.remaining is None or left >= self.remaining:
                    self.remaining, moved = left, True
            elif self.due_at is None or due >= self.due_at:
                self.due_at, moved = due, True
            if moved:
                self.calendar = measure.calendar
                self.total = measure.total(self.started_at, measure.due(self.started_at))
        self._apply(Turn(at, "downward", promise, ordinary or promise, reason, moved))

    def _apply(self, turn: Turn) -> None:
        assert turn.promise is not None
        was_release = isinstance(self.promise.measure, NextRelease)
        self.promise = turn.promise
        self.log.append(turn)
        if turn.moved:
            self._base = len(self.log) - 1
        elif was_release and not isinstance(turn.promise.measure, NextRelease):
            self._floor = None

    def _recount(self, measure: Duration | BusinessDays) -> tuple[datetime, timedelta]:
        """Count a measure from the clock's start over the pauses there were: the due, and what is left at an open pause."""
        due = measure.due(self.started_at)
        calendar = measure.calendar
        for start, end in self._pauses():
            if due < start:
                break
            left = calendar.between(start, due)
            if end is None:
                return due, left
            due = calendar.add(end, left)
        return due, ZERO

    def _pauses(self) -> Iterator[tuple[datetime, datetime | None]]:
        """Yield the stretches in which at least one reason held, the open one last."""
        depth, since = 0, self.started_at
        for turn in self.log:
            if turn.act == "pause":
                if depth == 0:
                    since = turn.at
                depth += 1
            elif turn.act == "resume":
                depth -= 1
                if depth == 0:
                    yield since, turn.at
        if depth:
            yield since, None

    def _left(self, at: datetime, due: datetime) -> timedelta:
        return self.calendar.between(at, due) if at < due else ZERO

    # -- releases

    def _next_release(self) -> datetime | None:
        due = self.releases.after(self._since) if self.releases is not None else None
        return max(due, self._floor) if due is not None and self._floor is not None else due

    def replan(self, at: datetime, releases: Releases) -> None:
        """Take over a changed plan of releases. Clause: JS-9."""
        self.releases = releases
        if isinstance(self.promise.measure, NextRelease) and self.open and not self.paused_by:
            due = self._next_release()
            if due != self.due_at:
                self.due_at = due
                self.log.append(Turn(at, "release"))

    # -- hosted periods

    def reschedule(self, covers: Callable[[datetime], bool]) -> None:
        """Compute it again without the hosted targets that began to apply where the schedule no longer is. Clause: JS-10."""
        if not self.open:
            return
        kept: list[Turn] = []
        for turn in self.log:
            if turn.promise is None or not turn.promise.hosted or covers(turn.at):
                kept.append(turn)
            elif turn.act != "hosted":
                kept.append(replace(turn, promise=turn.ordinary))
        if kept == self.log:
            return
        first = kept[0]
        assert first.promise is not None
        self.log, self.paused_by = [first], ()
        self._begin(first.at, first.promise)
        for turn in kept[1:]:
            self._repeat(turn)

    def _repeat(self, turn: Turn) -> None:
        if turn.act == "pause":
            self.pause(turn.at, turn.reason)
        elif turn.act == "resume":
            self.resume(turn.at, turn.reason)
        elif turn.act == "downward":
            assert turn.promise is not None
            self.loosen(turn.at, turn.promise, ordinary=turn.ordinary, reason=turn.reason)
        elif turn.promise is not None:
            self.tighten(turn.at, turn.promise, ordinary=turn.ordinary, hosted=turn.act == "hosted", reason=turn.reason)

    # -- what its explanation reads

    @property
    def basis(self) -> Turn:
        """The turn from which the due instant is counted."""
        return self.log[self._base]

    @property
    def counted_from(self) -> datetime:
        """Where counting toward the due instant begins: at the start, or where a shorter target took over."""
        turn = self.log[self._base]
        if isinstance(self.promise.measure, NextRelease):
            return self._since
        return self.started_at if turn.act == "downward" else turn.at

    def clause_at(self, at: datetime) -> str:
        """Return the clause of the target that applied at an instant."""
        clause = ""
        for turn in self.log:
            if turn.promise is not None and (turn.at <= at or not clause):
                clause = turn.promise.clause
        return clause

    def pauses_with_reasons(self) -> Iterator[tuple[datetime, datetime | None, str]]:
        """Yield the stretches that did not count, each with the reason that held first in it, split where it changes."""
        reasons: list[str] = []
        since = self.started_at
        for turn in self.log:
            if turn.act not in ("pause", "resume"):
                continue
            held = reasons[0] if reasons else None
            if turn.act == "pause":
                reasons.append(turn.reason)
            else:
                reasons.remove(turn.reason)
            if held is not None and (not reasons or reasons[0] != held) and since < turn.at:
                yield since, turn.at, held
            if not reasons or held != reasons[0]:
                since = turn.at
        if reasons:
            yield since, None, reasons[0]

    # -- warnings

    def warnings(self, shares: Sequence[int]) -> list[tuple[int, datetime]]:
        """Return the instants at which these percentages of the target are used up, ascending.

        Only of a running clock, and only those that lie after the last turn that moved or resumed it.
        """
        if self.due_at is None or not self.open or self.total is None:
            return []
        since = max((turn.at for turn in self.log if turn.act == "resume"), default=self.started_at)
        since = max(since, self.log[self._base].at if self.log[self._base].act != "downward" else self.started_at)
        left = self.calendar.between(since, self.due_at)
        found = []
        for share in shares:
            wait = left - self.total * (100 - share) / 100
            if wait > ZERO:
                found.append((share, self.calendar.add(since, wait)))
        return found
