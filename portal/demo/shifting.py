"""Histories written around one fixed moment, moved to now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ANCHOR = datetime(2027, 3, 2, 15, 42, tzinfo=UTC)
"""The moment that the histories call now: a Tuesday, 10:42 in New York."""
NEAR = timedelta(hours=12)
WEEK = timedelta(weeks=1)

INSTANTS = frozenset({"at", "start", "end", "planned_at", "notified_at", "until", "answered_at"})
DATES = frozenset({"go_live", "due_on", "executed_on", "contract_until", "end_of_support"})


class Shift:
    """Moves instants so that the anchor becomes now.

    What lies within twelve hours of the anchor moves by exactly that much, so that it is due in the next minutes. What
    is older moves by whole weeks to the past of it and what is later by whole weeks to the future, on the zone's own
    clocks: office hours stay office hours, weekends weekends. The order of instants never changes.
    """

    def __init__(self, now: datetime, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.exact = now - ANCHOR
        self.back = (now - ANCHOR) // WEEK * WEEK
        self.ahead = -(-(now - ANCHOR) // WEEK) * WEEK

    def instant(self, text: str) -> str:
        """Return an instant of the histories as it is now."""
        at = datetime.fromisoformat(text)
        if abs(at - ANCHOR) <= NEAR:
            return (at + self.exact).isoformat()
        wall = at.astimezone(self.zone).replace(tzinfo=None) + (self.back if at < ANCHOR else self.ahead)
        return wall.replace(tzinfo=self.zone).astimezone(UTC).isoformat()

    def day(self, text: str) -> str:
        """Return a date of the histories as it is now."""
        day = date.fromisoformat(text)
        return (day + (self.back if day < ANCHOR.date() else self.ahead)).isoformat()

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a line with every instant and date in it moved."""
        return {name: self._value(name, value) for name, value in row.items()}

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return self.row(value)
        if isinstance(value, list):
            return [self._value("start" if name == "sessions" else name, part) for part in value]
        if isinstance(value, str) and name in INSTANTS:
            return self.instant(value)
        if isinstance(value, str) and name in DATES:
            return self.day(value)
        return value

    def lines(self, lines: Iterable[str]) -> Iterator[bytes]:
        """Yield the lines of a history with every instant and date in them moved."""
        for line in lines:
            yield json.dumps(self.row(json.loads(line)), ensure_ascii=False).encode() + b"\n"
