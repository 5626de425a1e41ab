"""A month's close as a value: what it rests on, frozen; its lines; and what another reading of a clause would give.

The lines are those of `credit_lines`, the one function that replay asks too. Clause: JS-13, JS-14, JS-20, T-8, T-10.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from credits.rules.service_credits import CreditLine, Crossing, MonthlyFee, Occurrence, credit_lines
from incidents.rules.availability import HUNDRED, MICROSECOND, MonthFigure
from incidents.rules.intervals import Intervals
from incidents.rules.months import Month
from portal.contract.money import Money
from portal.contract.terms import CreditTerms

Identity = tuple[str, str]
"""What tells a month's lines apart: the rule, and the incident where each incident has a line of its own, else ''."""

CAP = "cap"
"""The rule of the line that brings a month down to its cap."""
WHOLE: Identity = ("whole_month", "")
"""A month's credits proposed as one sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that a month's credits depend on, as it was when the month closed.

    Attributes:
        occurrences: Incidents of problems, those of the months before that a recurrence may reach back to among them.
        figure: The month's availability; None where none is promised.
        terms: The credit terms with which the month began.
        terms_hash: That of the whole document: its calendars, with every holiday, are in it.
    """

    month: Month
    zone: ZoneInfo
    crossings: tuple[Crossing, ...]
    occurrences: tuple[Occurrence, ...]
    figure: MonthFigure | None
    fee: MonthlyFee | None
    hosting: str
    terms: CreditTerms
    terms_name: str
    terms_hash: str

    def lines(self, terms: CreditTerms | None = None) -> list[CreditLine]:
        """Return the month's lines, under other terms where they are given."""
        found = credit_lines(
            crossings=self.crossings,
            occurrences=self.occurrences,
            figures=[self.figure] if self.figure is not None else [],
            terms_of={self.month: terms or self.terms},
            fee=self.fee,
            zone=self.zone,
        )
        return [line for line in found if line.month == self.month]

    def content(self) -> dict[str, Any]:
        """Return it as JSON's values, whole numbers and words only: what a close keeps and its hash is of."""
        return {
            "month": str(self.month),
            "zone": self.zone.key,
            "hosting": self.hosting,
            "fee": None if self.fee is None else [*self.fee.amount.as_integer_ratio(), self.fee.currency],
            "terms": [self.terms_name, self.terms_hash],
            "crossings": [[_instant(one.at), one.subject, one.severity, one.target] for one in self.crossings],
            "occurrences": [
                [_instant(one.reported_at), one.subject, one.problem, one.severity] for one in self.occurrences
            ],
            "figure": None if self.figure is None else _figure(self.figure),
        }


def fee_of(content: Mapping[str, Any]) -> MonthlyFee | None:
    """Return the fee that a close has frozen: a later fee judges no earlier month again."""
    if content["fee"] is None:
        return None
    numerator, denominator, currency = content["fee"]
    return MonthlyFee(Fraction(numerator, denominator), currency)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _figure(figure: MonthFigure) -> dict[str, Any]:
    return {
        "total": _microseconds(figure.total),
        "counted": _microseconds(figure.counted),
        "scheduled": _microseconds(figure.scheduled),
        "uptime": None if figure.uptime is None else list(figure.uptime.as_integer_ratio()),
        "hosted_uptime": None if figure.hosted_uptime is None else list(figure.hosted_uptime.as_integer_ratio()),
        "outages": list(figure.outages),
    }


def _microseconds(intervals: Intervals) -> int:
    return intervals.length // MICROSECOND


def line_row(line: CreditLine) -> dict[str, Any]:
    """Return a line as a close keeps it; amounts in minor units."""
    return {
        "rule": line.rule,
        "clause": line.clause,
        "percent": f"{line.percent:f}",
        "minor": None if line.amount is None else line.amount.minor,
        "currency": None if line.amount is None else line.amount.currency,
        "evidence": list(line.evidence),
    }


