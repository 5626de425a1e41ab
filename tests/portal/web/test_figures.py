from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.contract.money import Money
from portal.web.figures import (
    day_text,
    duration_text,
    instant_machine,
    instant_text,
    left_text,
    money_text,
    period_text,
    zone_name,
)

NEW_YORK = ZoneInfo("America/New_York")
AT = datetime(2027, 3, 11, 22, 0, tzinfo=UTC)


def spaced(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("zone", "at", "name"),
    [
        ("America/New_York", datetime(2027, 1, 5, 12, tzinfo=UTC), "ET"),
        ("America/New_York", datetime(2027, 7, 5, 12, tzinfo=UTC), "ET"),
        ("America/Chicago", datetime(2027, 7, 5, 12, tzinfo=UTC), "CT"),
        ("America/Phoenix", datetime(2027, 7, 5, 12, tzinfo=UTC), "MST"),
        ("Europe/Berlin", datetime(2027, 1, 5, 12, tzinfo=UTC), "CET"),
        ("Europe/Berlin", datetime(2027, 7, 5, 12, tzinfo=UTC), "CEST"),
        ("UTC", datetime(2027, 7, 5, 12, tzinfo=UTC), "UTC"),
        ("Asia/Kathmandu", datetime(2027, 7, 5, 12, tzinfo=UTC), "UTC+5:45"),
        ("America/Sao_Paulo", datetime(2027, 7, 5, 12, tzinfo=UTC), "UTC\N{MINUS SIGN}3"),
        ("Asia/Shanghai", datetime(2027, 7, 5, 12, tzinfo=UTC), "UTC+8"),
    ],
)
def test_a_zone_is_named_as_its_people_name_it(zone: str, at: datetime, name: str) -> None:
    assert zone_name(at, ZoneInfo(zone)) == name


def test_the_two_halves_of_a_repeated_hour_are_told_apart() -> None:
    summer = datetime(2027, 11, 7, 5, 30, tzinfo=UTC)

    names = [zone_name(summer, NEW_YORK), zone_name(summer + timedelta(hours=1), NEW_YORK)]

    assert names == ["EDT", "EST"]


def test_a_full_instant_breaks_only_at_its_comma() -> None:
    text = instant_text(AT, NEW_YORK)

    assert spaced(text) == "Thu 11 Mar 2027, 17:00 ET"
    assert text.count(" ") == 1


@pytest.mark.parametrize(
    ("style", "now", "text"),
    [
        ("list", datetime(2027, 1, 1, 12, tzinfo=UTC), "Thu 11 Mar, 17:00 ET"),
        ("list", datetime(2026, 12, 31, 12, tzinfo=UTC), "Thu 11 Mar 2027, 17:00 ET"),
        ("list", None, "Thu 11 Mar 2027, 17:00 ET"),
        ("time", datetime(2027, 3, 11, 12, tzinfo=UTC), "17:00 ET"),
        ("time", datetime(2027, 3, 12, 4, 59, tzinfo=UTC), "17:00 ET"),
        ("time", datetime(2027, 3, 12, 5, 0, tzinfo=UTC), "Thu 11 Mar, 17:00 ET"),
        ("exact", datetime(2027, 3, 11, 12, tzinfo=UTC), "Thu 11 Mar 2027, 17:00:00 ET"),
    ],
)
def test_an_instant_leaves_out_only_what_now_tells(style: str, now: datetime | None, text: str) -> None:
    assert spaced(instant_text(AT, NEW_YORK, style, now)) == text  # type: ignore[arg-type]


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names no zone"):
        instant_text(datetime(2027, 3, 11, 17, 0), NEW_YORK)  # noqa: DTZ001 - the point of the test


def test_the_machine_reads_the_offset_and_seconds_where_there_are_any() -> None:
    assert instant_machine(AT, NEW_YORK) == "2027-03-11T17:00-05:00"
    assert instant_machine(AT + timedelta(seconds=48), NEW_YORK) == "2027-03-11T17:00:48-05:00"


def test_a_period_names_its_day_and_its_zone_once() -> None:
    first, last = period_text(AT, AT + timedelta(hours=1), NEW_YORK, AT)

    assert [spaced(first), spaced(last)] == ["Thu 11 Mar, 17:00", "18:00 ET"]


def test_a_period_across_days_names_both() -> None:
    first, last = period_text(AT, AT + timedelta(hours=16), NEW_YORK, AT)

    assert [spaced(first), spaced(last)] == ["Thu 11 Mar, 17:00", "Fri 12 Mar, 09:00 ET"]


def test_a_period_across_a_clock_change_names_both_zones() -> None:
    start = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)

    first, last = period_text(start, start + timedelta(hours=1), ZoneInfo("Europe/Berlin"), start)

    assert [spaced(first), spaced(last)] == ["Sun 28 Mar, 01:30 CET", "03:30 CEST"]


def test_a_date_reads_with_and_without_its_year() -> None:
    assert spaced(day_text(date(2027, 3, 9))) == "Tue 9 Mar 2027"
    assert spaced(day_text(date(2027, 3, 9), year=False)) == "Tue 9 Mar"


@pytest.mark.parametrize(
    ("amount", "style", "text"),
    [
        (timedelta(hours=4, minutes=53), "minutes", "4 h 53 min"),
        (timedelta(hours=4, minutes=53, seconds=59), "minutes", "4 h 53 min"),
        (timedelta(hours=6), "minutes", "6 h"),
        (timedelta(hours=168), "minutes", "168 h"),
        (timedelta(seconds=41), "minutes", "41 s"),
        (timedelta(milliseconds=41), "minutes", "41 ms"),
        (timedelta(microseconds=1), "minutes", "1 ms"),
        (timedelta(0), "minutes", "0 min"),
        (timedelta(minutes=30, seconds=20, milliseconds=500), "exact", "30 min 20.5 s"),
        (timedelta(hours=1, seconds=1), "exact", "1 h 1 s"),
        (timedelta(hours=6), "exact", "6 h"),
        (timedelta(0), "latency", "0 ms"),
        (timedelta(milliseconds=41), "latency", "41 ms"),
        (timedelta(days=6, hours=3), "days", "6 days 3 h"),
        (timedelta(days=1), "days", "1 day"),
        (timedelta(hours=23), "days", "23 h"),
        (timedelta(minutes=-10), "minutes", "\N{MINUS SIGN}10 min"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(amount: timedelta, style: str, text: str) -> None:
    assert spaced(duration_text(amount, style)) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (timedelta(minutes=13, seconds=59), "13 min"),
        (timedelta(seconds=59), "under 1 min"),
        (timedelta(0), "0 min"),
        (timedelta(seconds=-1), "under 1 min over"),
        (timedelta(minutes=-10, seconds=-59), "10 min over"),
        (timedelta(hours=-2), "2 h over"),
    ],
)
def test_what_is_left_never_promises_a_begun_minute(amount: timedelta, text: str) -> None:
    assert spaced(left_text(amount)) == text


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(150_000, "USD"), "$1,500.00"),
        (Money(-100_000, "USD"), "\N{MINUS SIGN}$1,000.00"),
        (Money(5, "EUR"), "€0.05"),
        (Money(1_500, "JPY"), "¥1,500"),
        (Money(1_500_125, "KWD"), "KWD 1,500.125"),
        (Money(20_000, "SEK"), "SEK 200.00"),
    ],
)
def test_money_keeps_every_minor_unit(money: Money, text: str) -> None:
    assert spaced(money_text(money)) == text
