"""One clock: when a promise is due, and why.

A clock starts, is paused and resumed, takes a shorter or a longer target, and is met, breached or void. It keeps a log
of what was done to it, from which its explanation comes, and from which it is computed again when a hosted event's
schedule changes. Instants are UTC; nothing here reads the time. Clause: T-2 to T-7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from portal.contract.measures import BusinessDays, Duration, NextRelease, Promise, Releases
from portal.contract.turns import Applied, Ceiling, Paused, Plan, Replanned, Resumed, Turn

ZERO = timedelta(0)

State = Literal["running", "paused", "met", "breached", "void"]


class Clock:
    """One promise to one subject, as a state that turns change.

    Attributes:
        promise: The target that last applied; its severity and clause are the clock's.
        due_at: The due instant, None while paused or while no release is planned.
        remaining: Counted time left, while paused; None for a clock that waits for a release.
        total: Counted time that the target allows, pauses left out; None for a clock that waits for a release.
        calendar: Whose open time counts toward the due instant.
        basis: The turn from which the due instant is counted.
        breached_at: The due instant, once it has passed unmet; None for a void clock. Clause: T-5.
        broke_at: The same, of a clock that broke before it became void.
    """

    __slots__ = (
        "_ceiling",
        "_first_releases",
        "_floor",
        "_plans",
        "_since",
        "basis",
        "breached_at",
        "broke_at",
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
        self.broke_at: datetime | None = None
        self.void_at: datetime | None = None
        self.void_reason = ""
        self.releases = self._first_releases = releases
        self._plans: tuple[Plan, ...] = ()  # What became known of releases, each with the turns that came before.
        self._begin(Applied(at, "start", promise, ordinary or promise, reason, moved=True))

    def _begin(self, start: Applied) -> None:
        measure = start.promise.measure
        self.log: list[Turn] = [start]
        self.basis = start
        self.promise = start.promise
        self.calendar = measure.calendar
        self.paused_by: tuple[str, ...] = ()
        self.remaining: timedelta | None = None
        self.due_at: datetime | None
        self.total: timedelta | None
        self._since = start.at  # A release counts when it comes after this,
        self._floor: datetime | None = None  # and is due no earlier than this,
        self._ceiling: Ceiling | None = None  # nor later than this.
        if isinstance(measure, NextRelease):
            self.due_at = self._next_release()
            self.total = None
        else:
            self.due_at = due = measure.due(start.at)
            self.total = measure.total(start.at, due)

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
        """Record the breach if the due instant lies before `to`; at the due instant nothing is broken. Clause: T-5."""
        due = self.due_at
        if due is not None and due < to and self.open:
            self.breached_at = due

    def meet(self, at: datetime) -> None:
        """Keep the promise, late or not. What meets a paused clock ends the pause at that instant. Clause: T-5, T-6."""
        if self.paused_by:
            self.log += (Resumed(at, reason) for reason in self.paused_by)
            self._count_again(at)
        self.met_at = at

    def void(self, at: datetime, reason: str) -> None:
        """Let it no longer count, a recorded breach included."""
        self.void_at = at
        self.void_reason = reason
        self.broke_at, self.breached_at = self.breached_at, None
        self.met_at = None

    def pause(self, at: datetime, reason: str) -> None:
        """Stop counting for a reason; it counts again when every reason is gone. Clause: T-6."""
        if not self.open or reason in self.paused_by:
            return
        if not self.paused_by:
            if self.due_at is not None and not isinstance(self.promise.measure, NextRelease):
                self.remaining = self.calendar.between(at, self.due_at) if at < self.due_at else ZERO
            self.due_at = self._ceiling = None
        self.paused_by = (*self.paused_by, reason)
        self.log.append(Paused(at, reason))

    def resume(self, at: datetime, reason: str) -> None:
        """Take one reason away. Clause: T-6."""
        if reason not in self.paused_by:
            return
        self.log.append(Resumed(at, reason))
        if len(self.paused_by) == 1:
            self._count_again(at)
        else:
            self.paused_by = tuple(other for other in self.paused_by if other != reason)

    def _count_again(self, at: datetime) -> None:
        self.paused_by = ()
        if isinstance(self.promise.measure, NextRelease):
            self._since, self._floor = at, None
            self.due_at = self._next_release()
        elif self.remaining is not None:
            self.due_at = self.calendar.add(at, self.remaining)
        self.remaining = None

    def tighten(
        self,
        at: datetime,
        promise: Promise,
        *,
        ordinary: Promise | None = None,
        hosted: bool = False,
        reason: str = "",
    ) -> None:
        """Let a shorter target apply from `at`: the earlier of the old due and the new one from `at`. Clause: T-7.

        While paused, remaining times are compared. The next release is the longest of all, so nothing tightens to it.
        A due instant that stays at a release goes on following it, up to the new target's. Clause: JS-9.
        """
        if not self.open:
            return
        measure = promise.measure
        moved = False
        waited = self._waits_since
        if not isinstance(measure, NextRelease):
            due = measure.due(at)
            total = measure.total(at, due)
            if self.paused_by:
                moved = self.remaining is None or total < self.remaining
                if moved:
                    self.remaining = total
            else:
                moved = self.due_at is None or due < self.due_at
                if moved:
                    self.due_at = due
            if moved:
                self.total, self.calendar, self._ceiling = total, measure.calendar, None
        turn = Applied(at, "hosted" if hosted else "upward", promise, ordinary or promise, reason, moved)
        if waited is not None and not moved and not isinstance(measure, NextRelease):
            known = self._ceiling
            self._ceiling = known if known is not None and known.due_at <= due else Ceiling(due, total, turn, waited)
        self._apply(turn)

    def loosen(self, at: datetime, promise: Promise, *, ordinary: Promise | None = None, reason: str = "") -> None:
        """Let a longer target apply: the later of the old due and the new one from the clock's start. Clause: T-7."""
        if not self.open:
            return
        measure = promise.measure
        if isinstance(measure, NextRelease):
            moved = True
            self._since, self._floor, self._ceiling = at, self.due_at, None
            self.remaining = self.total = None
            self.calendar = measure.calendar
            if not self.paused_by:
                self.due_at = self._next_release()
        else:
            due, left = self._recount(measure)
            if self.paused_by:
                moved = self.remaining is None or left >= self.remaining
                if moved:
                    self.remaining = left
            else:
                moved = self.due_at is None or due >= self.due_at
                if moved:
                    self.due_at = due
            if moved:
                self.calendar, self._ceiling = measure.calendar, None
                self.total = measure.total(self.started_at, measure.due(self.started_at))
        self._apply(Applied(at, "downward", promise, ordinary or promise, reason, moved))

    def _apply(self, turn: Applied) -> None:
        self.promise = turn.promise
        self.log.append(turn)
        if turn.moved:
            self.basis = turn

    def _recount(self, measure: Duration | BusinessDays) -> tuple[datetime, timedelta]:
        """Count a measure from the clock's start over its pauses: the due, and what is left at an open pause."""
        due = measure.due(self.started_at)
        calendar = measure.calendar
        for start, end, _ in self.pauses():
            if due < start:
                break
            left = calendar.between(start, due)
            if end is None:
                return due, left
            due = calendar.add(end, left)
        return due, ZERO

    # -- releases

    def _next_release(self) -> datetime | None:
        due = self.releases.after(self._since) if self.releases is not None else None
        return max(due, self._floor) if due is not None and self._floor is not None else due

    @property
    def _waits_since(self) -> Applied | None:
        """The turn since which it waits for a release, under a shorter target too; None where it does not."""
        if self._ceiling is not None:
            return self._ceiling.release
        return self.basis if isinstance(self.promise.measure, NextRelease) else None

    def replan(self, at: datetime, releases: Releases) -> None:
        """Take over a changed plan of releases. Clause: JS-9."""
        if self.open:
            turns = len(self.log)
            # Of two plans without a turn between them only the later one can ever matter.
            self._plans = (*(plan for plan in self._plans if plan.turns < turns), Plan(at, turns, releases))
        self.releases = releases
        if self._waits_since is None or not self.open or self.paused_by:
            return
        before, self.due_at = self.due_at, self._next_release()
        ceiling = self._ceiling
        if ceiling is not None:
            if self.due_at is None or self.due_at > ceiling.due_at:
                self.due_at, self.total, self.basis = ceiling.due_at, ceiling.total, ceiling.tighter
            else:
                self.total, self.basis = None, ceiling.release
            self.calendar = self.basis.promise.measure.calendar
        if self.due_at != before:
            self.log.append(Replanned(at))

    # -- hosted periods

    def reschedule(self, covers: Callable[[datetime], bool]) -> None:
        """Compute it again without the hosted targets that began where the schedule no longer is. Clause: JS-10."""
        if not self.open:
            return
        kept: list[Turn | None] = []  # None where one is dropped.
        for turn in self.log:
            if not isinstance(turn, Applied) or not turn.promise.hosted or covers(turn.at):
                kept.append(turn)
            else:
                kept.append(None if turn.how == "hosted" else replace(turn, promise=turn.ordinary))
        if kept == self.log:
            return
        plans, self._plans = {plan.turns: plan for plan in self._plans}, ()
        self.releases = self._first_releases
        for turns, kept_turn in enumerate([*kept, None]):
            plan = plans.get(turns)
            if plan is not None:
                self.replan(plan.at, plan.releases)
            if kept_turn is not None:
                self._repeat(kept_turn)

    def _repeat(self, turn: Turn) -> None:
        match turn:
            case Applied(how="start"):
                self._begin(turn)
            case Applied(at, "downward", promise, ordinary, reason):
                self.loosen(at, promise, ordinary=ordinary, reason=reason)
            case Applied(at, how, promise, ordinary, reason):
                self.tighten(at, promise, ordinary=ordinary, hosted=how == "hosted", reason=reason)
            case Paused(at, reason):
                self.pause(at, reason)
            case Resumed(at, reason):
                self.resume(at, reason)

    # -- what its explanation and its warnings read

    @property
    def counted_from(self) -> datetime:
        """Where counting toward the due instant begins: at the start, or where a shorter target took over."""
        if isinstance(self.basis.promise.measure, NextRelease):
            return self._since
        return self.started_at if self.basis.how == "downward" else self.basis.at

    def clause_at(self, at: datetime) -> str:
        """Return the clause of the target that applied at an instant."""
        applied = [turn for turn in self.log if isinstance(turn, Applied)]
        return next((turn.promise.clause for turn in reversed(applied) if turn.at <= at), applied[0].promise.clause)

    def pauses(self) -> Iterator[tuple[datetime, datetime | None, str]]:
        """Yield the stretches that did not count, ascending, each with the reason that held first in it.

        A stretch is split where that reason changes; the open one comes last and has no end.
        """
        reasons: list[str] = []
        since = self.started_at
        for turn in self.log:
            held = reasons[0] if reasons else None
            if isinstance(turn, Paused):
                reasons.append(turn.reason)
            elif isinstance(turn, Resumed):
                reasons.remove(turn.reason)
            else:
                continue
            if not reasons or reasons[0] != held:
                if held is not None and since < turn.at:
                    yield since, turn.at, held
                since = turn.at
        if reasons:
            yield since, None, reasons[0]

    def warnings(self, shares: Sequence[int]) -> list[tuple[int, datetime]]:
        """Return the instants at which these percentages of the target are used up, ascending.

        Only of a running clock, and only those that lie after it last began to count.
        """
        if self.due_at is None or not self.open or self.total is None:
            return []
        resumed = max((turn.at for turn in self.log if isinstance(turn, Resumed)), default=self.started_at)
        since = max(resumed, self.counted_from)
        left = self.calendar.between(since, self.due_at)
        waits = ((share, left - self.total * (100 - share) / 100) for share in shares)
        return [(share, self.calendar.add(since, wait)) for share, wait in waits if wait > ZERO]