def identified(lines: Iterable[CreditLine], terms: CreditTerms) -> dict[Identity, CreditLine]:
    """Return lines by what tells them apart."""
    each = {row.rule for row in terms.rows if row.per.value == "incident"}
    if terms.recurring is not None and terms.recurring.per.value == "incident":
        each.add(terms.recurring.rule)
    return {(line.rule, line.evidence[-1] if line.rule in each else ""): line for line in lines}


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on a line, in minor units: what was approved, and what was waived or declined."""

    granted: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be proposed of a line: `minor` of the whole `target`, where it differs from what was decided before.

    `line` is None where the month has none such any more.
    """

    line: CreditLine | None
    target: int
    minor: int
    differs: bool


def cap_of(inputs: Inputs) -> int:
    """Return what a month's credits may come to, in minor units. Clause: JS-13.

    Where the lines of a tiny fee were rounded up, they may pass the cap's share by themselves: then it is their sum.
    """
    assert inputs.fee is not None  # noqa: S101  # Nothing is proposed without one.
    return max(inputs.fee.share(Decimal(inputs.terms.cap.value)).minor, _total(inputs.lines()))


def due(inputs: Inputs, decided: Mapping[Identity, Decided]) -> dict[Identity, Due]:
    """Return what is to be proposed, so that whatever is approved of it, and in whatever order, holds the month's cap.

    Line by line where all of it together does. Where some choice among the lines would pass the cap, and in a month
    that was decided on as a whole before, it is one sum: what the lines come to after the decisions on each, or the
    cap. Nothing is due without a fee. Clause: JS-13.
    """
    if inputs.fee is None:
        return {}
    lines = {key: line for key, line in identified(inputs.lines(), inputs.terms).items() if line.rule != CAP}
    apart = {key: one for key, one in decided.items() if key != WHOLE}
    found: dict[Identity, Due] = {}
    for key in sorted({*lines, *apart}):
        line, one = lines.get(key), apart.get(key, Decided())
        target = line.amount.minor if line is not None and line.amount is not None else 0
        minor = difference(target, granted=one.granted, refused=one.refused)
        found[key] = Due(line, target, minor, differs=bool(one.granted or one.refused))
    granted, cap = sum(one.granted for one in decided.values()), cap_of(inputs)
    if WHOLE not in decided and granted + sum(max(one.minor, 0) for one in found.values()) <= cap:
        return {key: one for key, one in found.items() if one.minor}
    whole = min(sum(one.granted for one in apart.values()) + sum(one.minor for one in found.values()), cap)
    before = decided.get(WHOLE, Decided())
    minor = difference(whole, granted=granted, refused=before.refused)
    return {WHOLE: Due(_as_one(inputs, whole), whole, minor, differs=bool(granted or before.refused))} if minor else {}


def _as_one(inputs: Inputs, minor: int) -> CreditLine:
    """Return a month's lines as one, with the evidence of all of them."""
    assert inputs.fee is not None  # noqa: S101  # Nothing is proposed without one.
    lines = inputs.lines()
    evidence = dict.fromkeys(subject for line in lines for subject in line.evidence)
    percent = sum((line.percent for line in lines), Decimal(0))
    amount = Money(minor, inputs.fee.currency)
    return CreditLine(inputs.month, WHOLE[0], inputs.terms.cap.clause, percent, amount, tuple(evidence))


def _total(lines: Iterable[CreditLine]) -> int:
    return sum(line.amount.minor for line in lines if line.amount is not None)


def difference(target: int, *, granted: int, refused: int) -> int:
    """Return what still has to be proposed, in minor units, so that decisions stand as they were taken.

    `granted` was approved; `refused` was waived or declined, and is not proposed a second time: only what goes beyond
    both, in either direction, is new.

    150 after 100 were approved is 50, and 0 is -100; 80 after 100 were waived is nothing, and 150 is 50.
    """
    low, high = sorted((granted, granted + refused))
    if target > high:
        return target - high
    return target - low if target < low else 0


@dataclass(frozen=True, slots=True)
class OtherReading:
    """What a line would be if the clause were read in the other way; `minor` of the whole rule's in the month.

    `taken` is the reading that the terms have.
    """

    words: str
    minor: int
    taken: str


