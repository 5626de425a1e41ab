"""The months of a history: availability, credits, and what was found of both. Clause: JS-13 to JS-20, JB-10, JB-11."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from credits.rules.service_credits import (
    CreditLine,
    Crossing,
    MonthlyFee,
    Occurrence,
    availability_percent,
    credit_lines,
)
from incidents.rules.availability import (
    Availability,
    MonthFigure,
    Record,
    RefundOn,
    month_range,
    outage_clock,
    termination_rights,
)
from incidents.rules.backups import backup_clocks, retention_findings
from incidents.rules.findings import Finding
from incidents.rules.months import Month
from incidents.rules.shared import Shared
from incidents.rules.support import IncidentState
from portal.contract import events as e
from portal.contract.clock import Clock
from portal.contract.events import as_utc
from portal.contract.money import Money
from portal.contract.terms import Terms
from portal.replay.history import History


@dataclass(slots=True)
class Costs:
    """What some incidents may cost: thresholds that were crossed, and parts in problems that came back."""

    crossings: list[Crossing] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)

    def add(self, state: IncidentState) -> None:
        """Take one incident's state. Clause: JS-13."""
        for (target, _), clock in state.clocks.items():
            if target.endswith("_credit") and clock.breached_at is not None:
                severity = clock.promise.severity or ""
                self.crossings.append(Crossing(clock.breached_at, state.subject, severity, target))
        if state.problem and state.supported and state.ended_at is None and state.reported_at is not None:
            self.occurrences.append(Occurrence(state.reported_at, state.subject, state.problem, state.severity))


