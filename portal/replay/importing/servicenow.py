"""ServiceNow's audit of incidents: one row for each state that an incident went through.

| in the sheet | event |
| --- | --- |
| opened_at, the first row's priority | incident.reported |
| first row in Active, Awaiting … or Resolved | incident.responded |
| later row with another state, still open | incident.contacted |
| Awaiting User Info · Vendor, Problem, Evidence | incident.waiting on the client · on a third party |
| back from Awaiting to New or Active | incident.resumed |
| Resolved, or Closed without it | incident.resolved |
| another state after Resolved or Closed | incident.reopened |
| another priority | incident.reclassified |
| problem_id | incident.linked |

A row happened at its sys_updated_at, one that claims to be older than opened_at at the report. Times have no zone, so
that one must be given. `?` and an empty cell are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from portal.contract import events as e
from portal.contract.terms import read_terms
from portal.contract.zones import check_zone
from portal.replay.importing.instants import read_instant
from portal.web.sheets import BadSheet, Row, read_sheet

SEVERITIES = {"1 - Critical": "critical", "2 - High": "major", "3 - Moderate": "minor", "4 - Low": "minor"}
"""What each priority becomes, unless a map says otherwise."""

COLUMNS = (
    "number",
    "incident_state",
    "opened_at",
    "sys_updated_at",
    "contact_type",
    "category",
    "subcategory",
    "priority",
    "problem_id",
)
TIME = "%d-%m-%Y %H:%M"
OPEN = frozenset({"New", "Active"})
WAITS = {
    "Awaiting User Info": "client",
    "Awaiting Vendor": "third_party",
    "Awaiting Problem": "third_party",
    "Awaiting Evidence": "third_party",
}
DONE = frozenset({"Resolved", "Closed"})
STATES = ("New", "Active", *WAITS, "Resolved", "Closed")
MISSING = frozenset({"", "?"})


@dataclass(frozen=True, slots=True)
class Audit:
    """One row that could be read."""

    number: str
    state: str
    opened_at: datetime
    at: datetime
    severity: str
    problem: str
    channel: str
    title: str


def servicenow_history(
    data: bytes, *, zone: str, terms: str = "juno-live-support", severities: Mapping[str, str] | None = None
) -> list[bytes]:
    """Return a sheet of audit rows as the lines of a replay file, in order of time.

    Args:
        data: The sheet.
        zone: The IANA zone of its times, and the zone of the history.
        terms: A preset's name, for the header.
        severities: Priorities and what they become, beside or in place of `SEVERITIES`.

    Raises:
        BadSheet: Every row that can't be read, with its column.
        InvalidZone, InvalidTerms: The zone or the terms are unknown.
    """
    check_zone(zone)
    names = {**SEVERITIES, **(severities or {})}
    _check_severities(names, terms)
    rows, errors = [], []
    local = ZoneInfo(zone)
    for row in read_sheet(data, columns=COLUMNS):
        found = _read(row, local, names)
        if isinstance(found, Audit):
            rows.append(found)
        else:
            errors += found
    if errors:
        raise BadSheet(errors)
    header = {"replay": 1, "terms": terms, "timezone": zone}
    return [_line(header), *map(_line, _events(rows))]


def _check_severities(names: Mapping[str, str], terms: str) -> None:
    known = read_terms(terms).severity_names()
    for priority, severity in names.items():
        if severity not in known:
            raise BadSheet([f"priority {priority!r} becomes {severity!r}; {terms} has {', '.join(known) or 'none'}"])


def _line(value: Any) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _read(row: Row, zone: ZoneInfo, names: Mapping[str, str]) -> Audit | list[str]:
    errors: list[str] = []
    instants: dict[str, datetime] = {}
    for column in ("opened_at", "sys_updated_at"):
        try:
            instants[column] = read_instant(row[column], TIME, zone)
        except ValueError as error:
            errors.append(row.wrong(column, str(error)))
    if row["number"] in MISSING:
        errors.append(row.wrong("number", "is missing"))
    if row["incident_state"] not in STATES:
        errors.append(row.wrong("incident_state", f"is no state; there are {', '.join(STATES)}"))
    if row["priority"] not in names:
        errors.append(row.wrong("priority", f"has no severity; there are {', '.join(names)}; map it"))
    if errors:
        return errors
    subject = [row[column] for column in ("category", "subcategory") if row[column] not in MISSING]
    return Audit(
        number=row["number"],
        state=row["incident_state"],
        opened_at=instants["opened_at"],
        at=max(instants["sys_updated_at"], instants["opened_at"]),
        severity=names[row["priority"]],
        problem="" if row["problem_id"] in MISSING else row["problem_id"],
        channel="" if row["contact_type"] in MISSING else row["contact_type"].lower(),
        title=", ".join(subject),
    )


def _events(rows: Iterable[Audit]) -> list[e.Event]:
    """Return all events by instant; those of one instant stay as they followed each other."""
    audits: dict[str, list[Audit]] = {}
    for row in rows:
        audits.setdefault(row.number, []).append(row)
    events = [event for audit in audits.values() for event in _story(sorted(audit, key=attrgetter("at")))]
    return sorted(events, key=attrgetter("at"))


def _story(audit: Sequence[Audit]) -> Iterator[e.Event]:
    first = audit[0]
    ref = first.number
    yield e.IncidentReported(
        at=first.opened_at,
        incident=ref,
        severity=first.severity,
        channel=first.channel or None,
        title=first.title or None,
    )
    state, severity, problem, answered = "New", first.severity, "", False
    for row in audit:
        at = row.at
        if row.severity != severity and state not in DONE:
            severity = row.severity
            yield e.IncidentReclassified(at=at, incident=ref, severity=severity)
        if row.problem and row.problem != problem:
            problem = row.problem
            yield e.IncidentLinked(at=at, incident=ref, problem=problem)
        if row.state == state or (state in DONE and row.state in DONE):
            continue
        if not answered:
            answered = True
            yield e.IncidentResponded(at=at, incident=ref)
        elif state not in DONE and row.state not in DONE:
            yield e.IncidentContacted(at=at, incident=ref)
        yield from _turn(ref, at, state, row.state)
        state = row.state
        if row.severity != severity and state not in DONE:  # it came back with another priority
            severity = row.severity
            yield e.IncidentReclassified(at=at, incident=ref, severity=severity)


def _turn(ref: str, at: datetime, before: str, after: str) -> Iterator[e.Event]:
    """Yield what leads from one state to another."""
    if after in DONE:
        yield e.IncidentResolved(at=at, incident=ref)
        return
    if before in DONE:
        yield e.IncidentReopened(at=at, incident=ref)
    if after in WAITS:
        if WAITS.get(before) != WAITS[after]:
            yield e.IncidentWaiting(at=at, incident=ref, on=WAITS[after])  # type: ignore[arg-type]  # from the table
    elif before in WAITS:
        yield e.IncidentResumed(at=at, incident=ref)
