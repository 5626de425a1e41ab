"""What the portal keeps of an agreement beside what replay says of its export."""

from __future__ import annotations

from datetime import datetime

from portal.clients.models import Agreement
from portal.clocks.models import Clock
from portal.journal.models import Finding
from portal.replay.engine import ClockRow, FindingRow, Judgement
from portal.replay.exporting import history_lines
from portal.replay.history import read_history


def replayed(agreement: Agreement, *, until: datetime) -> tuple[list[ClockRow], list[FindingRow]]:
    """Return the clocks and findings of the agreement's export, judged."""
    judgement = Judgement(read_history(history_lines(agreement, until=until)))
    clocks = list(judgement.clocks())
    return clocks, sorted(judgement.findings, key=_place)


def _place(row: FindingRow) -> tuple[datetime, str, str]:
    """Where a finding stands; those of one subject and instant have no order of their own."""
    return row.at, row.subject, row.kind


def kept(agreement: Agreement) -> tuple[list[ClockRow], list[FindingRow]]:
    """Return the agreement's Clock and Finding rows in the words of replay."""
    clocks = [
        ClockRow(
            row.subject,
            row.target,
            row.ordinal,
            row.severity or None,
            row.clause,
            row.owed_by,
            row.started_at,
            row.due_at,
            row.met_at,
            row.breached_at,
            row.state,
        )
        for row in Clock.objects.filter(agreement=agreement)
    ]
    findings = [
        FindingRow(row.at, row.subject, row.kind, row.clause, row.message, row.data)
        for row in Finding.objects.filter(agreement=agreement)
    ]
    return (
        sorted(clocks, key=lambda row: (row.subject, row.target, row.ordinal)),
        sorted(findings, key=_place),
    )