class Reckoning:
    """What a history says of months: fed with its events and its incidents' states, asked once all are in."""

    def __init__(self, history: History, shared: Shared, *, until: datetime) -> None:
        self.shared = shared
        self.until = until
        self.zone = ZoneInfo(history.header.timezone)
        self.on_premise = history.header.hosting == "on_premise"
        header = history.header
        self.fee = MonthlyFee.of(history.fee, header.fee.per) if history.fee and header.fee else None
        self.refund_on: RefundOn | None = None
        if header.term is not None and header.term.prepaid is not None:
            currency = header.fee.currency if header.fee is not None else "USD"
            prepaid = Money.parse(header.term.prepaid, currency)
            self.refund_on = RefundOn(prepaid, header.term.starts, header.term.ends)
        self.first: datetime | None = None
        self._record = Record()
        self._backups: list[e.BackupCompleted] = []
        self._voided: list[tuple[datetime, e.BreachVoided]] = []
        self._crossings: list[Crossing] = []
        self._occurrences: list[Occurrence] = []
        self._findings: list[Finding] = []

    def take(self, at: datetime, event: e.Event) -> None:
        """Take one of the events that are no incident's, in order."""
        for instant in _instants(event):
            self.touch(as_utc(instant))
        if isinstance(event, e.BreachVoided):
            self._voided.append((at, event))
        terms = self.shared.at(at).terms
        if not self._promised(terms):
            return
        if terms.document.availability is not None:
            self._record.take(event, terms.document.availability)
        if isinstance(event, e.BackupCompleted) and terms.document.backups is not None:
            self._backups.append(event)
            self._findings += retention_findings([event], terms.document.backups)

    def touch(self, at: datetime) -> None:
        """Let the months begin no later than an instant."""
        if self.first is None or at < self.first:
            self.first = at

    def _promised(self, terms: Terms) -> bool:
        """Return whether availability and backups are promised where the service runs. Clause: JS-17."""
        availability = terms.document.availability
        nowhere = availability is not None and availability.on_premise is not None and not availability.on_premise.value
        return not (self.on_premise and nowhere)

    def charge(self, costs: Costs) -> None:
        """Take what incidents may cost."""
        self._crossings += costs.crossings
        self._occurrences += costs.occurrences

    def backup_clocks(self) -> Iterator[tuple[str, Clock]]:
        """Yield the backups' clocks with their subjects, in order. Clause: JS-19."""
        terms = self.shared.at(self.until).terms
        for kind, clock in backup_clocks(self._backups, terms, until=self.until):
            yield self._standing(f"backup:{kind}", clock)

    def outage_clocks(self) -> Iterator[tuple[str, Clock]]:
        """Yield the outages' clocks with their subjects, in order. Clause: JS-18."""
        for ref in sorted(self._record.outages):
            outage = self._record.outages[ref]
            clock = outage_clock(outage, self._record, self.shared.at(outage.notified_at).terms, until=self.until)
            if clock is not None:
                yield self._standing(f"outage:{ref}", clock)

    def _standing(self, subject: str, clock: Clock) -> tuple[str, Clock]:
        """Return a clock after the voids of its breach."""
        for at, event in self._voided:
            named = (event.subject_ref, event.target, event.ordinal) == (subject, clock.target, clock.ordinal)
            if named and clock.breached_at is not None and clock.breached_at < at:
                clock.void(at, "breach voided")
        return subject, clock

    def figures(self) -> list[MonthFigure]:
        """Return every month's figure; none on premise, where nothing of it is promised."""
        if self.first is None:
            return []
        moment = self.shared.at(self.until)
        hosted = zip(moment.periods.begins, moment.periods.ends, strict=True)
        availability = Availability(self._record, hosted, zone=self.zone, until=self.until)
        figures = []
        for month in month_range(self.first, self.until, self.zone):
            terms = self._terms_of(month)
            if terms.document.availability is not None and self._promised(terms):
                figures.append(availability.figure(month, terms.document.availability))
        self._findings += self._record.findings + availability.findings
        return figures

    def _terms_of(self, month: Month) -> Terms:
        """Return the terms with which a month began; the first month has those of the header."""
        return self.shared.at(month.start(self.zone)).terms

    def findings(self, figures: list[MonthFigure]) -> list[Finding]:
        """Return what was found: notices, allowances, retention, and rights that arose."""
        rights: list[Finding] = []
        terms = self.shared.at(self.until).terms.document.availability
        if terms is not None:
            rights = list(termination_rights(figures, terms, refund_on=self.refund_on, zone=self.zone))
        return self._findings + rights

    def credits(self, figures: list[MonthFigure]) -> list[CreditLine]:
        """Return the credit lines of every month under the terms with which it began."""
        if self.first is None:
            return []
        terms_of = {}
        for month in month_range(self.first, self.until, self.zone):
            credit_terms = self._terms_of(month).document.credits
            if credit_terms is not None:
                terms_of[month] = credit_terms
        return credit_lines(
            crossings=self._crossings,
            occurrences=self._occurrences,
            figures=figures,
            terms_of=terms_of,
            fee=self.fee,
            zone=self.zone,
        )

    def availability_row(self, figure: MonthFigure) -> dict[str, Any]:
        """Return a month as replay writes it; uptime in percent, rounded for display only."""
        row: dict[str, Any] = {
            "month": str(figure.month),
            "uptime": _percent(figure.uptime),
            "hosted_uptime": _percent(figure.hosted_uptime),
            "counted_downtime_seconds": _seconds(figure.counted.length.total_seconds()),
            "scheduled_seconds": _seconds(figure.scheduled.length.total_seconds()),
            "target": figure.target,
            "met": figure.met,
            "credit_percent": f"{availability_percent(figure, self._terms_of(figure.month).document.credits):f}",
        }
        return row | {"partial": True} if figure.partial else row


def credit_row(line: CreditLine) -> dict[str, Any]:
    """Return a credit line as replay writes it."""
    return {
        "month": str(line.month),
        "rule": line.rule,
        "clause": line.clause,
        "percent": f"{line.percent:f}",
        "amount": str(line.amount) if line.amount is not None else None,
        "currency": line.amount.currency if line.amount is not None else None,
        "evidence": list(line.evidence),
    }


def credit_total(lines: list[CreditLine], fee: MonthlyFee | None) -> str:
    """Return the sum of the lines in major units; '0.00' without a fee."""
    return (
        str(Money(sum(line.amount.minor for line in lines if line.amount is not None), fee.currency)) if fee else "0.00"
    )


def _percent(share: Fraction | None) -> str | None:
    if share is None:
        return None
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return str(exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP))


def _seconds(seconds: float) -> int | float:
    return int(seconds) if seconds == int(seconds) else seconds


def _instants(event: e.Event) -> Iterator[datetime]:
    yield event.at
    for name in ("start", "end", "planned_at", "notified_at"):
        instant = getattr(event, name, None)
        if instant is not None:
            yield instant.astimezone(UTC)
    for start, end in getattr(event, "sessions", ()):
        yield start
        yield end
