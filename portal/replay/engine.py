"""Judging a history: the same rules as the live portal, over a file.

Incidents are judged one after the other in the order of their references, so that a million events need no more room
than their own; what all of them share is folded once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from incidents.rules.shared import Ordered, Shared
from incidents.rules.support import Finding, IncidentState, fold
from portal.contract import events as e
from portal.contract.clock import Clock
from portal.contract.explain import Explanation, explain
from portal.replay.history import History


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

    `clocks` is read once, to its end; `findings`, `availability`, `credits` and `summary` are complete after that.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.until = history.until or datetime.min.replace(tzinfo=UTC)
        self.findings: list[FindingRow] = []
        self.availability: list[dict[str, Any]] = []
        self.credits: list[dict[str, Any]] = []
        self.summary = Summary()
        self._incidents: dict[str, list[Ordered]] = {}
        shared: list[Ordered] = []
        covers = {family: history.terms.covers(family) for family in _FAMILIES}
        for row in history.events:
            if row[0] > self.until:
                break
            event = row[2]
            if isinstance(event, e.IncidentEvent):
                if covers["incident"]:
                    self._incidents.setdefault(event.incident, []).append(row)
                else:
                    self.summary.ignored += 1
            elif isinstance(event, e.BreachVoided):
                kind, ref = event.subject
                if kind == "incident" and ref in self._incidents:
                    self._incidents[ref].append(row)
            elif not covers.get(event.family, True):
                self.summary.ignored += 1
            else:
                if isinstance(event, e.AgreementAmended):
                    covers = _covers_after(event)
                shared.append(row)
        self.shared = Shared(history.terms, shared, until=self.until)

    def states(self) -> Iterator[IncidentState]:
        """Yield every incident's state, by reference; each is folded as it is asked for."""
        for ref in sorted(self._incidents):
            state = fold(ref, self._incidents[ref], self.shared, until=self.until)
            if state is not None:
                yield state

    def state(self, ref: str) -> IncidentState | None:
        """Return one incident's state."""
        return fold(ref, self._incidents.get(ref, []), self.shared, until=self.until)

    def clocks(self) -> Iterator[ClockRow]:
        """Yield every clock, by subject, target and ordinal."""
        summary = self.summary
        for state in self.states():
            summary.incidents += 1
            self.findings += map(finding_row, state.findings)
            subject = state.subject
            for key in sorted(state.clocks):
                clock = state.clocks[key]
                summary.clocks += 1
                if clock.breached_at is not None:
                    summary.breaches += 1
                    summary.provider_breaches += clock.owed_by == "provider"
                yield clock_row(subject, clock)
        self.findings.sort(key=lambda row: (row.at, row.subject))

    def explanations(self, subject: str) -> list[Explanation]:
        """Return why each clock of a subject is due when it is; empty for a subject without clocks."""
        kind, _, ref = subject.partition(":")
        state = self.state(ref) if kind == "incident" else None
        if state is None:
            return []
        return [
            explain(
                state.clocks[key],
                until=self.until,
                clauses=state.plan.clauses,
                calendar_clause=state.plan.calendar_clause,
            )
            for key in sorted(state.clocks)
        ]


_FAMILIES = sorted({name.partition(".")[0] for name in e.REGISTRY})


def _covers_after(event: e.AgreementAmended) -> dict[str, bool]:
    from portal.contract.terms import read_terms

    terms = read_terms(event.terms)
    return {family: terms.covers(family) for family in _FAMILIES}
