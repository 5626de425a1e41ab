"""Backups: a clock from each check-in to the next, and how long they are kept. Clause: JS-19.

The clock that runs from the activation to the first check-in is number 0: no event of a history starts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from incidents.rules.findings import Finding
from portal.contract.clock import Clock
from portal.contract.events import BackupCompleted, as_utc
from portal.contract.measures import Duration, Promise
from portal.contract.terms import BackupTerms, Terms, read_duration

Start = tuple[datetime, Terms]
"""When a kind's clock starts, UTC, and the terms in force then: it keeps them."""


ENDED = "the agreement ended"
"""Why the last clock of a kind is void: after the end no check-in is taken, and none is owed."""


def backup_clocks(
    events: Iterable[tuple[BackupCompleted, Terms]], *, until: datetime, ended: datetime | None = None
) -> list[tuple[str, Clock]]:
    """Return the clocks of each kind, with the kind, in order; each check-in meets one and starts the next."""
    starts: dict[str, list[Start]] = {}
    for event, terms in events:
        starts.setdefault(event.kind, []).append((as_utc(event.at), terms))
    return [
        (kind, clock) for kind in sorted(starts) for clock in clocks_from(starts[kind], kind, until=until, ended=ended)
    ]


def clocks_from(
    starts: Iterable[Start], kind: str, *, until: datetime, first: int = 1, ended: datetime | None = None
) -> Iterator[Clock]:
    """Yield a kind's clock from each start to the next, numbered from `first`; the last one is open at `until`.

    Where the terms of a start promise no backups, none begins. Where the agreement ended by `until`, the last one ends
    with it: what was due before the end is missed, and what is due at the end or later is owed no more.
    """
    last: Clock | None = None
    for ordinal, (at, terms) in enumerate(starts, first):
        if last is not None:
            last.pass_time(at)
            last.meet(at)
            yield last
        last = _clock(ordinal, at, kind, terms)
    if last is not None:
        if ended is None or ended > until:
            last.pass_time(until)
        else:
            last.pass_time(ended)
            if last.open:
                last.void(ended, ENDED)
        yield last


def _clock(ordinal: int, at: datetime, kind: str, terms: Terms) -> Clock | None:
    backups = terms.document.backups
    if backups is None:
        return None
    value = backups.full if kind == "full" else backups.incremental
    promise = Promise(Duration(read_duration(f"backups.{kind}", value), terms.counted), value.clause)
    return Clock("backup", ordinal, at, promise, reason="checked in" if ordinal else "activated")


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
