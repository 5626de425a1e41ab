"""Service credits: what missed promises cost, line by line with evidence, exactly. Clause: JS-13, JS-14, JS-20."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from incidents.rules.availability import HUNDRED, MonthFigure
from incidents.rules.months import Month
from incidents.rules.recurrence import within_months
from portal.contract.money import Money
from portal.contract.terms import CreditTerms, Recurring, Tier


@dataclass(frozen=True, slots=True)
class MonthlyFee:
    """The fee that percents are of, exact: an annual fee's twelfth is not rounded. Clause: JS-14."""

    amount: Fraction
    currency: str

    @classmethod
    def of(cls, fee: Money, per: str) -> MonthlyFee:
        """Return the monthly fee of a fee per month or year."""
        return cls(Fraction(fee.amount) / (12 if per == "year" else 1), fee.currency)

    def share(self, percent: Decimal) -> Money:
        """Return a percentage of it, rounded half up to the minor unit."""
        return Money.rounded(self.amount * Fraction(percent) / 100, self.currency)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A threshold that was crossed, and by which incident. Clause: JS-13."""

    at: datetime
    subject: str
    severity: str
    target: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A supported incident of a problem, critical or not when it was closed. Clause: JS-13."""

    reported_at: datetime
    subject: str
    problem: str
    severity: str


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One line of a month's credits; `amount` is None where no fee is known."""

    month: Month
    rule: str
    clause: str
    percent: Decimal
    amount: Money | None
    evidence: tuple[str, ...]


def credit_lines(
    *,
    crossings: Iterable[Crossing],
    occurrences: Iterable[Occurrence],
    figures: Iterable[MonthFigure],
    terms_of: Mapping[Month, CreditTerms],
    fee: MonthlyFee | None,
    zone: ZoneInfo,
) -> list[CreditLine]:
    """Return every credit line, by month, then rule; a month whose lines pass the cap gets a negative one.

    Args:
        terms_of: The credit terms with which each month began; a month without any has no credits.
    """
    lines: dict[Month, list[CreditLine]] = {}
    for line in (
        *_threshold_lines(crossings, terms_of, fee, zone),
        *_recurring_lines(occurrences, terms_of, fee, zone),
        *_availability_lines(figures, terms_of, fee),
    ):
        lines.setdefault(line.month, []).append(line)
    for month, own in lines.items():
        own.extend(_cap(month, own, terms_of[month], fee))
    return sorted(
        (line for own in lines.values() for line in own), key=lambda line: (line.month, line.rule, line.evidence)
    )


def _line(
    month: Month, rule: str, clause: str, percent: str, fee: MonthlyFee | None, evidence: Iterable[str]
) -> CreditLine:
    share = Decimal(percent)
    return CreditLine(month, rule, clause, share, fee.share(share) if fee is not None else None, tuple(evidence))


def _threshold_lines(
    crossings: Iterable[Crossing], terms_of: Mapping[Month, CreditTerms], fee: MonthlyFee | None, zone: ZoneInfo
) -> Iterator[CreditLine]:
    """Yield each row at most once a month, in the month of the threshold's instant. Clause: JS-13."""
    found: dict[tuple[Month, str, str], list[Crossing]] = {}
    for crossing in sorted(crossings, key=lambda one: (one.at, one.subject)):
        found.setdefault((Month.of(crossing.at, zone), crossing.severity, crossing.target), []).append(crossing)
    for (month, severity, target), own in found.items():
        for row in terms_of[month].rows if month in terms_of else ():
            if (row.severity, f"{row.target}_credit") != (severity, target):
                continue
            subjects = list(dict.fromkeys(crossing.subject for crossing in own))
            groups = [[subject] for subject in subjects] if row.per.value == "incident" else [subjects]
            for evidence in groups:
                yield _line(month, row.rule, row.over.clause, row.percent.value, fee, evidence)


def _recurring_lines(
    occurrences: Iterable[Occurrence], terms_of: Mapping[Month, CreditTerms], fee: MonthlyFee | None, zone: ZoneInfo
) -> Iterator[CreditLine]:
    """Yield the row for incidents that came back, in the month of the later report. Clause: JS-13."""
    problems: dict[str, list[Occurrence]] = {}
    for occurrence in sorted(occurrences, key=lambda one: (one.reported_at, one.subject)):
        problems.setdefault(occurrence.problem, []).append(occurrence)
    months: dict[Month, list[list[Occurrence]]] = {}
    for own in problems.values():
        for index, later in enumerate(own):
            month = Month.of(later.reported_at, zone)
            row = terms_of[month].recurring if month in terms_of else None
            if row is None or later.severity != row.severity:
                continue
            earlier = [one for one in own[:index] if _recurs(one, later, row, zone)]
            if earlier:
                months.setdefault(month, []).append([*earlier, later])
    for month, groups in months.items():
        row = terms_of[month].recurring
        if row is None:
            continue
        if row.per.value == "month":
            groups = [[one for group in groups for one in group]]
        for group in groups:
            ordered = sorted({(one.reported_at, one.subject) for one in group})
            yield _line(month, row.rule, row.months.clause, row.percent.value, fee, (subject for _, subject in ordered))


def _recurs(earlier: Occurrence, later: Occurrence, row: Recurring, zone: ZoneInfo) -> bool:
    return earlier.severity == row.severity and within_months(
        earlier.reported_at, later.reported_at, row.months.value, zone
    )


def tier_percent(uptime: Fraction | None, tiers: Iterable[Tier]) -> Decimal:
    """Return the percent of the tier in which an uptime lies; exact at the lower edges. Clause: JS-20."""
    if uptime is not None:
        for tier in tiers:
            if uptime * HUNDRED >= Fraction(tier.at_least):
                return Decimal(tier.percent)
    return Decimal(0)


def availability_percent(figure: MonthFigure, terms: CreditTerms | None) -> Decimal:
    """Return the larger of a month's tier and that of its hosted periods, 0 while it is unfinished. Clause: JS-20."""
    if terms is None or terms.tiers is None or figure.partial:
        return Decimal(0)
    return max(tier_percent(uptime, terms.tiers.value) for uptime in (figure.uptime, figure.hosted_uptime))


def _availability_lines(
    figures: Iterable[MonthFigure], terms_of: Mapping[Month, CreditTerms], fee: MonthlyFee | None
) -> Iterator[CreditLine]:
    for figure in figures:
        terms = terms_of.get(figure.month)
        percent = availability_percent(figure, terms)
        if percent and terms is not None and terms.tiers is not None:
            yield _line(figure.month, "availability", terms.tiers.clause, str(percent), fee, figure.outages)


def _cap(month: Month, lines: list[CreditLine], terms: CreditTerms, fee: MonthlyFee | None) -> Iterator[CreditLine]:
    """Yield the negative line that brings a month's credits down to the cap. Clause: JS-13.

    Where each line of a tiny fee was rounded down, they may lie under the cap by themselves: then it takes nothing.
    """
    cap = Decimal(terms.cap.value)
    over = sum((line.percent for line in lines), Decimal(0)) - cap
    if over <= 0:
        return
    amount = None
    if fee is not None:
        amounts = [line.amount for line in lines if line.amount is not None]
        amount = Money(min(fee.share(cap).minor - sum(one.minor for one in amounts), 0), fee.currency)
    yield CreditLine(month, "cap", terms.cap.clause, -over, amount, ())
