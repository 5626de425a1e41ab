"""Rows for a loaded history: incidents and what moves their clocks, the service, then all that the rules say of them.

The journal holds the events already. Texts that no event has (a conversation, an event's name) are not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from incidents.models import (
    BackupCheck,
    BackupType,
    HostedEvent,
    HostedSession,
    Incident,
    MaintenanceWindow,
    Outage,
    Problem,
    Release,
)
from incidents.rules.shared import Ordered
from incidents.services.backups import keep_retention
from incidents.services.retiming import retime_incidents
from incidents.services.watching import retime_backups, retime_service
from portal.clients.models import Agreement
from portal.contract import events as e
from portal.contract.bad_line import BadLine
from portal.contract.terms import read_terms

BATCH = 500
LONGEST = {"title": 300, "channel": 20, "version": 100}
"""What a row keeps of a report's texts."""
LONGEST_PROBLEM = 60


def load_support(agreement: Agreement, events: Sequence[Ordered], now: datetime) -> None:
    """Make the rows of a loaded history and compute them, under the agreement's lock; nobody is told.

    Raises:
        BadLine: A text is longer than a row keeps, or a release has no product to belong to.
    """
    covered = _covered(agreement, events)
    incidents = _load_incidents(agreement, covered)
    _load_hosted_events(agreement, covered)
    _load_releases(agreement, covered)
    has_service = _load_outages(agreement, covered) | _load_windows(agreement, covered)
    _load_backups(agreement, events)
    retime_incidents(agreement, [row.ref for row in incidents], now=now, loaded=True)
    if has_service:
        retime_service(agreement, now=now, loaded=True)
    for kind in BackupType.values:
        retime_backups(agreement, kind, now=now, loaded=True)


def _covered(agreement: Agreement, events: Sequence[Ordered]) -> list[Ordered]:
    """Return what happened while the terms promised support; the rest stays in the journal alone."""
    found = []
    covers = agreement.pinned_terms.covers("incident")
    for row in events:
        event = row[2]
        if isinstance(event, e.AgreementAmended):
            covers = read_terms(event.terms).covers("incident")
        elif covers:
            found.append(row)
    return found


def _load_incidents(agreement: Agreement, events: Iterable[Ordered]) -> list[Incident]:
    rows: dict[str, Incident] = {}
    problems: dict[str, str] = {}
    merged: dict[str, str] = {}
    first_linked: dict[str, datetime] = {}
    for at, line, event in events:
        match event:
            case e.IncidentReported():
                rows[event.incident] = _incident(agreement, at, line, event)
            case e.IncidentLinked():
                if len(event.problem) > LONGEST_PROBLEM:
                    raise BadLine(line, "problem", f"expected at most {LONGEST_PROBLEM} characters")
                problems[event.incident] = event.problem
                first_linked.setdefault(event.problem, at)
            case e.IncidentMerged():
                merged[event.incident] = event.into
    known = _problems(first_linked)
    for ref, problem in problems.items():
        if ref in rows:
            rows[ref].problem = known[problem]
    Incident.objects.bulk_create(rows.values(), batch_size=BATCH)
    ended = [rows[ref] for ref, into in merged.items() if ref in rows and into in rows]
    for row in ended:
        row.merged_into = rows[merged[row.ref]]
    Incident.objects.bulk_update(ended, ["merged_into"], batch_size=BATCH)
    return list(rows.values())


def _incident(agreement: Agreement, at: datetime, line: int, event: e.IncidentReported) -> Incident:
    for field, longest in LONGEST.items():
        if len(getattr(event, field) or "") > longest:
            raise BadLine(line, field, f"expected at most {longest} characters")
    return Incident(
        client_id=agreement.client_id,
        agreement=agreement,
        ref=event.incident,
        title=event.title or event.incident,
        channel=event.channel or "",
        version=event.version or "",
        severity=event.severity,
        category=event.category,
        reported_at=at,
    )


