"""What a month costs so far, and what each threshold that still runs would add: by the very function of the close.

Clause: JS-13, JS-14, JS-20.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from credits.rules.service_credits import CreditLine, Crossing, MonthlyFee, Occurrence, credit_lines
from incidents.rules.availability import MICROSECOND, MonthFigure
from incidents.rules.months import Month
from portal.contract.money import Money
from portal.contract.terms import CreditTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an agreement's credits at an instant.

    Attributes:
        crossings: Thresholds that broke and count.
        occurrences: Supported incidents of problems, as far back as a recurrence may reach.
        figure: The running month's availability; None where none is promised.
        terms_of: The credit terms with which each month began.
    """

    zone: ZoneInfo
    crossings: tuple[Crossing, ...]
    occurrences: tuple[Occurrence, ...]
    figure: MonthFigure | None
    fee: MonthlyFee | None
    terms_of: dict[Month, CreditTerms]

    def lines(self, month: Month, ahead: Iterable[Crossing] = ()) -> list[CreditLine]:
        """Return a month's lines so far, with thresholds `ahead` as if they were crossed.

        Of the running month's availability: what it comes to if nothing more goes down.
        """
        figure = self.figure
        figures = [as_if_over(figure)] if figure is not None and figure.month == month else []
        found = credit_lines(
            crossings=[*self.crossings, *ahead],
            occurrences=self.occurrences,
            figures=figures,
            terms_of=self.terms_of,
            fee=self.fee,
            zone=self.zone,
        )
        return [line for line in found if line.month == month]

    def cost(self, month: Month, ahead: Iterable[Crossing] = ()) -> Money | None:
        """Return the sum of a month's lines, the cap among them; None where no fee is known."""
        if self.fee is None:
            return None
        amounts = (line.amount for line in self.lines(month, ahead))
        return Money(sum(amount.minor for amount in amounts if amount is not None), self.fee.currency)


def as_if_over(figure: MonthFigure) -> MonthFigure:
    """Return a month's figure as it will be if nothing more goes down: what is down so far, of the whole month."""
    if not figure.partial:
        return figure
    *_, (_, reached) = [(figure.end, figure.end), *figure.total]
    whole = figure.total.length + (figure.end - reached)
    base = (whole - figure.scheduled.length) // MICROSECOND
    uptime = Fraction(base - figure.counted.length // MICROSECOND, base) if base > 0 else None
    return replace(figure, partial=False, uptime=uptime)


@dataclass(frozen=True, slots=True)
class Step:
    """A threshold that still runs: at which instant it costs what, given what its month costs by then.

    Attributes:
        at: When it is crossed if nothing happens before.
        percent: Of the month's fee, as the terms write it; None where they give none.
        adds: What the month's sum grows by; nothing where the row was credited already or the cap is reached.
    """

    at: datetime
    subject: str
    target: str
    severity: str
    clause: str
    percent: str | None
    adds: Money | None
    month: Month

    @property
    def ref(self) -> str:
        """The incident's reference."""
        return self.subject.partition(":")[2]

    @property
    def free(self) -> bool:
        """Whether crossing it costs nothing more this month."""
        return self.adds is not None and self.adds.minor == 0


def steps(known: Known, ahead: Iterable[Crossing], clauses: dict[Crossing, str]) -> Iterator[Step]:
    """Yield what each threshold ahead would add, in order: the earlier ones are taken as crossed for the later.

    Args:
        ahead: Thresholds that run, each at the instant at which it is due.
    """
    passed: list[Crossing] = []
    for crossing in sorted(ahead, key=lambda one: (one.at, one.subject, one.target)):
        month = Month.of(crossing.at, known.zone)
        before, after = known.cost(month, passed), known.cost(month, [*passed, crossing])
        adds = None if before is None or after is None else Money(after.minor - before.minor, after.currency)
        passed.append(crossing)
        yield Step(
            crossing.at,
            crossing.subject,
            crossing.target,
            crossing.severity,
            clauses[crossing],
            _percent(known, month, crossing),
            adds,
            month,
        )


def _percent(known: Known, month: Month, crossing: Crossing) -> str | None:
    terms = known.terms_of.get(month)
    rows = terms.rows if terms is not None else []
    return next(
        (
            row.percent.value
            for row in rows
            if (row.severity, f"{row.target}_credit") == (crossing.severity, crossing.target)
        ),
        None,
    )
