"""Judging a history: the same rules as the live portal, over a file.

Incidents are judged one after the other in the order of their references, so that a million events need no more room
than their own; what all of them share is folded once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any, Generic, TypeVar

from msgspec import Struct

from incidents.rules.findings import Finding
from incidents.rules.shared import Ordered, Shared
from incidents.rules.support import IncidentState, fold
from portal.contract import events as e
from portal.contract.clock import Clock
from portal.contract.explain import Explanation, explain
from portal.contract.terms import read_terms
from portal.replay.forking import in_order
from portal.replay.history import History
from portal.replay.reckoning import Costs, Reckoning, credit_row, credit_total

BATCH = 2000
"""Incidents that are judged together."""


class ClockRow(Struct, frozen=True, gc=False):
    """One clock as replay writes it; instants are UTC."""

    subject: str
    target: str
    ordinal: int
    severity: str | None
    clause: str
    owed_by: str
    started_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    breached_at: datetime | None
    state: str


class FindingRow(Struct, frozen=True):
    """One finding as replay writes it."""

    at: datetime
    subject: str
    kind: str
    clause: str
    message: str
    data: dict[str, Any]


class Summary(Struct):
    """Counts of a judgement; filled while its rows are read."""

    incidents: int = 0
    clocks: int = 0
    breaches: int = 0
    provider_breaches: int = 0
    ignored: int = 0
    credit_total: str = "0.00"
    credit_capped: bool = False

    def count(self, rows: Sequence[ClockRow]) -> None:
        """Count clocks."""
        self.clocks += len(rows)
        for row in rows:
            if row.breached_at is not None:
                self.breaches += 1
                self.provider_breaches += row.owed_by == "provider"

    def add(self, other: Summary) -> None:
        """Add the counts of a batch."""
        self.incidents += other.incidents
        self.clocks += other.clocks
        self.breaches += other.breaches
        self.provider_breaches += other.provider_breaches


Rendered = TypeVar("Rendered")


@dataclass(frozen=True, slots=True)
class Batch(Generic[Rendered]):
    """What came of some incidents, in the order of their references."""

    rendered: Rendered
    findings: list[FindingRow]
    summary: Summary
    costs: Costs


def clock_row(subject: str, clock: Clock) -> ClockRow:
    """Return a clock's row."""
    return ClockRow(
        subject,
        clock.target,
        clock.ordinal,
        clock.promise.severity,
        clock.promise.clause,
        clock.owed_by,
        clock.started_at,
        clock.due_at,
        clock.met_at,
        clock.breached_at,
        clock.state,
    )


def finding_row(finding: Finding) -> FindingRow:
    """Return a finding's row."""
    return FindingRow(finding.at, finding.subject, finding.kind, finding.clause, finding.message, finding.data)