def _problems(first_linked: dict[str, datetime]) -> dict[str, Problem]:
    """Return the problems named, those that are new without a title of their own."""
    Problem.objects.bulk_create(
        [Problem(ref=ref, title=ref, created_at=at) for ref, at in first_linked.items()],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    refs = list(first_linked)
    return {
        row.ref: row
        for start in range(0, len(refs), BATCH)
        for row in Problem.objects.filter(ref__in=refs[start : start + BATCH])
    }


def _load_hosted_events(agreement: Agreement, events: Iterable[Ordered]) -> None:
    """Keep each event's last schedule. Clause: JS-10."""
    rows: dict[str, HostedEvent] = {}
    schedules: dict[str, e.HostedEventScheduled | e.HostedEventRescheduled] = {}
    for at, _, event in events:
        match event:
            case e.HostedEventScheduled() | e.HostedEventRescheduled():
                ref = event.hosted_event
                row = rows.setdefault(ref, HostedEvent(agreement=agreement, ref=ref, name=ref))
                row.zone, row.cancelled_at = event.timezone, None
                schedules[ref] = event
            case e.HostedEventCancelled() if event.hosted_event in rows:
                rows[event.hosted_event].cancelled_at = at
    HostedEvent.objects.bulk_create(rows.values(), batch_size=BATCH)
    HostedSession.objects.bulk_create(
        [
            HostedSession(hosted_event=rows[ref], starts_at=start, ends_at=end)
            for ref, schedule in schedules.items()
            for start, end in sorted(schedule.sessions)
        ],
        batch_size=BATCH,
    )


def _load_releases(agreement: Agreement, events: Iterable[Ordered]) -> None:
    """Keep the product's releases; what the portal knows of one already stays. Clause: JS-9."""
    rows: dict[str, Release] = {}
    for at, line, event in events:
        if isinstance(event, e.ReleaseEvent):
            if agreement.product_id is None:
                raise BadLine(line, "release", f"{agreement.ref} names no product that a release could belong to")
            row = rows.setdefault(event.release, Release(product_id=agreement.product_id, ref=event.release))
            if isinstance(event, e.ReleasePlanned):
                row.planned_at, row.beta = event.planned_at, event.beta
            elif isinstance(event, e.ReleasePublished):
                row.published_at, row.beta = at, event.beta
    Release.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=BATCH)


def _load_outages(agreement: Agreement, events: Iterable[Ordered]) -> bool:
    """Keep each outage as last recorded; return whether there is any. Clause: JS-17, JB-10."""
    rows: dict[str, Outage] = {}
    for _, _, event in events:
        if isinstance(event, e.OutageRecorded):
            row = rows.setdefault(event.outage, Outage(agreement=agreement, ref=event.outage))
            row.starts_at, row.ends_at, row.cause = event.start, event.end, event.cause
            row.notified_at = event.notified_at or event.start
    Outage.objects.bulk_create(rows.values(), batch_size=BATCH)
    return bool(rows)


def _load_windows(agreement: Agreement, events: Iterable[Ordered]) -> bool:
    """Keep each maintenance window as last announced; return whether there is any. Clause: JS-18, JB-10."""
    rows: dict[str, MaintenanceWindow] = {}
    for at, _, event in events:
        match event:
            case e.MaintenanceAnnounced():
                row = rows.setdefault(event.maintenance, MaintenanceWindow(agreement=agreement, ref=event.maintenance))
                row.starts_at, row.ends_at, row.agreed = event.start, event.end, event.agreed
                row.announced_at, row.cancelled_at = at, None
            case e.MaintenanceCancelled() if event.maintenance in rows:
                rows[event.maintenance].cancelled_at = at
    MaintenanceWindow.objects.bulk_create(rows.values(), batch_size=BATCH)
    return bool(rows)


def _load_backups(agreement: Agreement, events: Iterable[Ordered]) -> None:
    """Keep each check-in of a promised backup, and what is found of how long it is kept. Clause: JS-19."""
    on_premise = agreement.hosting == Agreement.Hosting.ON_PREMISE
    promised = None if on_premise else agreement.pinned_terms.document.backups
    counts = dict.fromkeys(BackupType.values, 0)
    checks: list[BackupCheck] = []
    for at, _, event in events:
        if isinstance(event, e.AgreementAmended) and not on_premise:
            promised = read_terms(event.terms).document.backups
        elif isinstance(event, e.BackupCompleted) and promised is not None:
            counts[event.kind] += 1
            checks.append(
                BackupCheck(
                    agreement=agreement,
                    kind=event.kind,
                    ordinal=counts[event.kind],
                    at=at,
                    retention_days=event.retention_days,
                )
            )
            keep_retention(agreement, [event], promised)
    BackupCheck.objects.bulk_create(checks, batch_size=BATCH)
