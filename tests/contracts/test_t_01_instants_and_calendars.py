"""T-1: instants are UTC to the microsecond; calendars have a zone, hours and holidays; bad ones are refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from portal.contract.bad_line import BadLine
from portal.replay.engine import Judgement
from portal.replay.history import read_history
from portal.replay.output import json_document
from tests.contracts.judging import Line, event, hosted, judged, lines_of, ny, reported


def jbi(at: str, **calendar: Any) -> Any:
    """The due instant of one hour of support time under another calendar."""
    case = judged(reported(at), terms="jbi-support", overrides={"calendar": calendar})
    return case.due("response")


def test_instants_of_any_offset_are_kept_in_utc_to_the_microsecond() -> None:
    at = datetime(2026, 3, 2, 20, 30, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    case = judged(reported(at))

    assert case.clock("response").started_at.isoformat() == "2026-03-02T15:00:00.000001+00:00"


def test_an_instant_is_written_with_z_and_no_fraction_when_there_is_none() -> None:
    judgement = Judgement(read_history(lines_of(reported("10:00"))))

    clock = json.loads(b"".join(json_document(judgement)))["clocks"][0]

    assert clock["started_at"] == "2026-03-02T15:00:00Z"
    assert clock["met_at"] is None


def test_two_intervals_a_day_are_counted_with_the_break_left_out() -> None:
    weekly = {"0": [["09:00", "12:00"], ["13:00", "17:00"]]}

    assert jbi("11:30", weekly=weekly) == ny("13:30")


def test_hours_that_cross_midnight_belong_half_to_each_date() -> None:
    night = {"0": [["22:00", "24:00"]], "1": [["00:00", "06:00"]]}

    assert jbi("23:30", weekly=night) == ny("03-03 00:30")
    assert jbi("23:30", weekly=night, holidays=["2026-03-03"]) == ny("03-09 22:30")


@pytest.mark.parametrize(
    ("holiday", "due"),
    [
        ("07-02 16:30", "07-06 09:30"),  # 4 July 2026 is a Saturday: observed on Friday the 3rd.
        ("01-16 16:30", "01-20 09:30"),  # Martin Luther King's day.
        ("2027-12-30 16:30", "2028-01-03 09:30"),  # New Year 2028, observed on 31 December.
    ],
)
def test_federal_holidays_are_closed_on_the_dates_on_which_they_are_observed(holiday: str, due: str) -> None:
    case = judged(reported(holiday), terms="jbi-support")

    assert case.due("response") == ny(due)


def test_a_states_holiday_is_an_ordinary_day() -> None:
    lincolns_birthday = "02-12 10:00"

    case = judged(reported(lincolns_birthday), terms="jbi-support")

    assert case.due("response") == ny("02-12 11:00")


def test_the_providers_own_dates_close_too() -> None:
    assert jbi("16:30", holidays=["2026-03-03"]) == ny("03-04 09:30")


def test_an_interval_whose_opening_lies_in_the_gap_opens_where_fold_0_puts_it() -> None:
    case = judged(
        reported("03-07 12:00", severity="high"),
        terms="jbi-support",
        overrides={"calendar": {"weekly": {"6": [["02:30", "06:00"]]}, "holidays": []}},
    )

    assert case.due("response") == ny("03-08 05:30")  # 02:30 does not exist: it is 03:30 in summer time.


def test_an_interval_whose_closing_lies_in_the_overlap_closes_at_its_first_reading() -> None:
    case = judged(
        reported("10-31 12:00"),
        terms="jbi-support",
        overrides={"calendar": {"weekly": {"6": [["00:30", "01:30"]]}, "holidays": []}},
    )

    assert case.due("response") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_around_the_clock_is_a_calendar_of_its_own_and_ignores_holidays() -> None:
    case = judged(reported("12-25 03:00"))

    assert case.due("response") == ny("12-25 03:30")


def test_a_contract_that_names_no_hours_assumes_new_yorks_and_says_so() -> None:
    case = judged(reported("10:00", severity="minor"))

    calendar = case.judgement.history.terms.document.calendar
    assert (calendar.zone, calendar.basis) == ("America/New_York", "assumed")
    assert date(2026, 7, 3) in case.judgement.history.terms.business.holidays


BAD_CALENDARS: list[dict[str, Any]] = [
    {"zone": "America/Nowhere"},
    {"weekly": {}},
    {"weekly": {"7": [["09:00", "17:00"]]}},
    {"weekly": {"0": [["17:00", "09:00"]]}},
    {"weekly": {"0": [["09:00", "13:00"], ["12:00", "17:00"]]}},
    {"weekly": {"0": [["09:00", "25:00"]]}},
    {"holidays": ["2026-02-30"]},
]


@pytest.mark.parametrize("calendar", BAD_CALENDARS)
def test_a_calendar_that_cannot_be_is_a_bad_header(calendar: dict[str, Any]) -> None:
    with pytest.raises(BadLine) as refused:
        judged(reported("10:00"), terms="jbi-support", overrides={"calendar": calendar})

    assert refused.value.line == 1


def test_lines_are_judged_by_instant_and_equal_instants_by_line() -> None:
    resolved_first = judged(reported("10:00"), event("11:00", "resolved"), event("11:00", "reopened"), until="11:05")
    reopened_first = judged(reported("10:00"), event("11:00", "reopened"), event("11:00", "resolved"), until="11:05")

    assert resolved_first.state("resolution", 2) == "running"
    assert ("resolution", 2) not in reopened_first.targets()


def test_equal_instants_of_different_offsets_are_equal() -> None:
    report = event("2026-03-02 10:00", "reported", severity="critical")
    same = {"at": "2026-03-02T16:00:00+01:00", "event": "incident.responded", "incident": "A"}

    case = judged(report, same, until="11:00")

    assert case.clock("response").met_at == ny("10:00")


BAD_LINES: list[tuple[str, list[dict[str, Any]], int, str]] = [
    ("an unknown field", [reported("10:00", colour="red")], 2, "colour"),
    ("an unknown severity", [reported("10:00", severity="urgent")], 2, "severity"),
    ("an unknown category", [reported("10:00", category="weather")], 2, "category"),
    ("a severity as a number", [event("10:00", "reported", severity=1)], 2, "severity"),
    ("a second report", [reported("10:00"), reported("11:00")], 3, "incident"),
    ("an event before its report", [event("09:59", "responded"), reported("10:00")], 2, "incident"),
    ("an unknown wait", [reported("10:00"), event("11:00", "waiting", on="weather")], 3, "on"),
    ("no reason", [reported("10:00"), event("11:00", "determined", category="other")], 3, "reason"),
    ("no such event", [event("10:00", "hosted_event.cancelled", hosted_event="H")], 2, "hosted_event"),
    (
        "a breach of nobody",
        [event("10:00", "breach.voided", subject="incident:Z", target="response", ordinal=1, reason="x")],
        2,
        "subject",
    ),
    (
        "a breach of what has no clocks",
        [event("10:00", "breach.voided", subject="release:r", target="response", ordinal=1, reason="x")],
        2,
        "subject",
    ),
]


@pytest.mark.parametrize(("events", "line", "field"), [row[1:] for row in BAD_LINES], ids=[row[0] for row in BAD_LINES])
def test_a_bad_line_is_refused_by_number_and_field(events: list[dict[str, Any]], line: int, field: str) -> None:
    with pytest.raises(BadLine) as refused:
        judged(*events)

    assert (refused.value.line, refused.value.field) == (line, field)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (event("11:00", "resolved", by="magic"), "'magic'; expected one of fix, workaround"),
        (event("11:00", "resolved", cause="magic"), "'magic'; expected one of client_misuse, outside_control"),
        (
            event("11:00", "implementation.planned", implementation="I", go_live=None, modules=["learning", "magic"]),
            "'magic'; expected one of community, learning",
        ),
    ],
)
def test_a_word_that_a_field_does_not_take_is_refused_with_those_that_it_takes(line: Line, words: str) -> None:
    with pytest.raises(BadLine, match=words):
        judged(reported("10:00"), line)


def test_a_header_is_refused_with_the_words_that_it_takes() -> None:
    with pytest.raises(BadLine, match=r"line 1: fee\.per: .*'week'; expected one of month, year"):
        judged(fee={"amount": "1.00", "currency": "USD", "per": "week"})
    with pytest.raises(BadLine, match=r"line 1: hosting: .*'cloud'; expected one of hosted, on_premise"):
        judged(hosting="cloud")


def test_a_character_that_no_database_keeps_is_refused_and_its_name_spelled_out_is_not() -> None:
    spelled_out = judged(reported("10:00", title=r"\u0000 is written so"))

    with pytest.raises(BadLine, match=r"line 3: .*NUL"):
        judged(reported("10:00"), reported("10:00", incident="B", title="a\0b"))
    assert spelled_out.summary.incidents == 1


FAR_OFF = ["0001-01-01T00:00:00+05:00", "1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "9999-12-31T23:59:59-05:00"]


@pytest.mark.parametrize("instant", FAR_OFF)
@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("at", {"event": "incident.reported", "incident": "A", "severity": "critical"}),
        ("start", {"event": "outage.recorded", "outage": "O", "end": None}),
        ("end", {"event": "maintenance.announced", "maintenance": "M", "start": "2026-03-02T10:00:00Z"}),
        ("planned_at", {"event": "release.planned", "release": "r"}),
        ("notified_at", {"event": "outage.recorded", "outage": "O", "start": "2026-03-02T10:00:00Z", "end": None}),
    ],
)
def test_an_instant_too_far_off_to_count_from_is_a_bad_line(field: str, line: dict[str, Any], instant: str) -> None:
    with pytest.raises(BadLine, match="1970 to 2199") as refused:
        judged({"at": "2026-03-02T09:00:00Z", **line, field: instant})

    assert (refused.value.line, refused.value.field) == (2, field)


@pytest.mark.parametrize("instant", FAR_OFF)
def test_a_session_or_a_now_too_far_off_is_refused_too(instant: str) -> None:
    event_on_air = hosted("09:00", ("10:00", "11:00"))
    event_on_air["sessions"].append([instant, instant])

    with pytest.raises(BadLine) as session:
        judged(event_on_air)
    with pytest.raises(BadLine) as now:
        judged(reported("10:00"), until=datetime.fromisoformat(instant))

    assert (session.value.line, session.value.field) == (2, "sessions")
    assert (now.value.line, now.value.field) == (1, "until")


@pytest.mark.parametrize("year", [1970, 2199])
def test_the_first_and_the_last_year_are_counted_to_the_end(year: int) -> None:
    case = judged(reported(f"{year}-12-31 12:00", severity="low"), terms="jbi-support")

    due = case.due("response")
    assert due is not None
    assert due > case.clock("response").started_at


def test_a_bad_line_after_until_is_bad_all_the_same() -> None:
    with pytest.raises(BadLine):
        judged(reported("10:00"), event("18:00", "waiting", on="weather"), until="11:00")
