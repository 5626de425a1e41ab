"""Business time against a slow second opinion, mostly around changes of the clocks. Clause: T-1 to T-4."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.contract.calendar import BusinessCalendar
from tests.portal.contract.slow_calendar import QUARTER, SlowCalendar, Weekly

unhurried = settings(deadline=None)  # The second opinion is slow by design.

# A zone, and a date on which it does something odd.
PLACES = [
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/London", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2025, 4, 6)),  # The clocks move by half an hour.
    ("Australia/Lord_Howe", date(2025, 10, 5)),
    ("America/Havana", date(2025, 3, 9)),  # Midnight does not exist.
    ("America/Havana", date(2025, 11, 2)),  # Midnight comes twice.
    ("America/Nuuk", date(2025, 3, 29)),  # The last hour before midnight does not exist.
    ("Africa/Cairo", date(2025, 10, 30)),  # The last hour before midnight comes twice.
    ("Pacific/Apia", date(2011, 12, 30)),  # The whole date does not exist.
    ("Asia/Kolkata", date(2025, 1, 1)),
    ("UTC", date(2024, 2, 29)),
]


def lengths(least: timedelta, most: timedelta) -> st.SearchStrategy[timedelta]:
    """Draw lengths to the microsecond, and as often whole quarters, which begin and end at boundaries."""
    quarter = timedelta(seconds=QUARTER)
    return st.timedeltas(least, most) | st.integers(-(-least // quarter), most // quarter).map(lambda n: n * quarter)


@dataclass(frozen=True)
class Case:
    """A calendar twice, fast and slow, and an instant near the odd date."""

    fast: BusinessCalendar
    slow: SlowCalendar
    at: datetime


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone, odd = draw(st.sampled_from(PLACES))
    weekly: Weekly = draw(st.dictionaries(st.integers(0, 6), rows(), min_size=3))
    holidays = {odd + timedelta(days=days) for days in draw(st.sets(st.integers(-8, 8), max_size=6))}
    noon = datetime(odd.year, odd.month, odd.day, 12, tzinfo=UTC)
    at = noon + draw(lengths(timedelta(days=-4), timedelta(days=4)))
    return Case(BusinessCalendar(zone, weekly, holidays), SlowCalendar(zone, weekly, holidays), at)


@st.composite
def rows(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Draw a day's intervals on quarters of an hour; each end is the next start, or lies before it."""
    quarters = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=6)))
    clocks = [f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in quarters]
    if draw(st.booleans()):
        return list(pairwise(clocks))
    return list(zip(clocks[::2], clocks[1::2], strict=False))


@unhurried
@given(cases(), lengths(timedelta(0), timedelta(days=9)))
def test_between_counts_what_the_quarters_count(case: Case, length: timedelta) -> None:
    end = case.at + length

    counted = case.fast.between(case.at, end)

    assert counted == case.slow.between(case.at, end)
    assert case.fast.between(end, case.at) == -counted


@unhurried
@given(cases(), lengths(timedelta.resolution, timedelta(hours=12)))
def test_add_finds_the_first_instant_at_which_the_amount_has_passed(case: Case, amount: timedelta) -> None:
    due = case.fast.add(case.at, amount)

    assert case.slow.between(case.at, due) == amount
    assert case.slow.between(case.at, due - timedelta.resolution) == amount - timedelta.resolution


@unhurried
@given(cases(), lengths(timedelta.resolution, timedelta(hours=12)))
def test_adding_less_than_nothing_finds_the_last_instant_that_leads_up_to_the_start(
    case: Case, amount: timedelta
) -> None:
    since = case.fast.add(case.at, -amount)

    assert case.slow.between(since, case.at) == amount
    assert case.slow.between(since + timedelta.resolution, case.at) == amount - timedelta.resolution


@unhurried
@given(cases(), st.integers(0, 5))
def test_a_deadline_is_counted_day_by_day(case: Case, business_days: int) -> None:
    due = case.fast.deadline(case.at, business_days)

    assert due == case.slow.deadline(case.at, business_days)


@unhurried
@given(cases(), st.integers(1, 5))
def test_a_cutoff_is_counted_day_by_day_backwards(case: Case, business_days: int) -> None:
    closes = case.fast.cutoff(case.at.date(), business_days)

    assert closes == case.slow.cutoff(case.at.date(), business_days)


@unhurried
@given(cases(), lengths(timedelta(0), timedelta(days=9)))
def test_spans_cover_the_time_once_and_say_what_each_quarter_is(case: Case, length: timedelta) -> None:
    end = case.at + length

    spans = list(case.fast.spans(case.at, end))

    edges = [case.at, *(span.end for span in spans)] if spans else [end]
    assert [span.start for span in spans] == edges[:-1]
    assert edges[-1] == end
    assert all(before.kind != after.kind for before, after in pairwise(spans))
    for span in spans:
        first, last = (
            int(span.start.timestamp()) // QUARTER,
            int((span.end - timedelta.resolution).timestamp()) // QUARTER,
        )
        assert {case.slow.kind(quarter * QUARTER) for quarter in range(first, last + 1)} == {span.kind}


@unhurried
@given(cases())
def test_an_instant_is_open_exactly_when_its_quarter_is(case: Case) -> None:
    quarter = int(case.at.timestamp()) // QUARTER * QUARTER

    assert case.fast.is_open(case.at) == (case.slow.kind(quarter) == "counted")
