"""The arithmetic of availability against an oracle that counts minutes one by one, as sets of whole numbers.

Clause: JS-17, JS-18, JS-20, JB-10, T-8.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.rules.availability import Availability, MonthFigure, Outage, Record, Window
from incidents.rules.intervals import Intervals
from incidents.rules.months import Month
from incidents.rules.receipts import counted, receipt
from incidents.rules.tiers import allowed_downtime, current, steps
from portal.contract.terms import AvailabilityTerms, read_terms

NEW_YORK = ZoneInfo("America/New_York")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MARCH = Month(2026, 3)
"""A month of 743 hours in New York."""
FIRST, LAST = 57 * 1440, 92 * 1440
"""Minutes from the epoch that begin before March and end after it."""
CAUSES = ("unscheduled", "force_majeure", "client", "network", "emergency")
ALLOWANCE = 600

Minutes = frozenset[int]


def promised(preset: str) -> AvailabilityTerms:
    terms = read_terms(preset).document.availability
    assert terms is not None
    return terms


def instant(minute: int) -> datetime:
    return EPOCH + minute * MINUTE


@lru_cache(maxsize=4)
def minutes_of(month: Month) -> Minutes:
    """Return the minutes of a month in New York, each asked for its own local date."""
    local = ((minute, instant(minute).astimezone(NEW_YORK)) for minute in range(FIRST, LAST))
    return frozenset(minute for minute, at in local if (at.year, at.month) == (month.year, month.number))


@st.composite
def spans(draw: st.DrawFn, longest: int = 2000) -> tuple[int, int]:
    start = draw(st.integers(FIRST, LAST - longest))
    return start, start + draw(st.integers(1, longest))


outages = st.lists(st.tuples(spans(), st.sampled_from(CAUSES), st.booleans()), max_size=6)
windows = st.lists(st.tuples(spans(1200), st.sampled_from([0, 1, 1439, 1440, 3000]), st.booleans()), max_size=4)
hosted_spans = st.lists(spans(600), max_size=3)


def record_of(
    plain_outages: list[tuple[tuple[int, int], str, bool]], plain_windows: list[tuple[tuple[int, int], int, bool]]
) -> Record:
    """Return a record of outages (span, cause, still open) and windows (span, minutes of notice, agreed)."""
    record = Record()
    for number, ((start, end), cause, is_open) in enumerate(plain_outages):
        ref = f"O-{number}"
        record.outages[ref] = Outage(ref, instant(start), None if is_open else instant(end), cause, instant(start))
    for number, ((start, end), notice, agreed) in enumerate(plain_windows):
        ref = f"W-{number}"
        record.windows[ref] = Window(ref, instant(start), instant(end), instant(start - notice), agreed)
    return record


def covered(spans_: list[tuple[int, int]]) -> Minutes:
    return frozenset(minute for start, end in spans_ for minute in range(start, end))


def share(total: Minutes, down: Minutes, left_out: Minutes) -> Fraction | None:
    base = len(total - left_out)
    return Fraction(base - len(down & total), base) if base else None


@settings(max_examples=150, deadline=None)
@given(outages, windows, hosted_spans, st.integers(FIRST + 2000, LAST))
def test_uptime_and_hosted_uptime_equal_the_count_of_single_minutes_under_the_live_terms(
    plain_outages: list[tuple[tuple[int, int], str, bool]],
    plain_windows: list[tuple[tuple[int, int], int, bool]],
    plain_hosted: list[tuple[int, int]],
    until: int,
) -> None:
    terms = promised("juno-live-support")
    record = record_of(plain_outages, plain_windows)
    hosted = [(instant(start), instant(end)) for start, end in plain_hosted]

    figure = Availability(record, hosted, zone=NEW_YORK, until=instant(until)).figure(MARCH, terms)

    total = frozenset(minute for minute in minutes_of(MARCH) if minute < until)
    down = total & covered(
        [
            (start, until if is_open else min(end, until))
            for (start, end), cause, is_open in plain_outages
            if cause != "force_majeure"
        ]
    )
    valid = covered([span for span, notice, agreed in plain_windows if agreed or notice >= 1440])
    scheduled = frozenset(sorted(down & valid)[:ALLOWANCE])
    on_air = total & covered(plain_hosted)
    assert figure.uptime == share(total, down - scheduled, scheduled)
    assert figure.hosted_uptime == (share(on_air, down - scheduled, scheduled) if on_air else None)
    assert_rows_add_up(figure, record, terms)


@settings(max_examples=100, deadline=None)
@given(outages, windows, st.integers(FIRST + 2000, LAST))
def test_uptime_equals_the_count_of_single_minutes_under_the_terms_in_business_hours(
    plain_outages: list[tuple[tuple[int, int], str, bool]],
    plain_windows: list[tuple[tuple[int, int], int, bool]],
    until: int,
) -> None:
    terms = promised("jbi-support")
    record = record_of(plain_outages, plain_windows)

    figure = Availability(record, [], zone=NEW_YORK, until=instant(until)).figure(MARCH, terms)

    total = frozenset(minute for minute in minutes_of(MARCH) if minute < until)
    down = total & covered(
        [
            (start, until if is_open else min(end, until))
            for (start, end), cause, is_open in plain_outages
            if cause == "unscheduled"
        ]
    )
    announced = covered([span for span, notice, _ in plain_windows if notice > 0])
    assert figure.uptime == share(total, down - announced, frozenset())
    assert_rows_add_up(figure, record, terms)


def assert_rows_add_up(figure: MonthFigure, record: Record, terms: AvailabilityTerms) -> None:
    rows = receipt(figure, record, terms)
    assert counted(rows) == figure.counted.length
    scheduled = sum((row.length for row in rows if row.why == "scheduled"), timedelta(0))
    assert scheduled == figure.scheduled.length


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8),
    st.integers(0, 80),
)
def test_sets_of_intervals_are_sets_of_minutes(
    one: list[tuple[int, int]], other: list[tuple[int, int]], amount: int
) -> None:
    def intervals(spans_: list[tuple[int, int]]) -> Intervals:
        return Intervals((instant(start), instant(end)) for start, end in spans_)

    def minutes(found: Intervals) -> Minutes:
        return frozenset(m for m in range(61) if any(a <= instant(m) < b for a, b in found))

    left, right = intervals(one), intervals(other)
    mine, theirs = covered(one), covered(other)

    assert minutes(left & right) == mine & theirs
    assert minutes(left | right) == mine | theirs
    assert minutes(left - right) == mine - theirs
    assert left.length == len(mine) * MINUTE
    first, used_up_at = left.first(amount * MINUTE)
    if amount:
        assert minutes(first) == frozenset(sorted(mine)[:amount])
        assert (used_up_at is not None) == (len(mine) >= amount)


@given(st.integers(1, 44_640), st.integers(0, 44_640))
def test_a_tier_allows_exactly_the_downtime_that_keeps_the_uptime_at_its_edge(base: int, down: int) -> None:
    document = read_terms("juno-live-support").document
    assert document.availability is not None
    assert document.credits is not None
    assert document.credits.tiers is not None
    down = min(down, base)
    tiers = document.credits.tiers.value
    uptime = Fraction(base - down, base) * 100

    found = steps(base * MINUTE, document.availability, tiers)

    expected = next(place for place, tier in enumerate(tiers) if uptime >= Fraction(tier.at_least))
    assert current(found, down * MINUTE) == expected


@pytest.mark.parametrize(("edge", "hours"), [("99", "7:25:48"), ("98", "14:51:36"), ("99.9", "0:44:34.800000")])
def test_march_has_743_hours_to_be_down_in(edge: str, hours: str) -> None:
    base = MARCH.end(NEW_YORK) - MARCH.start(NEW_YORK)

    assert str(allowed_downtime(base, edge)) == hours


def test_a_month_begins_with_the_service_and_not_before() -> None:
    record = record_of([((60 * 1440, 60 * 1440 + 60), "unscheduled", False)], [])
    activated = instant(60 * 1440 + 30)

    figure = Availability(record, [], zone=NEW_YORK, until=instant(LAST), active=(activated, instant(LAST))).figure(
        MARCH, promised("juno-live-support")
    )

    assert figure.counted.length == 30 * MINUTE
    assert figure.total.length == MARCH.end(NEW_YORK) - activated
