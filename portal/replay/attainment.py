"""How many promises were kept, by month and severity: counted while clocks pass by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.replay.engine import ClockRow

THRESHOLD = "_credit"
"""Ends the names of credit thresholds: they are no promises of their own."""


@dataclass
class Attainment:
    """Kept and due promises of the provider, in the month of the due instant (T-8) in a zone.

    What still runs, is paused or void is neither kept nor due.
    """

    zone: ZoneInfo
    cells: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def take(self, rows: Iterable[ClockRow]) -> list[ClockRow]:
        """Count clocks; return those that broke a promise."""
        broken = []
        for row in rows:
            if row.owed_by != "provider" or row.target.endswith(THRESHOLD):
                continue
            at = row.due_at or row.met_at
            if at is None or row.state not in ("met", "breached"):
                continue
            cell = self.cells.setdefault(self._month(at), {}).setdefault(row.severity or "", [0, 0])
            cell[0] += row.state == "met"
            cell[1] += 1
            if row.state == "breached":
                broken.append(row)
        return broken

    def _month(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m}"

    def to_json(self) -> dict[str, Any]:
        """Return the cells by month, ascending."""
        return {month: self.cells[month] for month in sorted(self.cells)}
