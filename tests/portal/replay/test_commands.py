"""The commands: what they print, where, and how they end. BAD_INPUTS: 51."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from incidents.models import Incident
from portal.clients.models import Agreement
from portal.replay.engine import Judgement
from portal.replay.history import read_history
from portal.replay.output import json_document
from tests.factories import AgreementFactory
from tests.portal.replay.comparing import kept

HEADER = {"replay": 1, "terms": "juno-live-support", "timezone": "America/New_York"}
REPORTED = {"at": "2026-03-02T12:00:00-05:00", "event": "incident.reported", "incident": "A", "severity": "critical"}
RESPONDED = {"at": "2026-03-02T12:45:00-05:00", "event": "incident.responded", "incident": "A"}
VOIDED = {
    "at": "2026-03-02T13:00:00-05:00",
    "event": "breach.voided",
    "subject": "incident:A",
    "ordinal": 1,
    "reason": "x",
}
EXCERPT = Path(__file__).parent / "data" / "servicenow-excerpt.csv"


def written(folder: Path, *rows: dict[str, Any], name: str = "history.jsonl") -> str:
    """Write a history and return its path."""
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def printed(*arguments: str, command: str = "replay") -> str:
    """What a command prints on standard output."""
    out = StringIO()
    call_command(command, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_history_is_one_json_document(tmp_path: Path) -> None:
    document = json.loads(printed(written(tmp_path, HEADER, REPORTED, RESPONDED)))

    response = next(row for row in document["clocks"] if row["target"] == "response")
    assert list(document) == ["clocks", "findings", "availability", "credits", "summary"]
    assert (response["state"], response["due_at"]) == ("breached", "2026-03-02T17:30:00Z")
    assert response["met_at"] == "2026-03-02T17:45:00Z"


def test_other_terms_and_another_now_can_be_given(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER, REPORTED)

    at_due = json.loads(printed(path, "--until", "2026-03-02T12:30:00-05:00"))
    other = json.loads(printed(path, "--terms", "jbi-support", "--until", "2026-03-02T12:30:00-05:00"))

    assert {row["target"]: row["state"] for row in at_due["clocks"]}["response"] == "running"
    assert [(row["clause"], row["due_at"]) for row in other["clocks"]] == [("JB-4", "2026-03-02T18:00:00Z")]


def test_a_subject_can_be_explained(tmp_path: Path) -> None:
    document = json.loads(printed(written(tmp_path, HEADER, REPORTED, RESPONDED), "--explain", "incident:A"))

    response = next(clock for clock in document["explain"]["clocks"] if clock["target"] == "response")
    counted = [part["seconds"] for part in response["segments"] if part["kind"] == "counted"]
    assert sum(counted) == response["target_seconds"] == 1800


def test_a_table_reads_like_one(tmp_path: Path) -> None:
    lines = printed(written(tmp_path, HEADER, REPORTED), "--format", "table", "--explain", "incident:A").splitlines()

    assert lines[0].split()[:3] == ["subject", "target", "no."]
    assert any("incident:A" in line and "JS-6" in line for line in lines)
    assert any("adds up to 1800 s" in line for line in lines)


def test_several_files_are_a_document_a_line_and_a_bad_one_says_so(tmp_path: Path) -> None:
    good = written(tmp_path, HEADER, REPORTED)
    bad = written(tmp_path, HEADER, RESPONDED, name="bad.jsonl")
    out = StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("replay", good, bad, good, stdout=out, stderr=StringIO())

    documents = [json.loads(line) for line in out.getvalue().splitlines()]
    assert refused.value.returncode == 2
    assert [("error" in document) for document in documents] == [False, True, False]
    assert "line 2: incident: 'A' was not reported by then" in documents[1]["error"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"replay": 2}], "line 1: replay: expected a header"),
        ([HEADER, {**REPORTED, "event": "incident.opened"}], "line 2: event: 'incident.opened' is no event"),
        ([HEADER, {key: REPORTED[key] for key in ("at", "event", "incident")}], "line 2: severity: this field is"),
        ([HEADER, {**REPORTED, "color": "red"}], "line 2: color: no such field"),
        ([HEADER, {**REPORTED, "at": "2026-03-02T12:00:00"}], "line 2: at: expected an ISO 8601 instant"),
        ([HEADER, {**REPORTED, "at": "2026-02-31T12:00:00Z"}], "line 2: at: expected an ISO 8601 instant"),
        (
            [{**HEADER, "term": {"starts": "2026-02-31", "ends": "2026-12-31"}}],
            "line 1: term.starts: expected a date that exists, such as 2026-03-02",
        ),
        ([HEADER, REPORTED, REPORTED], "line 3: incident: 'A' was reported before"),
        (
            [HEADER, REPORTED, {**VOIDED, "target": "answer"}],
            "line 3: target: Expected `str` matching regex '^(response|",
        ),
        ([{**HEADER, "terms": "other"}], "line 1: terms: "),
        ([{**HEADER, "timezone": "Mars/Phobos"}], "line 1: timezone: "),
    ],
)
def test_a_bad_line_prints_nothing_but_its_number_field_and_what_was_expected(
    tmp_path: Path, rows: list[dict[str, Any]], sentence: str
) -> None:
    out = StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("replay", written(tmp_path, *rows), stdout=out, stderr=StringIO())

    assert refused.value.returncode == 2
    assert sentence in str(refused.value)
    assert not out.getvalue()


def test_of_several_lines_at_the_wrong_time_the_first_of_the_file_is_named(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [HEADER, {**RESPONDED, "incident": "Z"}, {**RESPONDED, "incident": "B"}]

    with pytest.raises(CommandError, match="line 2: incident: 'Z'"):
        printed(written(tmp_path, *rows))


def test_an_instant_without_zone_is_no_now(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--until: '2026-03-02' is no instant"):
        printed(written(tmp_path, HEADER), "--until", "2026-03-02")


def test_a_dash_is_standard_input_and_a_bad_line_ends_with_exit_two(tmp_path: Path) -> None:
    content = Path(written(tmp_path, HEADER, REPORTED, {**REPORTED, "at": "yesterday"})).read_bytes()

    done = subprocess.run(
        [sys.executable, "manage.py", "replay", "-"], input=content, capture_output=True, check=False, timeout=60
    )

    assert (done.returncode, done.stdout) == (2, b"")
    assert b"line 3: at: expected an ISO 8601 instant" in done.stderr


def test_forked_children_write_what_one_process_writes() -> None:
    lines = [json.dumps(HEADER).encode()]
    for number in range(9000):
        lines += [json.dumps({**row, "incident": f"I{number}"}).encode() for row in (REPORTED, RESPONDED)]

    alone = b"".join(json_document(Judgement(read_history(lines))))
    forked = b"".join(json_document(Judgement(read_history(lines)), processes=2))

    assert forked == alone
    assert json.loads(forked)["summary"]["incidents"] == 9000


@pytest.mark.django_db
def test_what_was_imported_can_be_loaded_and_exported_again(tmp_path: Path) -> None:
    first: Agreement = AgreementFactory()
    second: Agreement = AgreementFactory()
    imported = tmp_path / "imported.jsonl"
    imported.write_text(
        printed("--from", "servicenow", "--zone", "Europe/London", str(EXCERPT), command="import_history"), "utf-8"
    )
    exported = tmp_path / "exported.jsonl"

    with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=False):
        told = printed("--agreement", first.ref, str(imported), command="load_history")
        exported.write_text(printed("--agreement", first.ref, command="export_history"), "utf-8")
        printed("--agreement", second.ref, str(exported), command="load_history")

    assert told.startswith(f"{first.ref}: ")
    assert Incident.objects.filter(agreement=first).count() == 20
    assert kept(first) == kept(second)


@pytest.mark.django_db
def test_an_unknown_agreement_is_named() -> None:
    for command, arguments in (("export_history", []), ("load_history", [str(EXCERPT)])):
        with pytest.raises(CommandError, match=r"[tT]here is no agreement 'NONE'") as refused:
            printed("--agreement", "NONE", *arguments, command=command)
        assert refused.value.returncode == 2


def test_an_import_names_its_bad_rows_and_writes_nothing(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(EXCERPT.read_text("utf-8").replace("29-02-2016 08:53", "30-02-2016 08:53"), "utf-8")
    out = StringIO()

    with pytest.raises(CommandError, match=r"row 3: sys_updated_at: '30-02-2016 08:53' is no time") as refused:
        call_command("import_history", "--from", "servicenow", "--zone", "Europe/London", str(sheet), stdout=out)

    assert refused.value.returncode == 2
    assert not out.getvalue()


def imported(folder: Path) -> str:
    """Return the excerpt of a real log as a history's path."""
    path = folder / "excerpt.jsonl"
    lines = printed("--from", "servicenow", "--zone", "Europe/London", str(EXCERPT), command="import_history")
    path.write_text(lines, encoding="utf-8")
    return str(path)


