"""One clock by itself, and against a slow second opinion that counts quarters of an hour. Clause: T-5 to T-7."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.contract.calendar import BusinessCalendar, always
from portal.contract.clock import Clock
from portal.contract.measures import BusinessDays, Duration, NextRelease, Promise, Releases
from tests.portal.contract.slow_calendar import QUARTER, SlowCalendar, Weekly

HOUR = timedelta(hours=1)
NINE_TO_FIVE: Weekly = {day: [("09:00", "17:00")] for day in range(5)}
OFFICE = BusinessCalendar("America/New_York", NINE_TO_FIVE)
MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""10:00 in New York; the clocks change on the Sunday after."""


def after(hours: float) -> datetime:
    """Return an instant so many hours after Monday's."""
    return MONDAY + hours * HOUR


def within(hours: float, clause: str = "X-1", calendar: BusinessCalendar | None = None) -> Promise:
    """Return a promise of so many hours, around the clock unless a calendar says otherwise."""
    return Promise(Duration(hours * HOUR, calendar or always()), clause, clause.lower())


def started(promise: Promise, releases: Releases | None = None) -> Clock:
    """Return a clock that began on Monday."""
    return Clock("resolution", 1, MONDAY, promise, releases=releases)


# --------------------------------------------------------------------------------------------------------- its states


def test_a_new_clock_runs_and_says_what_it_allows() -> None:
    clock = started(within(6))

    assert (clock.state, clock.due_at, clock.total, clock.remaining) == ("running", after(6), 6 * HOUR, None)
    assert clock.open
    assert clock.unmet


@pytest.mark.parametrize(("to", "breached_at"), [(6, None), (6.001, after(6))])
def test_time_breaks_it_strictly_after_its_due(to: float, breached_at: datetime | None) -> None:
    clock = started(within(6))

    clock.pass_time(after(to))

    assert clock.breached_at == breached_at


def test_met_late_it_stays_breached_and_keeps_both_instants() -> None:
    clock = started(within(6))
    clock.pass_time(after(7))

    clock.meet(after(7))

    assert (clock.state, clock.breached_at, clock.met_at) == ("breached", after(6), after(7))
    assert not clock.unmet


def test_void_wins_over_everything() -> None:
    clock = started(within(6))
    clock.pass_time(after(7))
    clock.meet(after(7))

    clock.void(after(8), "ours")

    assert (clock.state, clock.breached_at, clock.met_at, clock.void_reason) == ("void", None, None, "ours")


@pytest.mark.parametrize("end", [Clock.meet, lambda clock, at: clock.void(at, "ours"), Clock.pass_time])
def test_what_is_over_is_moved_by_nothing(end: Callable[[Clock, datetime], None]) -> None:
    clock = started(within(6))
    end(clock, after(7))
    before = clock.due_at, clock.promise, list(clock.log)

    clock.pause(after(7), "client")
    clock.tighten(after(7), within(1))
    clock.loosen(after(7), within(24))
    clock.reschedule(lambda at: False)

    assert (clock.due_at, clock.promise, list(clock.log)) == before


def test_a_reason_that_does_not_hold_cannot_be_taken_away() -> None:
    clock = started(within(6))
    clock.pause(after(1), "client")

    clock.resume(after(2), "suspended")

    assert clock.state == "paused"


# -------------------------------------------------------------------------------------------------- pauses, as it logs


def test_its_pauses_are_split_where_the_first_reason_changes() -> None:
    clock = started(within(6))
    clock.pause(after(1), "client")
    clock.pause(after(2), "suspended")
    clock.resume(after(3), "client")
    clock.resume(after(4), "suspended")
    clock.pause(after(5), "client")

    assert list(clock.pauses()) == [
        (after(1), after(3), "client"),
        (after(3), after(4), "suspended"),
        (after(5), None, "client"),
    ]


def test_a_pause_of_no_length_is_no_stretch() -> None:
    clock = started(within(6))
    clock.pause(after(1), "client")
    clock.resume(after(1), "client")

    assert list(clock.pauses()) == []
    assert clock.due_at == after(6)


# ------------------------------------------------------------------------------------------------------------ releases


