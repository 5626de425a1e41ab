"""Explanations: consecutive pieces whose counted seconds are the target, whatever happened. Clause: T-2 to T-7."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.contract.calendar import BusinessCalendar, always
from portal.contract.clock import Clock
from portal.contract.explain import Explanation, Segment, duration_text, explain, measure_text
from portal.contract.measures import BusinessDays, Duration, NextRelease, Promise, Releases

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
OFFICE = BusinessCalendar(
    "America/New_York", {day: [("09:00", "12:00"), ("13:00", "17:00")] for day in range(5)}, [date(2026, 3, 4)]
)
START = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""Monday 10:00 in New York; Wednesday is a holiday."""
CLAUSES = {"client": "JB-6", "suspended": "JS-22"}


def explained(clock: Clock, until: datetime) -> Explanation:
    """Return the clock's explanation as pages ask for it."""
    return explain(clock, until=until, clauses=CLAUSES, calendar_clause="T-1")


def pieces(explanation: Explanation) -> list[Segment]:
    """Return what has a length, or is still to come."""
    return [part for part in explanation.segments if part.end is None or part.end > part.start]


def hours(amount: float, calendar: BusinessCalendar | None = None) -> Promise:
    """Return a promise of so many hours."""
    return Promise(Duration(amount * HOUR, calendar or always()), f"X-{amount}", "x")


def test_a_plain_clock_is_one_counted_piece() -> None:
    clock = Clock("response", 1, START, hours(6), reason="reported")

    parts = explained(clock, START).segments

    assert [(part.kind, part.start, part.end) for part in parts] == [
        ("started", START, START),
        ("counted", START, START + 6 * HOUR),
    ]
    assert parts[0].text == "Started (reported): 6 h"


def test_breaks_nights_and_holidays_are_pieces_of_their_own() -> None:
    clock = Clock("response", 1, START + 24 * HOUR, hours(8, OFFICE))

    found = [(part.kind, part.seconds / 3600) for part in pieces(explained(clock, START))]

    assert found == [
        ("counted", 2),
        ("closed", 1),
        ("counted", 4),
        ("closed", 7),
        ("holiday", 24),
        ("closed", 9),
        ("counted", 2),
    ]


def test_a_pause_says_why_and_by_which_clause_and_does_not_count() -> None:
    clock = Clock("response", 1, START, hours(6))
    clock.pause(START + HOUR, "client")
    clock.resume(START + 3 * HOUR, "client")
    clock.pause(START + 4 * HOUR, "suspended")
    clock.resume(START + 5 * HOUR, "suspended")

    explanation = explained(clock, START + 5 * HOUR)

    assert [(part.kind, part.clause) for part in pieces(explanation)] == [
        ("counted", "X-6"),
        ("paused", "JB-6"),
        ("counted", "X-6"),
        ("suspended", "JS-22"),
        ("counted", "X-6"),
    ]
    assert explanation.counted == explanation.total == 6 * HOUR


def test_while_paused_the_rest_is_what_is_left() -> None:
    clock = Clock("response", 1, START, hours(6))
    clock.pause(START + HOUR, "client")

    last = explained(clock, START + 9 * HOUR).segments[-1]

    assert (last.kind, last.seconds, last.end) == ("left", 5 * 3600, None)


def test_a_change_upward_counts_from_the_change_and_says_so() -> None:
    clock = Clock("response", 1, START, hours(24))
    clock.tighten(START + 2 * HOUR, hours(6), reason="major to critical")

    explanation = explained(clock, START + 2 * HOUR)

    assert pieces(explanation)[0].start == START + 2 * HOUR
    assert explanation.segments[1].text == "Severity major to critical: 6 h from here"
    assert explanation.total_text == "6 h"


def test_a_change_that_moved_nothing_says_so_and_the_older_target_adds_up() -> None:
    clock = Clock("response", 1, START, hours(24))
    clock.tighten(START + 20 * HOUR, hours(6), reason="major to critical")

    explanation = explained(clock, START + 20 * HOUR)

    assert explanation.counted == explanation.total == 24 * HOUR
    assert explanation.total_text == "24 h"
    assert [part.text for part in explanation.segments if part.kind == "severity"] == [
        "Severity major to critical: what was due before stands, it is sooner"
    ]


def test_what_counts_after_the_change_names_the_newer_clause() -> None:
    clock = Clock("response", 1, START, hours(6))
    clock.loosen(START + HOUR, hours(24), reason="critical to major")

    assert {part.clause for part in pieces(explained(clock, START + HOUR))} == {"X-6"}


