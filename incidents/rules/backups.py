"""Backups: a clock from each check-in to the next, and how long they are kept. Clause: JS-19."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from incidents.rules.findings import Finding
from portal.contract.clock import Clock
from portal.contract.events import BackupCompleted, as_utc
from portal.contract.measures import Duration, Promise
from portal.contract.terms import BackupTerms, Terms, read_duration


def backup_clocks(events: Iterable[BackupCompleted], terms: Terms, *, until: datetime) -> list[tuple[str, Clock]]:
    """Return the clocks of each kind, with the kind, in order; each check-in meets one and starts the next."""
    backups = terms.document.backups
    if backups is None:
        return []
    clocks: dict[str, list[Clock]] = {}
    for event in events:
        at = as_utc(event.at)
        own = clocks.setdefault(event.kind, [])
        if own:
            own[-1].pass_time(at)
            own[-1].meet(at)
        own.append(Clock("backup", len(own) + 1, at, _promise(backups, event.kind, terms), reason="checked in"))
    for own in clocks.values():
        own[-1].pass_time(until)
    return [(kind, clock) for kind in sorted(clocks) for clock in clocks[kind]]


def _promise(backups: BackupTerms, kind: str, terms: Terms) -> Promise:
    value = backups.full if kind == "full" else backups.incremental
    return Promise(Duration(read_duration(f"backups.{kind}", value), terms.counted), value.clause)


def retention_findings(events: Iterable[BackupCompleted], backups: BackupTerms) -> list[Finding]:
    """Return a finding for each check-in that is kept for too short a time."""
    days = backups.retention_days.value
    return [
        Finding(
            as_utc(event.at),
            f"backup:{event.kind}",
            "backup_retention",
            backups.retention_days.clause,
            f"Kept for {event.retention_days} days, {days} are promised.",
            {"retention_days": event.retention_days},
        )
        for event in events
        if event.retention_days is not None and event.retention_days < days
    ]