def test_a_release_that_moves_is_followed_and_one_that_does_not_is_no_turn() -> None:
    clock = started(Promise(NextRelease(always()), "X-9"), Releases((after(100),)))

    clock.replan(after(1), Releases((after(100), after(200))))
    unmoved = len(clock.log)
    clock.replan(after(2), Releases((after(50),)))

    assert (unmoved, len(clock.log)) == (1, 2)
    assert clock.due_at == after(50)


def test_a_clock_of_hours_does_not_care_about_releases() -> None:
    clock = started(within(6), Releases((after(1),)))

    clock.replan(after(0.5), Releases((after(2),)))

    assert clock.due_at == after(6)


# ------------------------------------------------------------------------------------------------------ hosted periods


def test_what_began_where_the_schedule_no_longer_is_falls_away_and_all_else_is_repeated() -> None:
    ordinary, hosted = within(6, "X-6"), Promise(Duration(2 * HOUR, always()), "X-7", "critical", hosted=True)
    clock = Clock("resolution", 1, MONDAY, hosted, ordinary=ordinary)
    clock.pause(after(1), "client")
    clock.resume(after(2), "client")

    clock.reschedule(lambda at: False)

    assert (clock.due_at, clock.promise, clock.total) == (after(7), ordinary, 6 * HOUR)


def test_what_the_new_schedule_covers_stays() -> None:
    hosted = Promise(Duration(2 * HOUR, always()), "X-7", "critical", hosted=True)
    clock = started(within(6, "X-6"))
    clock.tighten(after(1), hosted, ordinary=within(6, "X-6"), hosted=True)

    clock.reschedule(lambda at: at == after(1))

    assert (clock.due_at, clock.promise) == (after(3), hosted)


def test_a_change_upward_inside_a_period_that_falls_away_keeps_its_ordinary_target() -> None:
    clock = started(within(24, "X-8"))
    hosted = Promise(Duration(2 * HOUR, always()), "X-7", "critical", hosted=True)
    clock.tighten(after(1), hosted, ordinary=within(6, "X-6"))

    clock.reschedule(lambda at: False)

    assert (clock.due_at, clock.promise.clause) == (after(7), "X-6")


# ------------------------------------------------------------------------------------------------------------ warnings


def test_it_warns_when_shares_of_the_target_are_used_up() -> None:
    assert started(within(10)).warnings([50, 75, 90]) == [(50, after(5)), (75, after(7.5)), (90, after(9))]


def test_after_a_pause_it_warns_of_the_shares_that_are_still_to_come() -> None:
    clock = started(within(10))
    clock.pause(after(6), "client")
    paused = clock.warnings([50, 75, 90])
    clock.resume(after(20), "client")

    assert paused == []
    assert clock.warnings([50, 75, 90]) == [(75, after(21.5)), (90, after(23))]


def test_after_tightening_it_warns_by_the_shorter_target() -> None:
    clock = started(within(24))
    clock.tighten(after(2), within(6))

    assert clock.warnings([50, 90]) == [(50, after(5)), (90, after(7.4))]


def test_warnings_are_counted_in_open_time() -> None:
    clock = Clock("response", 1, after(6), within(2, calendar=OFFICE))

    assert clock.warnings([50, 75]) == [(50, after(7)), (75, after(23.5))]


@pytest.mark.parametrize("releases", [Releases(), Releases((after(10),))])
def test_a_clock_that_waits_for_a_release_has_no_shares(releases: Releases) -> None:
    assert started(Promise(NextRelease(always()), "X-9"), releases).warnings([50]) == []


# ------------------------------------------------------------------------------------------------ a slow second opinion


@dataclass
class SlowClock:
    """A clock that steps from quarter to quarter and counts down; nothing of it is computed ahead.

    Up keeps the smaller of what is left and the new amount; down keeps the larger of what is left and what the new
    amount leaves after all that was counted. It shares nothing with `portal.contract.clock`.
    """

    is_open: Callable[[datetime], bool]
    now: datetime
    left: int
    spent: int = 0
    reasons: set[str] = field(default_factory=set)
    used_up_at: datetime | None = None

    def step_to(self, to: datetime) -> None:
        """Count the quarters up to an instant."""
        while self.now < to:
            if not self.reasons and self.left == 0:
                self.used_up_at = self.used_up_at or self.now
            elif not self.reasons and self.is_open(self.now):
                self.left -= 1
                self.spent += 1
                if self.left == 0:
                    self.used_up_at = self.now + timedelta(seconds=QUARTER)
            self.now += timedelta(seconds=QUARTER)

    @property
    def broken(self) -> bool:
        """Whether it was used up before now."""
        return self.used_up_at is not None and self.used_up_at < self.now

    def do(self, what: str, amount: int) -> None:
        """Let something happen now."""
        if self.broken:
            return
        kind, _, reason = what.partition(" ")
        if kind == "pause":
            self.reasons.add(reason)
        elif kind == "resume" and reason in self.reasons:
            self.reasons.discard(reason)
        elif kind == "up":
            self.left = min(self.left, amount)
        elif kind == "down":
            self.left = max(self.left, amount - self.spent)
        at_once = self.left == 0 and not self.reasons
        self.used_up_at = (self.used_up_at or self.now) if at_once else None


