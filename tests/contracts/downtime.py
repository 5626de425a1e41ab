"""Outages, maintenance windows and backups in a few words, as lines of a history; times are New York's."""

from __future__ import annotations

from typing import Any

from tests.contracts.judging import Judged, Line, event, judged, ny

APRIL = "04-01 00:00"
"""When March 2026 is over, a month of 743 hours."""


def outage(start: str, end: str | None, name: str = "O", **fields: Any) -> Line:
    """Return an outage, recorded when it ended, or at its start while it is open."""
    last = ny(end).isoformat() if end is not None else None
    return event(end or start, "outage.recorded", outage=name, start=ny(start).isoformat(), end=last, **fields)


def window(announced: str, start: str, end: str, name: str = "W", **fields: Any) -> Line:
    """Return the announcement of a maintenance window."""
    return event(
        announced,
        "maintenance.announced",
        maintenance=name,
        start=ny(start).isoformat(),
        end=ny(end).isoformat(),
        **fields,
    )


def backup(at: str, kind: str = "full", **fields: Any) -> Line:
    """Return a backup's check-in."""
    return event(at, "backup.completed", kind=kind, **fields)


def march(*events: Line, until: str = APRIL, **header: Any) -> dict[str, Any]:
    """Return March's figure."""
    return month_of(judged(*events, until=until, **header), "2026-03")


def month_of(case: Judged, month: str) -> dict[str, Any]:
    """Return a month's figure."""
    return next(row for row in case.judgement.availability if row["month"] == month)
