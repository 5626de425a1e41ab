"""Histories in a few words, judged by the replay engine; every time of day is New York's.

case = judged(reported("10:00", severity="critical"), event("10:20", "responded"), until="12:00")
assert case.clock("response").due_at == ny("10:30")
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.contract.explain import Explanation
from portal.replay.engine import ClockRow, FindingRow, Judgement, Summary
from portal.replay.history import read_history

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = "03-02"
"""2 March 2026, the day of every time that names none: a plain Monday, the last before the clocks change."""

Line = dict[str, Any]


def ny(text: str) -> datetime:
    """Return an instant in UTC from New York's wall clock: `10:30`, `03-09 14:00` or `2027-03-02 10:30:01.5`."""
    day, _, time = text.rpartition(" ")
    day = day or MONDAY
    date = day if len(day) == len("2026-03-02") else f"2026-{day}"
    return datetime.fromisoformat(f"{date} {time}").replace(tzinfo=NEW_YORK).astimezone(UTC)


def event(at: str | datetime, name: str, **fields: Any) -> Line:
    """Return a line; a name without a dot is an event of incident A, unless `incident` names another."""
    if "." not in name:
        name, fields = f"incident.{name}", {"incident": "A", **fields}
    instant = ny(at) if isinstance(at, str) else at
    return {"at": instant.isoformat(), "event": name, **fields}


def reported(at: str | datetime, severity: str = "critical", **fields: Any) -> Line:
    """Return the report of incident A, or of the one that `incident` names."""
    return event(at, "reported", severity=severity, **fields)


def hosted(at: str, *sessions: tuple[str, str], name: str = "H", event_name: str = "scheduled", zone: str = "") -> Line:
    """Return a hosted event with its sessions; its period is longer by 90 and 30 minutes. Clause: JS-10."""
    spans = [[ny(start).isoformat(), ny(end).isoformat()] for start, end in sessions]
    zone = zone or "America/New_York"
    return event(at, f"hosted_event.{event_name}", hosted_event=name, timezone=zone, sessions=spans)


@dataclass
class Judged:
    """What replay says of a history, by subject."""

    judgement: Judgement
    rows: dict[tuple[str, str, int], ClockRow] = field(default_factory=dict)

    def clock(self, target: str, ordinal: int = 1, incident: str = "A") -> ClockRow:
        """Return one clock of an incident."""
        return self.rows[incident, target, ordinal]

    def targets(self, incident: str = "A") -> list[tuple[str, int]]:
        """Return which clocks an incident has."""
        return [(target, ordinal) for ref, target, ordinal in self.rows if ref == incident]

    def due(self, target: str, ordinal: int = 1, incident: str = "A") -> datetime | None:
        """Return when a clock of an incident is due."""
        return self.clock(target, ordinal, incident).due_at

    def state(self, target: str, ordinal: int = 1, incident: str = "A") -> str:
        """Return how a clock of an incident stands."""
        return self.clock(target, ordinal, incident).state

    def why(self, target: str, ordinal: int = 1, incident: str = "A") -> Explanation:
        """Return the explanation of a clock."""
        explanations = self.judgement.explanations(f"incident:{incident}")
        return next(part for part in explanations if (part.target, part.ordinal) == (target, ordinal))

    @property
    def findings(self) -> list[FindingRow]:
        """The findings, by time."""
        return self.judgement.findings

    @property
    def summary(self) -> Summary:
        """The counts."""
        return self.judgement.summary


def lines_of(
    *events: Line, terms: str | dict[str, Any] = "juno-live-support", until: str | datetime | None = None, **header: Any
) -> list[bytes]:
    """Return a history as the lines of its file."""
    head: Line = {"replay": 1, "terms": terms, "timezone": "America/New_York", **header}
    if until is not None:
        head["until"] = (ny(until) if isinstance(until, str) else until).isoformat()
    return [json.dumps(line).encode() for line in (head, *events)]


def judged(
    *events: Line, terms: str | dict[str, Any] = "juno-live-support", until: str | datetime | None = None, **header: Any
) -> Judged:
    """Judge a history as `replay` does; `until` is the last event's instant where none is given."""
    judgement = Judgement(read_history(lines_of(*events, terms=terms, until=until, **header)))
    rows = {(row.subject.partition(":")[2], row.target, row.ordinal): row for row in judgement.clocks()}
    return Judged(judgement, rows)
