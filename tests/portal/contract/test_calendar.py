"""Business time, case by case. Clause: T-1 to T-4.

`business_time.json` holds the 308 cases, with their calendars, of the oracle that the product's specification
brings along (oracle/business_time.json).
"""

import copy
import json
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal.contract.calendar import BusinessCalendar, InvalidCalendar, InvalidInstant, Span, always

ORACLE = json.loads((Path(__file__).parent / "business_time.json").read_text())
NEW_YORK = ZoneInfo("America/New_York")
OFFICE_WEEK = {day: [("09:00", "17:00")] for day in range(5)}
WHOLE_WEEK = {day: [("00:00", "24:00")] for day in range(7)}
THANKSGIVING = date(2026, 11, 26)


def office(*holidays: date) -> BusinessCalendar:
    """Return Monday to Friday, 09:00 to 17:00, in New York."""
    return BusinessCalendar("America/New_York", OFFICE_WEEK, holidays)


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    """Return the instant of a wall clock, the first one where it is read twice."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ------------------------------------------------------------------------------------------------------- the oracle


@pytest.fixture(scope="module")
def oracle_calendars() -> dict[str, BusinessCalendar]:
    return {
        name: BusinessCalendar(
            calendar["tz"],
            {int(day): [(opens, closes) for opens, closes in row] for day, row in calendar["weekly"].items()},
            [date.fromisoformat(day) for day in calendar["holidays"]],
        )
        for name, calendar in ORACLE["calendars"].items()
    }


@pytest.mark.parametrize("case", ORACLE["cases"], ids=lambda case: f"{case['calendar']}-{case['op']}-{case['tag']}")
def test_every_case_of_the_oracle_agrees(case: dict[str, Any], oracle_calendars: dict[str, BusinessCalendar]) -> None:
    calendar = oracle_calendars[case["calendar"]]
    start = datetime.fromisoformat(case["start"])

    if case["op"] == "add":
        assert calendar.add(start, timedelta(seconds=case["amount_seconds"])) == datetime.fromisoformat(
            case["expected"]
        )
    else:
        end = datetime.fromisoformat(case["end"])
        assert calendar.between(start, end) == timedelta(seconds=case["expected"])


def test_the_oracle_is_whole() -> None:
    assert len(ORACLE["cases"]) == 308


# ------------------------------------------------------------------------------------------------------- T-2 and T-3


def test_what_ends_at_a_closing_is_due_at_that_closing() -> None:
    due = office().add(local("2026-06-05 16:00"), timedelta(hours=1))

    assert due == local("2026-06-05 17:00")


def test_a_microsecond_more_is_due_after_the_weekend() -> None:
    due = office().add(local("2026-06-05 16:00"), timedelta(hours=1, microseconds=1))

    assert due == local("2026-06-08 09:00:00.000001")


def test_nothing_added_is_the_start_itself_even_while_closed() -> None:
    saturday = local("2026-06-06 12:00")

    assert office().add(saturday, timedelta(0)) == saturday


def test_taking_away_lands_at_the_opening_and_not_at_the_closing_before() -> None:
    since = office().add(local("2026-06-08 10:00"), -timedelta(hours=1))

    assert since == local("2026-06-08 09:00")


def test_a_night_of_23_hours_is_counted_as_23() -> None:
    night = always("America/New_York").between(local("2026-03-07 12:00"), local("2026-03-08 12:00"))

    assert night == timedelta(hours=23)


def test_two_readings_of_one_hour_are_an_hour_apart() -> None:
    first = local("2026-11-01 01:30")
    second = first.replace(fold=1)

    assert always("America/New_York").between(first, second) == timedelta(hours=1)
    assert BusinessCalendar("America/New_York", WHOLE_WEEK, [THANKSGIVING]).between(first, second) == timedelta(hours=1)


@pytest.mark.parametrize("zone", [UTC, NEW_YORK, timezone(timedelta(hours=5, minutes=30))])
@pytest.mark.parametrize("calendar", [office(), always()], ids=["office", "always"])
def test_instants_of_any_zone_are_answered_in_utc(calendar: BusinessCalendar, zone: timezone | ZoneInfo) -> None:
    start = utc("2026-06-05 15:00").astimezone(zone)

    due = calendar.add(start, timedelta(hours=1))
    unmoved = calendar.add(start, timedelta(0))

    assert (due, due.tzinfo) == (utc("2026-06-05 16:00"), UTC)
    assert (unmoved, unmoved.tzinfo) == (start, UTC)


def test_a_calendar_extends_itself_either_way_and_keeps_its_answers() -> None:
    calendar = office()
    week = timedelta(hours=40)

    now = calendar.add(local("2026-06-01 09:00"), week)
    earlier = calendar.add(local("1950-06-05 09:00"), week)
    later = calendar.add(local("2300-06-04 09:00"), week)
    far = calendar.add(local("2026-06-01 09:00"), 5200 * week)
    back = calendar.add(far, -5200 * week)

    assert now == local("2026-06-05 17:00") == calendar.add(local("2026-06-01 09:00"), week)
    assert earlier == local("1950-06-09 17:00")
    assert later == local("2300-06-08 17:00")
    assert far == local("2126-01-25 17:00")
    assert back == local("2026-06-01 09:00")


def test_an_interval_never_leaves_its_date_where_the_last_hour_is_missing() -> None:
    nuuk = ZoneInfo("America/Nuuk")
    saturdays = BusinessCalendar("America/Nuuk", {5: [("20:00", "23:30")]})

    counted = saturdays.between(local("2025-03-29 12:00", nuuk), local("2025-03-30 12:00", nuuk))

    assert counted == timedelta(hours=3)


def test_openings_that_a_gap_pushes_into_each_other_are_counted_once() -> None:
    sundays = BusinessCalendar("America/New_York", {6: [("01:30", "02:30"), ("03:00", "04:00")]})

    counted = sundays.between(local("2026-03-08 00:00"), local("2026-03-09 00:00"))

    assert counted == timedelta(hours=1, minutes=30)


# ------------------------------------------------------------------------------------------------------------- T-4


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        pytest.param("2026-06-03 16:59:59.999999", 1, "2026-06-04 17:00", id="just before the closing"),
        pytest.param("2026-06-03 17:00", 1, "2026-06-05 17:00", id="at the closing"),
        pytest.param("2026-06-03 00:00", 0, "2026-06-03 17:00", id="before the opening, no days"),
        pytest.param("2026-06-05 18:00", 0, "2026-06-08 17:00", id="Friday evening, no days"),
        pytest.param("2026-06-06 12:00", 1, "2026-06-09 17:00", id="Saturday"),
        pytest.param("2026-11-25 12:00", 1, "2026-11-27 17:00", id="over a holiday"),
        pytest.param("2026-11-26 12:00", 1, "2026-11-30 17:00", id="on a holiday"),
        pytest.param("2026-03-06 12:00", 1, "2026-03-09 17:00", id="over the change to summer"),
        pytest.param("2026-10-30 12:00", 3, "2026-11-04 17:00", id="over the change to winter"),
        pytest.param("2026-06-03 09:00", 260, "2027-06-03 17:00", id="out of the years compiled first"),
    ],
)
def test_business_days_run_from_the_day_of_receipt_to_a_closing(received: str, days: int, due: str) -> None:
    assert office(THANKSGIVING).deadline(local(received), days) == local(due)


def test_a_lunch_break_does_not_end_the_day_of_receipt() -> None:
    split = BusinessCalendar("America/New_York", {day: [("09:00", "12:00"), ("13:00", "17:00")] for day in range(5)})

    assert split.deadline(local("2026-06-03 12:30"), 0) == local("2026-06-03 17:00")


def test_the_day_of_receipt_is_the_date_in_the_zone_of_the_calendar() -> None:
    tuesday_in_utc = utc("2026-06-02 01:00")

    assert office().local_date(tuesday_in_utc) == date(2026, 6, 1)
    assert office().deadline(tuesday_in_utc, 0) == local("2026-06-02 17:00")
    assert always("America/New_York").deadline(tuesday_in_utc, 0) == local("2026-06-02 00:00")


@pytest.mark.parametrize(
    ("on", "days", "closes"),
    [
        pytest.param("2026-06-11", 3, "2026-06-08 17:00", id="Thursday"),
        pytest.param("2026-06-08", 3, "2026-06-03 17:00", id="over a weekend"),
        pytest.param("2026-06-07", 1, "2026-06-05 17:00", id="from a Sunday"),
        pytest.param("2026-11-30", 3, "2026-11-24 17:00", id="over a holiday"),
        pytest.param("2026-11-26", 1, "2026-11-25 17:00", id="from a holiday"),
        pytest.param("2026-11-03", 2, "2026-10-30 17:00", id="over the change to winter"),
        pytest.param("2026-06-08", 0, "2026-06-08 17:00", id="no days"),
        pytest.param("2026-06-07", 0, "2026-06-05 17:00", id="no days, on a Sunday"),
    ],
)
def test_a_cutoff_is_the_closing_so_many_business_days_before(on: str, days: int, closes: str) -> None:
    assert office(THANKSGIVING).cutoff(date.fromisoformat(on), days) == local(closes)


def test_fewer_than_no_business_days_are_refused() -> None:
    with pytest.raises(ValueError, match="business_days is -1: give zero or more"):
        office().deadline(local("2026-06-03 12:00"), -1)
    with pytest.raises(ValueError, match="business_days is -2: give zero or more"):
        office().cutoff(date(2026, 6, 3), -2)


# ------------------------------------------------------------------------------------------------- open, and spans


def test_an_opening_is_open_and_a_closing_no_longer() -> None:
    assert office().is_open(local("2026-06-05 09:00"))
    assert office().is_open(local("2026-06-05 16:59:59.999999"))
    assert not office().is_open(local("2026-06-05 17:00"))
    assert not office(THANKSGIVING).is_open(local("2026-11-26 12:00"))
    assert always().is_open(local("2026-11-26 12:00"))


def test_a_holiday_is_a_span_of_its_own_between_the_closed_nights() -> None:
    spans = list(office(THANKSGIVING).spans(local("2026-11-25 16:00"), local("2026-11-27 10:00")))

    assert spans == [
        Span(local("2026-11-25 16:00"), local("2026-11-25 17:00"), "counted"),
        Span(local("2026-11-25 17:00"), local("2026-11-26 00:00"), "closed"),
        Span(local("2026-11-26 00:00"), local("2026-11-27 00:00"), "holiday"),
        Span(local("2026-11-27 00:00"), local("2026-11-27 09:00"), "closed"),
        Span(local("2026-11-27 09:00"), local("2026-11-27 10:00"), "counted"),
    ]


def test_a_holiday_on_a_closed_weekday_is_merely_closed() -> None:
    saturday = date(2026, 7, 4)

    spans = list(office(saturday).spans(local("2026-07-03 17:00"), local("2026-07-06 09:00")))

    assert spans == [Span(local("2026-07-03 17:00"), local("2026-07-06 09:00"), "closed")]


def test_a_holiday_on_a_date_that_its_zone_leaves_out_is_no_span() -> None:
    samoa = BusinessCalendar("Pacific/Apia", OFFICE_WEEK, [date(2011, 12, 30)])
    thursday, saturday = utc("2011-12-30 03:00"), utc("2011-12-31 09:00")

    spans = list(samoa.spans(thursday, saturday))

    assert spans == [Span(thursday, saturday, "closed")]


def test_a_calendar_that_never_closes_is_one_counted_span() -> None:
    start, end = utc("2026-06-01 00:00"), utc("2027-06-01 00:00")

    assert list(always().spans(start, end)) == [Span(start, end, "counted")]


def test_no_time_has_no_spans() -> None:
    during_hours = local("2026-06-05 12:00")

    assert list(office().spans(during_hours, during_hours)) == []
    assert list(always().spans(during_hours, during_hours)) == []


def test_spans_that_end_before_they_start_are_refused() -> None:
    with pytest.raises(InvalidInstant, match="swap them"):
        office().spans(utc("2026-06-02 00:00"), utc("2026-06-01 00:00"))


# ------------------------------------------------------------------------------------------------- what a calendar is


def test_only_every_minute_of_every_day_is_always_open() -> None:
    halves = {day: [("12:00", "24:00"), ("00:00", "12:00")] for day in range(7)}
    all_but_a_minute = WHOLE_WEEK | {6: [("00:00", "23:59")]}

    assert always("Europe/London").always_open
    assert BusinessCalendar("UTC", halves).always_open
    assert not BusinessCalendar("UTC", all_but_a_minute).always_open
    assert not BusinessCalendar("UTC", WHOLE_WEEK, [THANKSGIVING]).always_open


def test_calendars_that_close_alike_are_equal_whatever_order_and_names_they_were_given() -> None:
    backwards = dict(reversed(OFFICE_WEEK.items())) | {6: []}
    named = BusinessCalendar(
        "America/New_York", backwards, [THANKSGIVING], holiday_names={THANKSGIVING: "Thanksgiving Day"}
    )

    assert named == office(THANKSGIVING)
    assert hash(named) == hash(office(THANKSGIVING))
    assert named.holiday_names == {THANKSGIVING: "Thanksgiving Day"}
    assert office() != office(THANKSGIVING)
    assert always("UTC") != always("Europe/London")


def test_a_calendar_survives_being_copied_and_pickled() -> None:
    calendar = office(THANKSGIVING)

    for copied in (copy.deepcopy(calendar), pickle.loads(pickle.dumps(calendar))):  # noqa: S301 - our own.
        assert copied == calendar
        assert copied.add(local("2026-11-25 16:00"), timedelta(hours=2)) == local("2026-11-27 10:00")


# --------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../../etc", "", "America", "a" * 5000, "\0", "\ud800", None, 5])
def test_an_unknown_zone_is_refused_in_a_short_sentence(zone: Any) -> None:
    with pytest.raises(InvalidCalendar, match=r"zone .* is unknown: give an IANA name") as refusal:
        BusinessCalendar(zone, OFFICE_WEEK)

    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    ("weekly", "sentence"),
    [
        ({}, "weekly is {} and never opens: give one day an interval at least"),
        ({0: [], 6: ()}, "never opens"),
        ({7: [("09:00", "17:00")]}, "weekly names the weekday 7: give 0 for Monday to 6 for Sunday"),
        ({-1: [("09:00", "17:00")]}, "weekday -1"),
        ({"0": [("09:00", "17:00")]}, "weekday '0'"),
        (
            {0: [("09:00", "12:00"), ("11:59", "17:00")]},
            "weekly of Monday has 09:00 to 12:00 and 11:59 to 17:00, which",
        ),
        ({0: [("09:00", "17:00"), ("09:00", "17:00")]}, "which overlap"),
        ({1: [("22:00", "06:00")]}, "22:00 to 06:00, which crosses midnight: split it at midnight.*on Wednesday"),
        ({6: [("22:00", "00:00")]}, "22:00 to 24:00 here and the rest on Monday"),
        ({2: [("09:00", "09:00")]}, "weekly of Wednesday has the empty interval 09:00 to 09:00"),
        ({2: [("24:00", "00:00")]}, "give two times 'HH:MM'"),
        ({2: [("9:00", "17:00")]}, "give two times 'HH:MM'"),
        ({2: [("09:00", "24:01")]}, "give two times 'HH:MM'"),
        ({2: [("٠٩:٠٠", "17:00")]}, "give two times 'HH:MM'"),
        ({2: [("09:00\n", "17:00")]}, "give two times 'HH:MM'"),
        ({2: [("09:00", None)]}, "give two times 'HH:MM'"),
        ({2: ["09:00-17:00"]}, "give two times 'HH:MM'"),
    ],
)
def test_a_week_that_cannot_be_is_refused_with_day_value_and_remedy(weekly: Any, sentence: str) -> None:
    with pytest.raises(InvalidCalendar, match=sentence):
        BusinessCalendar("America/New_York", weekly)


@pytest.mark.parametrize("holiday", ["2026-11-26", utc("2026-11-26 00:00"), 20261126])
def test_a_holiday_that_is_no_date_is_refused(holiday: Any) -> None:
    with pytest.raises(InvalidCalendar, match=r"holidays has .*: give dates without a time"):
        BusinessCalendar("America/New_York", OFFICE_WEEK, [holiday])


@pytest.mark.parametrize("calendar", [office(), always()], ids=["office", "always"])
def test_an_instant_without_a_zone_is_refused(calendar: BusinessCalendar) -> None:
    naive = datetime(2026, 6, 5, 12)  # noqa: DTZ001 - what the test is about.

    for ask in (
        lambda: calendar.add(naive, timedelta(hours=1)),
        lambda: calendar.between(utc("2026-06-05 12:00"), naive),
        lambda: calendar.deadline(naive, 1),
        lambda: calendar.is_open(naive),
        lambda: calendar.local_date(naive),
        lambda: calendar.spans(naive, naive),
    ):
        with pytest.raises(InvalidInstant, match="2026-06-05 12:00:00 has no zone: give an offset"):
            ask()


@pytest.mark.parametrize("edge", [datetime.min, datetime.max])  # noqa: DTZ901 - the zones are given below.
@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))])
def test_an_instant_at_the_edge_of_the_calendar_is_refused_at_once(edge: datetime, zone: timezone) -> None:
    at, day = edge.replace(tzinfo=zone), edge.date()

    for ask in (
        lambda: office().add(at, timedelta(hours=1)),
        lambda: office().add(at, -timedelta(hours=1)),
        lambda: office().between(at, utc("2026-06-05 12:00")),
        lambda: office().deadline(at, 1),
        lambda: office().cutoff(day, 1),
        lambda: office().is_open(at),
        lambda: office().spans(min(at, utc("2026-06-05 12:00")), max(at, utc("2026-06-05 12:00"))),
        lambda: always().add(at, timedelta.max if edge.year > 1 else timedelta.min),
    ):
        with pytest.raises(InvalidInstant, match=r": give a (nearer|smaller)"):
            ask()


@pytest.mark.parametrize("amount", [timedelta(days=400_000), timedelta(days=-400_000), timedelta.max, timedelta.min])
def test_an_amount_that_leads_out_of_the_years_counted_is_refused(amount: timedelta) -> None:
    with pytest.raises(InvalidInstant, match=r"give .*a smaller amount"):
        office().add(utc("2026-06-05 12:00"), amount)


def test_business_days_without_end_are_refused() -> None:
    with pytest.raises(InvalidInstant, match="years 1901 to 2499 and this leads to 2500"):
        office().deadline(utc("2026-06-05 12:00"), 10**9)
    with pytest.raises(InvalidInstant, match="years 1901 to 2499 and this leads to 1900"):
        office().cutoff(date(2026, 6, 5), 10**9)