TWO_TERMS = ("--terms", "juno-live-support", "--terms", "jbi-support", "--severity-map", "major=high")
MAPPED = (*TWO_TERMS, "--severity-map", "minor=normal", "--fee", "10000.00")


def test_a_real_history_prints_its_credit_totals_under_two_terms(tmp_path: Path) -> None:
    juno, jbi = (json.loads(line) for line in printed(imported(tmp_path), *MAPPED).splitlines())

    cents = sum(int(line["amount"].replace(".", "")) for line in juno["credits"])
    assert juno["summary"]["credit_total"] == f"{cents / 100:.2f}"
    assert {line["rule"] for line in juno["credits"]} == {"major_response", "major_resolution"}
    assert (jbi["summary"]["credit_total"], jbi["credits"]) == ("0.00", [])
    assert juno["summary"]["incidents"] == jbi["summary"]["incidents"] > 0


def test_the_table_names_each_terms_its_credits_and_that_there_is_no_data_of_availability(tmp_path: Path) -> None:
    table = printed(imported(tmp_path), *MAPPED, "--format", "table")

    assert "terms: juno-live-support" in table
    assert "terms: jbi-support" in table
    assert "major_response  JS-13  5 %  500.00 USD" in table
    assert table.count("availability: no data") == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--fee", "1e3"), "not a plain number"),
        (("--fee", "0.005"), "too precise"),
        (("--fee", "-1.00"), "negative"),
        (("--fee", "1.00", "--currency", "XXX"), "unknown"),
        (("--severity-map", "major"), "is no pair"),
        (("--severity-map", "critical=nothing", "--terms", "jbi-support"), ""),
    ],
)
def test_a_fee_or_a_map_that_cannot_be_is_refused(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    path = written(tmp_path, HEADER, REPORTED)

    if not told:
        assert json.loads(printed(path, *arguments))  # The terms have that severity: the map says nothing of it.
        return
    with pytest.raises(CommandError, match=told):
        printed(path, *arguments)


def test_standard_input_is_judged_under_one_contract_only() -> None:
    with pytest.raises(CommandError, match="read once"):
        printed("-", *TWO_TERMS)