@pytest.mark.parametrize(
    ("promise", "text"),
    [
        (hours(6), "6 h"),
        (hours(0.25), "15 min"),
        (hours(168), "7 days"),
        (Promise(BusinessDays(1, OFFICE), "X"), "1 business day"),
        (Promise(BusinessDays(5, OFFICE), "X"), "5 business days"),
        (Promise(NextRelease(always()), "X"), "the next release"),
    ],
)
def test_what_is_promised_in_words(promise: Promise, text: str) -> None:
    assert measure_text(promise) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (timedelta(0), "0 min"),
        (45 * timedelta(seconds=1), "45 s"),
        (4 * HOUR + 53 * MINUTE, "4 h 53 min"),
        (48 * HOUR, "48 h"),
        (50 * HOUR, "2 days 2 h"),
        (-90 * MINUTE, "−1 h 30 min"),
    ],
)
def test_amounts_in_words(amount: timedelta, text: str) -> None:
    assert duration_text(amount) == text


# ---------------------------------------------------------------------------------------------- random lives of a clock


LADDERS: list[list[Promise]] = [
    [hours(0.5), hours(4), Promise(BusinessDays(1, OFFICE), "X-D1", "x")],
    [
        hours(1, OFFICE),
        hours(2, OFFICE),
        Promise(BusinessDays(1, OFFICE), "X-D1", "x"),
        Promise(BusinessDays(2, OFFICE), "X-D2", "x"),
    ],
    [hours(6), hours(24), Promise(NextRelease(always()), "X-R", "x")],
]
"""Targets from the most severe to the least, as three contracts have them."""
HOSTED = Promise(Duration(10 * MINUTE, always()), "X-H", "x", hosted=True)
ACTS = [
    "pause client",
    "resume client",
    "pause suspended",
    "resume suspended",
    "up",
    "down",
    "hosted",
    "unhosted",
    "plan",
]
Life = list[tuple[int, str]]


def lived(ladder: list[Promise], rank: int, life: Life, *, without: tuple[str, ...] = ()) -> tuple[Clock, datetime]:
    """Let a clock live, minutes apart; return it and the instant at which its life ends."""
    now = START
    releases = Releases((START + 30 * HOUR, START + 300 * HOUR))
    clock = Clock("resolution", 1, now, ladder[rank], releases=releases)
    for gap, act in life:
        now += gap * MINUTE
        clock.pass_time(now)
        kind, _, reason = act.partition(" ")
        rank = min(max(rank + {"up": -1, "down": 1}.get(kind, 0), 0), len(ladder) - 1)
        match "" if kind in without else kind:
            case "pause":
                clock.pause(now, reason)
            case "resume":
                clock.resume(now, reason)
            case "up":
                clock.tighten(now, ladder[rank], reason="up")
            case "down":
                clock.loosen(now, ladder[rank], reason="down")
            case "hosted":
                clock.tighten(now, HOSTED, ordinary=ladder[rank], hosted=True)
            case "unhosted":
                clock.reschedule(lambda at: False)
            case "plan":
                clock.replan(now, Releases((now + 7 * HOUR,)))
    clock.pass_time(now)
    return clock, now


lives = st.lists(st.tuples(st.integers(0, 90) | st.integers(0, 900), st.sampled_from(ACTS)), max_size=14)


@settings(deadline=None, max_examples=400)
@given(ladder=st.sampled_from(LADDERS), rank=st.integers(0, 2), life=lives, end=st.sampled_from(["", "meet", "void"]))
def test_every_explanation_is_consecutive_and_adds_up(ladder: list[Promise], rank: int, life: Life, end: str) -> None:
    clock, now = lived(ladder, rank, life)
    now += HOUR
    clock.pass_time(now)
    if end == "meet":
        clock.meet(now)
    elif end == "void":
        clock.void(now, "ours")

    explanation = explained(clock, now)

    parts = pieces(explanation)
    assert all(before.end in (after.start, None) for before, after in pairwise(parts))
    assert all(part.seconds == (part.end - part.start).total_seconds() for part in parts if part.end is not None)
    assert all(part.seconds >= 0 for part in parts)
    if explanation.total is not None:
        assert explanation.counted == explanation.total
    if parts:
        assert parts[0].start == clock.counted_from
    if clock.due_at is not None and parts:
        assert parts[-1].end == clock.due_at


@settings(deadline=None, max_examples=200)
@given(ladder=st.sampled_from(LADDERS[:2]), rank=st.integers(0, 2), life=lives)
def test_without_changes_pauses_move_the_due_and_never_the_sum(ladder: list[Promise], rank: int, life: Life) -> None:
    unpaused, _ = lived(ladder, rank, [])
    paused, now = lived(ladder, rank, life, without=("up", "down", "hosted", "unhosted", "plan"))

    sums = [explained(clock, now).counted for clock in (unpaused, paused)]

    assert sums[0] == sums[1]
    assert paused.due_at is None or unpaused.due_at is None or paused.due_at >= unpaused.due_at
