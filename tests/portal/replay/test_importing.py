"""Importing another system's export: by row, all or nothing. BAD_INPUTS: 11, 12."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from portal.replay.engine import Judgement
from portal.replay.history import read_history
from portal.replay.importing import BadSheet, servicenow_history

EXCERPT = Path(__file__).parent / "data" / "servicenow-excerpt.csv"
HEADER = "number,incident_state,opened_at,sys_updated_at,contact_type,category,subcategory,priority,problem_id"


def sheet(*rows: tuple[str, str, str, str], opened: str = "02-03-2026 09:00", **other: str) -> bytes:
    """A sheet with these rows: number, state, time of the row, priority."""
    lines = [
        f"{number},{state},{opened},{at},Phone,Mail,{other.get('subcategory', 'Outbox')},{priority},?"
        for number, state, at, priority in rows
    ]
    return "\n".join([HEADER, *lines]).encode()


def told(data: bytes, **options: Any) -> list[str]:
    """The events of a sheet in short: minutes of the day in London, name without its family, what it says."""
    lines = servicenow_history(data, zone="Europe/London", **options)
    short = []
    for line in lines[1:]:
        event = json.loads(line)
        what = event.get("on") or event.get("severity") or event.get("problem") or ""
        short.append(f"{event['at'][11:16]} {event['event'].removeprefix('incident.')} {what}".strip())
    return short


def refusals(data: bytes, **options: Any) -> list[str]:
    """What is wrong with a sheet."""
    with pytest.raises(BadSheet) as refused:
        servicenow_history(data, zone="Europe/London", **options)
    return refused.value.sentences


def test_an_excerpt_of_a_real_log_becomes_a_history_that_replays() -> None:
    lines = servicenow_history(EXCERPT.read_bytes(), zone="Europe/London")

    judgement = Judgement(read_history(lines))
    clocks = list(judgement.clocks())

    assert judgement.summary.incidents == 20
    assert {clock.severity for clock in clocks} == {"critical", "major", "minor"}
    assert all(clock.state in ("met", "breached") for clock in clocks if clock.target == "response")


def test_the_same_history_runs_under_other_severities() -> None:
    lines = servicenow_history(EXCERPT.read_bytes(), zone="Europe/London")
    header = {**json.loads(lines[0]), "terms": "jbi-support", "severity_map": {"major": "high", "minor": "normal"}}

    judgement = Judgement(read_history([json.dumps(header).encode(), *lines[1:]]))

    assert {clock.severity for clock in judgement.clocks()} == {"critical", "high", "normal"}


def test_states_become_the_answer_the_updates_the_waits_and_the_end() -> None:
    data = sheet(
        ("I1", "New", "02-03-2026 09:05", "2 - High"),
        ("I1", "Active", "02-03-2026 09:30", "2 - High"),
        ("I1", "Active", "02-03-2026 09:40", "1 - Critical"),
        ("I1", "Awaiting User Info", "02-03-2026 10:00", "1 - Critical"),
        ("I1", "Awaiting Vendor", "02-03-2026 10:30", "1 - Critical"),
        ("I1", "Active", "02-03-2026 11:00", "1 - Critical"),
        ("I1", "Resolved", "02-03-2026 12:00", "1 - Critical"),
        ("I1", "Active", "02-03-2026 13:00", "2 - High"),
        ("I1", "Closed", "02-03-2026 14:00", "2 - High"),
    )

    assert told(data) == [
        "09:00 reported major",
        "09:30 responded",
        "09:40 reclassified critical",
        "10:00 contacted",
        "10:00 waiting client",
        "10:30 contacted",
        "10:30 waiting third_party",
        "11:00 contacted",
        "11:00 resumed",
        "12:00 resolved",
        "13:00 reopened",
        "13:00 reclassified major",
        "14:00 resolved",
    ]


def test_a_map_says_what_priorities_become() -> None:
    data = sheet(("I1", "New", "02-03-2026 09:05", "2 - High"), ("I2", "New", "02-03-2026 09:05", "P5"))

    assert told(data, severities={"2 - High": "critical", "P5": "minor"}) == [
        "09:00 reported critical",
        "09:00 reported minor",
    ]


def test_a_severity_that_the_terms_lack_is_refused() -> None:
    data = sheet(("I1", "New", "02-03-2026 09:05", "2 - High"))

    assert refusals(data, terms="jbi-support")[0].startswith("priority '2 - High' becomes 'major'; jbi-support has ")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_marks_encodings_and_separators_are_recognised(encoding: str, separator: str) -> None:
    data = sheet(("I1", "New", "02-03-2026 09:05", "2 - High")).decode().replace(",", separator).encode(encoding)

    assert told(data) == ["09:00 reported major"]


def test_a_time_in_summer_is_an_hour_earlier_in_utc() -> None:
    data = sheet(("I1", "New", "01-07-2026 09:05", "2 - High"), opened="01-07-2026 09:00")

    assert told(data) == ["08:00 reported major"]


def test_of_a_time_that_occurs_twice_the_first_is_meant() -> None:
    data = sheet(("I1", "New", "25-10-2026 01:30", "2 - High"), opened="25-10-2026 01:30")

    assert told(data) == ["00:30 reported major"]


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("31-02-2026 09:00", "row 2: sys_updated_at: '31-02-2026 09:00' is no time as day-month-year"),
        ("02-03-0000 09:00", "row 2: sys_updated_at: '02-03-0000 09:00' is no time as day-month-year"),
        ("31-12-9999 23:59", "row 2: sys_updated_at: '31-12-9999 23:59' lies outside 1970 to 2199"),
        ("2026-03-02T09:00:00Z", "row 2: sys_updated_at: '2026-03-02T09:00:00Z' is no time as day-month-year"),
        ("29-03-2026 01:30", "row 2: sys_updated_at: '29-03-2026 01:30' does not exist in Europe/London"),
        ("?", "row 2: sys_updated_at: '?' is no time as day-month-year"),
    ],
)
def test_times_that_cannot_be_are_named_with_their_row(at: str, sentence: str) -> None:
    (refusal,) = refusals(sheet(("I1", "New", at, "2 - High")))

    assert refusal.startswith(sentence)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "row 1: column 'number' is missing"),
        (HEADER.encode() + b",number\n", "row 1: column 'number' stands there more than once"),
        (HEADER.encode() + b"\nI1,New\n", "row 2: 2 cells; the header has 9"),
        (HEADER.encode() + b'\nI1,"New', "row 2: a quote that is opened and never closed"),
        (HEADER.encode() + b"\n\xff\xfe", "row 2: not UTF-8; save the sheet as UTF-8"),
        (sheet(("I1", "New\0", "02-03-2026 09:05", "2 - High")), "row 2: a NUL character; remove it"),
        (sheet(("I1", "Lost", "02-03-2026 09:05", "2 - High")), "row 2: incident_state: 'Lost' is no state; there are"),
        (sheet(("?", "New", "02-03-2026 09:05", "2 - High")), "row 2: number: '?' is missing"),
        (sheet(("I1", "New", "02-03-2026 09:05", "P9")), "row 2: priority: 'P9' has no severity; there are"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_refused_with_its_row(data: bytes, sentence: str) -> None:
    assert refusals(data)[0].startswith(sentence)


def test_every_bad_row_is_named_up_to_twenty() -> None:
    data = sheet(*[("I1", "Lost", "02-03-2026 09:05", "2 - High")] * 30)

    sentences = refusals(data)

    assert [sentence.partition(":")[0] for sentence in sentences[:20]] == [f"row {n}" for n in range(2, 22)]
    assert sentences[20:] == ["and 10 more"]


def test_a_million_columns_are_refused_at_once() -> None:
    data = (",".join(f"c{n}" for n in range(1_000_000)) + "\n" + "," * 999_999).encode()
    began = time.perf_counter()

    assert refusals(data) == ["row 1: 1,000,000 columns; at most 500 can be read"]
    assert time.perf_counter() - began < 10