def other_readings(inputs: Inputs, line: CreditLine) -> Iterator[OtherReading]:
    """Yield what the other reading of each clause that allows two would give for a line's rule in this month.

    Only where the terms say that they took a reading, or assumed what the document leaves open; and only where it would
    make a difference. Clause: JS-13, JS-20.
    """
    for words, taken, terms in _otherwise(inputs.terms, line.rule):
        other = _sum_of(inputs.lines(terms), line.rule)
        if other != _sum_of(inputs.lines(), line.rule):
            yield OtherReading(words, other, taken)
    recurring = inputs.terms.recurring
    reads_two = recurring is not None and line.rule == recurring.rule and recurring.per.basis != "stated"
    if reads_two and len(_of_one_problem(inputs, line)) < 3:
        yield OtherReading("Read as three incidents of one problem instead of two", 0, "two incidents of one problem")
    if line.rule == "availability" and (edge := _other_edge(inputs)) is not None:
        yield edge


def other_totals(inputs: Inputs) -> Iterator[tuple[str, OtherReading]]:
    """Yield the rule and what the month's whole sum would be, for each reading that would make another of it.

    Clause: JS-13.
    """
    lines = inputs.lines()
    for rule in sorted({line.rule for line in lines}):
        for words, taken, terms in _otherwise(inputs.terms, rule):
            other = _total(inputs.lines(terms))
            if other != _total(lines):
                yield rule, OtherReading(words, other, taken)


def _otherwise(terms: CreditTerms, rule: str) -> Iterator[tuple[str, str, CreditTerms]]:
    """Yield what a reading turned round is called, what the one that was taken is, and the terms with it turned."""
    replace = msgspec.structs.replace
    for index, row in enumerate(terms.rows):
        if row.rule == rule and row.per.basis != "stated":
            turned = replace(row, per=replace(row.per, value=_turned(row.per.value)))
            yield (
                f"Read as {_per_words(turned.per.value)}",
                _per_words(row.per.value),
                replace(terms, rows=[*terms.rows[:index], turned, *terms.rows[index + 1 :]]),
            )
    recurring = terms.recurring
    if recurring is not None and recurring.rule == rule and recurring.per.basis != "stated":
        per = replace(recurring.per, value=_turned(recurring.per.value))
        words = f"Read as {_per_words(per.value)}"
        yield words, _per_words(recurring.per.value), replace(terms, recurring=replace(recurring, per=per))
    if rule == CAP and terms.cap.basis != "stated":
        yield (
            "Without a cap, of which the contract says nothing",
            f"credits are capped at {terms.cap.value} % of the month's fee",
            replace(terms, cap=replace(terms.cap, value="1000000")),
        )


def _turned(per: str) -> str:
    return "incident" if per == "month" else "month"


def _per_words(per: str) -> str:
    return "credited for each incident" if per == "incident" else "credited once a month"


def _sum_of(lines: Sequence[CreditLine], rule: str) -> int:
    return sum(line.amount.minor for line in lines if line.rule == rule and line.amount is not None)


def _of_one_problem(inputs: Inputs, line: CreditLine) -> set[str]:
    """Return the largest part of a recurring line's evidence that shares a problem."""
    problems: dict[str, set[str]] = {}
    for one in inputs.occurrences:
        if one.subject in line.evidence:
            problems.setdefault(one.problem, set()).add(one.subject)
    return max(problems.values(), key=len, default=set())


def _other_edge(inputs: Inputs) -> OtherReading | None:
    """Return the tier below, where the uptime lies exactly on an edge and the terms took a reading of edges."""
    tiers, figure = inputs.terms.tiers, inputs.figure
    if tiers is None or tiers.basis == "stated" or figure is None or inputs.fee is None:
        return None
    for tier, below in zip(tiers.value, tiers.value[1:], strict=False):
        if figure.uptime is not None and figure.uptime * HUNDRED == Fraction(tier.at_least):
            words = f"Read as not included, exactly {tier.at_least} % lies in the tier below"
            taken = f"exactly {tier.at_least} % lies in the better tier"
            return OtherReading(words, inputs.fee.share(Decimal(below.percent)).minor, taken)
    return None