AMOUNTS = (2, 16, 64)
"""Targets in quarters of an hour, from the most severe: half an hour, four hours, sixteen hours."""
ACTS = ["pause client", "resume client", "pause suspended", "resume suspended", "up", "down"]
Turns = list[tuple[int, str]]
turns: st.SearchStrategy[Turns] = st.lists(
    st.tuples(st.integers(0, 8) | st.integers(0, 60), st.sampled_from(ACTS)), max_size=12
)


@settings(deadline=None, max_examples=250)
@given(
    business=st.booleans(), begin=st.integers(0, 7 * 96), rank=st.integers(0, 2), turns=turns, rest=st.integers(0, 400)
)
def test_it_agrees_with_counting_quarter_by_quarter(
    business: bool, begin: int, rank: int, turns: Turns, rest: int
) -> None:
    slow_office = SlowCalendar("America/New_York", NINE_TO_FIVE)
    now = datetime(2026, 3, 5, tzinfo=UTC) + timedelta(seconds=begin * QUARTER)
    calendar = OFFICE if business else always()
    slow = SlowClock(
        (lambda at: slow_office.kind(int(at.timestamp())) == "counted") if business else (lambda at: True),
        now,
        AMOUNTS[rank],
    )
    clock = Clock("response", 1, now, within(AMOUNTS[rank] / 4, calendar=calendar))

    for gap, act in turns:
        now += timedelta(seconds=gap * QUARTER)
        slow.step_to(now)
        clock.pass_time(now)
        kind, _, reason = act.partition(" ")
        wanted = rank + {"up": -1, "down": 1}.get(kind, 0)
        if not 0 <= wanted < len(AMOUNTS):
            continue
        rank = wanted
        slow.do(act, AMOUNTS[rank])
        promise = within(AMOUNTS[rank] / 4, calendar=calendar)
        match kind:
            case "pause":
                clock.pause(now, reason)
            case "resume":
                clock.resume(now, reason)
            case "up":
                clock.tighten(now, promise)
            case _:
                clock.loosen(now, promise)

    now += timedelta(seconds=rest * QUARTER)
    slow.step_to(now)
    clock.pass_time(now)
    assert clock.breached_at == (slow.used_up_at if slow.broken else None)
    if clock.state == "paused":
        assert clock.remaining == timedelta(seconds=slow.left * QUARTER)
        assert slow.reasons == set(clock.paused_by)
    elif clock.state == "running":
        slow.step_to(now + timedelta(days=30))
        assert clock.due_at == slow.used_up_at


@given(
    days=st.integers(0, 5),
    at=st.integers(0, 14 * 96),
    pauses=st.lists(st.tuples(*[st.integers(1, 99)] * 2), max_size=4),
)
def test_a_clock_by_days_spends_its_open_time_whatever_pauses_it(
    days: int, at: int, pauses: list[tuple[int, int]]
) -> None:
    now = start = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=at * QUARTER)
    unpaused = OFFICE.deadline(start, days)
    clock = Clock("response", 1, start, Promise(BusinessDays(days, OFFICE), "X-4"))
    waited = timedelta(0)

    for gap, length in pauses:
        now += timedelta(seconds=gap * QUARTER)
        clock.pass_time(now)
        if not clock.open:
            break
        clock.pause(now, "client")
        end = now + timedelta(seconds=length * QUARTER)
        waited += OFFICE.between(now, end)
        clock.resume(now := end, "client")

    assert clock.due_at is not None
    assert OFFICE.between(start, clock.due_at) - waited == OFFICE.between(start, unpaused)
