"""The months of a history: availability, credits, and what was found of both. Clause: JS-13 to JS-20, JB-10, JB-11."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
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
from incidents.rules.availability import MonthFigure, RefundOn
from incidents.rules.findings import Finding
from incidents.rules.months import Month
from incidents.rules.service import FOREVER, Service, Setting
from incidents.rules.shared import Ordered, Shared
from incidents.rules.support import IncidentState
from portal.contract.clock import Clock
from portal.contract.events import as_utc
from portal.contract.money import Money
from portal.contract.terms import CreditTerms
from portal.replay.history import Header, History


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
    """What a history says of months: asked once every incident's state was taken."""

    def __init__(self, history: History, shared: Shared, events: Iterable[Ordered], *, until: datetime) -> None:
        header = history.header
        self.fee = MonthlyFee.of(history.fee, header.fee.per) if history.fee and header.fee else None
        self.service = Service(events, shared, _setting(header), until=until)
        self._crossings: list[Crossing] = []
        self._occurrences: list[Occurrence] = []

    def charge(self, costs: Costs) -> None:
        """Take what incidents may cost."""
        self._crossings += costs.crossings
        self._occurrences += costs.occurrences

    def backup_clocks(self) -> Iterator[tuple[str, Clock]]:
        """Yield the backups' clocks with their subjects, in order. Clause: JS-19."""
        return ((f"backup:{kind}", clock) for kind, clock in self.service.backup_clocks())

    def outage_clocks(self) -> Iterator[tuple[str, Clock]]:
        """Yield the outages' clocks with their subjects, in order. Clause: JS-18."""
        return ((f"outage:{ref}", clock) for ref, clock in self.service.outage_clocks())

    def findings(self) -> list[Finding]:
        """Return what was found: notices, allowances, retention, and rights that arose."""
        return self.service.findings() + self.service.retention_findings()

    def credits(self) -> list[CreditLine]:
        """Return the credit lines of every month under the terms with which it began."""
        zone = self.service.setting.zone
        months = {figure.month for figure in self.service.figures}
        months |= {Month.of(crossing.at, zone) for crossing in self._crossings}
        months |= {Month.of(occurrence.reported_at, zone) for occurrence in self._occurrences}
        terms_of = {month: self._credit_terms(month) for month in months}
        return credit_lines(
            crossings=self._crossings,
            occurrences=self._occurrences,
            figures=self.service.figures,
            terms_of={month: terms for month, terms in terms_of.items() if terms is not None},
            fee=self.fee,
            zone=zone,
        )

    def _credit_terms(self, month: Month) -> CreditTerms | None:
        return self.service.terms_of(month).document.credits

    def availability_rows(self) -> list[dict[str, Any]]:
        """Return every month as replay writes it."""
        return [self._availability_row(figure) for figure in self.service.figures]

    def _availability_row(self, figure: MonthFigure) -> dict[str, Any]:
        """Return a month as replay writes it; uptime in percent, rounded for display only."""
        row: dict[str, Any] = {
            "month": str(figure.month),
            "uptime": _percent(figure.uptime),
            "hosted_uptime": _percent(figure.hosted_uptime),
            "counted_downtime_seconds": _seconds(figure.counted.length.total_seconds()),
            "scheduled_seconds": _seconds(figure.scheduled.length.total_seconds()),
            "target": figure.target,
            "met": figure.met,
            "credit_percent": f"{availability_percent(figure, self._credit_terms(figure.month)):f}",
        }
        return row | {"partial": True} if figure.partial else row


def _setting(header: Header) -> Setting:
    """Return what the header says of the service."""
    active = None
    if header.active is not None:
        until = header.active.until
        active = as_utc(header.active.since), as_utc(until) if until is not None else FOREVER
    refund_on = None
    if header.term is not None and header.term.prepaid is not None:
        prepaid = Money.parse(header.term.prepaid, header.prepaid_currency)
        refund_on = RefundOn(prepaid, header.term.starts, header.term.ends)
    return Setting(ZoneInfo(header.timezone), active, header.hosting == "on_premise", refund_on)


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