class Judgement:
    """A history under its terms.

    `clocks` or `batches` is read once, to its end; after that `findings`, `availability`, `credits` and `summary` are
    complete.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.until = history.until or datetime.min.replace(tzinfo=UTC)
        self.findings: list[FindingRow] = []
        self.availability: list[dict[str, Any]] = []
        self.credits: list[dict[str, Any]] = []
        self.summary = Summary()
        coverage = _Coverage(history, self.until)
        shared = [row for row in history.others if row[0] <= self.until and coverage.covers(row)]
        self._incidents = history.incidents
        if not coverage.always("incident"):
            covered = {
                ref: [row for row in rows if row[0] <= self.until and coverage.covers(row)]
                for ref, rows in history.incidents.items()
            }
            self._incidents = {
                ref: rows for ref, rows in covered.items() if rows and type(rows[0][2]) is e.IncidentReported
            }
        self.summary.ignored = coverage.ignored
        self.shared = Shared(history.terms, shared, until=self.until)
        self._reckoning = Reckoning(history, self.shared, shared, until=self.until)
        for rows in self._incidents.values():
            if rows[0][0] <= self.until:
                self._reckoning.service.touch(rows[0][0])

    def state(self, ref: str) -> IncidentState | None:
        """Return one incident's state."""
        return fold(ref, self._incidents.get(ref, []), self.shared, until=self.until)

    def clocks(self) -> Iterator[ClockRow]:
        """Yield every clock, by subject, target and ordinal."""
        for rows in self.batches(list):
            yield from rows

    def batches(self, render: Callable[[Iterable[ClockRow]], Rendered], *, processes: int = 1) -> Iterator[Rendered]:
        """Yield every clock, by subject, target and ordinal, a batch at a time as `render` makes of it.

        With several processes the incidents are judged and rendered by forked children.
        """
        yield self._render(self._reckoning.backup_clocks(), render)
        refs = sorted(self._incidents)
        batches = [refs[start : start + BATCH] for start in range(0, len(refs), BATCH)]
        for batch in in_order(partial(self._judge, render=render), batches, processes=processes):
            self.summary.add(batch.summary)
            self.findings += batch.findings
            self._reckoning.charge(batch.costs)
            yield batch.rendered
        yield self._render(self._reckoning.outage_clocks(), render)
        self._close()

    def _render(
        self, clocks: Iterable[tuple[str, Clock]], render: Callable[[Iterable[ClockRow]], Rendered]
    ) -> Rendered:
        rows = [clock_row(subject, clock) for subject, clock in clocks]
        self.summary.count(rows)
        return render(rows)

    def _close(self) -> None:
        """Fill in the sections that need every clock."""
        reckoning = self._reckoning
        lines = reckoning.credits()
        self.findings += map(finding_row, reckoning.findings())
        self.findings.sort(key=attrgetter("at", "subject"))
        self.availability = reckoning.availability_rows()
        self.credits = [credit_row(line) for line in lines]
        self.summary.credit_total = credit_total(lines, reckoning.fee)
        self.summary.credit_capped = any(line.rule == "cap" for line in lines)

    def _judge(self, refs: Iterable[str], *, render: Callable[[Iterable[ClockRow]], Rendered]) -> Batch[Rendered]:
        summary = Summary()
        rows: list[ClockRow] = []
        findings: list[FindingRow] = []
        costs = Costs()
        for ref in refs:
            state = self.state(ref)
            if state is None:
                continue
            summary.incidents += 1
            findings += map(finding_row, state.findings)
            costs.add(state)
            subject = state.subject
            clocks = state.clocks
            rows += [clock_row(subject, clocks[key]) for key in sorted(clocks)]
        summary.count(rows)
        return Batch(render(rows), findings, summary, costs)

    def explanations(self, subject: str) -> list[Explanation]:
        """Return why each clock of a subject is due when it is; empty for a subject without clocks."""
        kind, _, ref = subject.partition(":")
        calendar_clause = self.history.terms.document.calendar.clause
        clauses: Mapping[str, str] = {}
        if kind == "incident":
            state = self.state(ref)
            clocks = [state.clocks[key] for key in sorted(state.clocks)] if state is not None else []
            if state is not None:
                clauses, calendar_clause = state.plan.clauses, state.plan.calendar_clause
        else:
            others = chain(self._reckoning.backup_clocks(), self._reckoning.outage_clocks())
            clocks = [clock for named, clock in others if named == subject]
        return [explain(clock, until=self.until, clauses=clauses, calendar_clause=calendar_clause) for clock in clocks]


class _Coverage:
    """Which families of events the terms of each time have a section for; counts what they have none for."""

    def __init__(self, history: History, until: datetime) -> None:
        self.ignored = 0
        self._amended: list[tuple[datetime, int]] = []
        self._terms = [history.terms]
        for at, line, event in history.others:
            if isinstance(event, e.AgreementAmended) and at <= until:
                self._amended.append((at, line))
                self._terms.append(read_terms(event.terms))

    def always(self, family: str) -> bool:
        """Return whether the section was there all the time."""
        return all(terms.covers(family) for terms in self._terms)

    def covers(self, row: Ordered) -> bool:
        """Return whether an event counts; it is counted as ignored where it does not."""
        at, line, event = row
        covered = self._terms[bisect_left(self._amended, (at, line))].covers(event.family)
        self.ignored += not covered
        return covered
