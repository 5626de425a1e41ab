"""T-2 to T-7 over any history: explanations add up, and what comes later changes nothing before it.

Clause: T-2, T-3, T-5, T-6, T-7, JS-7, JS-9, JS-10, JS-12, JS-22, JB-6
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.judging import Line, event, judged, ny

START = ny("05-04 09:00")
Act = tuple[str, dict[str, Any]]
SEVERITIES = {"juno-live-support": ["critical", "major", "minor"], "jbi-support": ["critical", "high", "normal", "low"]}
PLAIN = [
    "responded",
    "contacted",
    "reproduced",
    "resumed",
    "resolved",
    "reopened",
    "diagnostics_completed",
    "agreement.suspended",
    "agreement.reinstated",
]


def acts(severities: list[str]) -> st.SearchStrategy[Act]:
    """Draw what happens next: a name and its fields; hours in the fields are counted from the instant itself."""
    waits = st.sampled_from(["client", "third_party", "information"]).map(lambda on: ("waiting", {"on": on}))
    changes = st.sampled_from(severities).map(lambda severity: ("reclassified", {"severity": severity}))
    schedules = st.tuples(st.sampled_from("HJ"), st.integers(-6, 6), st.integers(1, 12)).map(
        lambda drawn: (
            "hosted_event.scheduled",
            {"hosted_event": drawn[0], "timezone": "America/New_York", "hours": drawn[1:]},
        )
    )
    plans = st.tuples(st.sampled_from("rs"), st.integers(1, 60)).map(
        lambda drawn: ("release.planned", {"release": drawn[0], "hours": drawn[1]})
    )
    plain: st.SearchStrategy[Act] = st.sampled_from(PLAIN).map(lambda name: (name, {}))
    return plain | waits | changes | schedules | plans


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, list[Line]]:
    """Draw terms and a history of incident A under them, minutes to days long."""
    terms = draw(st.sampled_from(sorted(SEVERITIES)))
    drawn = draw(st.lists(st.tuples(st.integers(0, 90) | st.integers(0, 900), acts(SEVERITIES[terms])), max_size=14))
    severity = draw(st.sampled_from(SEVERITIES[terms]))
    lines = [event(START, "reported", severity=severity)]
    at = START
    for gap, (name, fields) in drawn:
        at, given = at + timedelta(minutes=gap), dict(fields)
        if name == "hosted_event.scheduled":
            begin, length = given.pop("hours")
            start = at + timedelta(hours=begin)
            given["sessions"] = [[start.isoformat(), (start + timedelta(hours=length)).isoformat()]]
        elif name == "release.planned":
            given["planned_at"] = (at + timedelta(hours=given.pop("hours"))).isoformat()
        lines.append(event(at, name, **given))
    return terms, lines


@settings(deadline=None, max_examples=150)
@given(history=histories())
def test_every_clocks_explanation_is_consecutive_and_adds_up(history: tuple[str, list[Line]]) -> None:
    terms, lines = history

    case = judged(*lines, terms=terms, until="05-12 00:00")

    for _, target, ordinal in case.rows:
        why = case.why(target, ordinal)
        parts = [part for part in why.segments if part.end is None or part.end > part.start]
        assert all(before.end in (after.start, None) for before, after in pairwise(parts))
        assert why.total is None or why.counted == why.total


@settings(deadline=None, max_examples=150)
@given(history=histories(), place=st.integers(0, 14))
def test_what_comes_later_changes_nothing_before_it(history: tuple[str, list[Line]], place: int) -> None:
    terms, lines = history
    now = datetime.fromisoformat(lines[min(place, len(lines) - 1)]["at"])
    known = [line for line in lines if datetime.fromisoformat(line["at"]) <= now]

    then, afterwards = judged(*known, terms=terms), judged(*lines, terms=terms, until=now)

    assert then.rows == afterwards.rows


@settings(deadline=None, max_examples=150)
@given(history=histories())
def test_each_clock_is_what_its_instants_say(history: tuple[str, list[Line]]) -> None:
    terms, lines = history
    end = ny("05-12 00:00")

    rows = judged(*lines, terms=terms, until="05-12 00:00").rows.values()

    for row in rows:
        assert row.breached_at is None or row.breached_at == row.due_at
        assert row.due_at is None or row.state in ("void", "breached", "paused") or row.due_at >= (row.met_at or end)
        assert (row.state == "breached") == (row.breached_at is not None)
        assert (row.state == "met") <= (row.met_at is not None)
        assert row.state != "paused" or row.due_at is None
        assert row.state != "void" or row.met_at is None


@st.composite
def cancelled(draw: st.DrawFn) -> tuple[list[Line], list[Line]]:
    """Draw a history without hosted events, and the same with one that is scheduled and cancelled in its course."""
    shifts = st.sampled_from(["critical", "major", "minor"]).map(lambda severity: ("reclassified", severity))
    plans = st.integers(1, 9).map(lambda hours: ("release.planned", hours))
    others = st.sampled_from(
        [("waiting", ""), ("resumed", ""), ("agreement.suspended", ""), ("agreement.reinstated", "")]
    )
    drawn = draw(st.lists(st.tuples(st.integers(0, 60), shifts | plans | others), min_size=2, max_size=6))
    lines = [event(START, "reported", severity="minor")]
    at = START
    for gap, (name, what) in drawn:
        at += timedelta(minutes=gap)
        fields: dict[str, Any] = {"severity": what} if name == "reclassified" else {}
        if name == "waiting":
            fields = {"on": "information"}
        elif name == "release.planned":
            fields = {"release": "r", "planned_at": (at + timedelta(hours=int(what))).isoformat()}
        lines.append(event(at, name, **fields))
    start = START + timedelta(hours=draw(st.integers(-2, 2)))
    sessions = [[start.isoformat(), (start + timedelta(hours=3)).isoformat()]]
    scheduled = event(START, "hosted_event.scheduled", hosted_event="H", timezone="UTC", sessions=sessions)
    place = draw(st.integers(1, len(lines)))
    ended = event(at, "hosted_event.cancelled", hosted_event="H")
    return lines, [*lines[:place], {**scheduled, "at": lines[place - 1]["at"]}, *lines[place:], ended]


@settings(deadline=None, max_examples=200)
@given(drawn=cancelled())
def test_a_hosted_event_that_was_cancelled_leaves_no_trace_on_what_is_still_open(
    drawn: tuple[list[Line], list[Line]],
) -> None:
    without, with_one = (judged(*lines).rows for lines in drawn)

    for key, row in with_one.items():
        if row.state in ("running", "paused"):
            assert row == without[key]
