"""What the pages of runs show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from portal.accounts.models import User
from portal.contract.money import Money
from portal.replay.models import Run, Side
from portal.web.figures import MONTHS, NBSP, money_text

MOST_MONTHS = 120


def runs_of(user: User) -> QuerySet[Run]:
    """Return the runs a user may see, newest first, without their files. Two queries."""
    return Run.objects.visible_to(user).defer("content").select_related("owner").prefetch_related("sides")


@dataclass(frozen=True, slots=True)
class Share:
    """Promises kept of promises due."""

    met: int
    due: int

    @property
    def percent(self) -> Decimal | None:
        """The share in percent with one decimal, rounded down, so that only all is 100; None of nothing."""
        return Decimal(self.met * 1000 // self.due) / 10 if self.due else None


@dataclass(frozen=True, slots=True)
class SeverityRow:
    """One severity through the months; None where nothing was due."""

    severity: str
    shares: list[Share | None]


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of a run as its page shows it."""

    side: Side
    months: list[str]
    rows: list[SeverityRow]
    total: Share
    findings: list[dict[str, Any]]
    availability: list[dict[str, Any]]
    credits: list[dict[str, Any]]

    @property
    def tells_of_downtime(self) -> bool:
        """Whether the history has an outage or a window at all; without any it says nothing of availability."""
        return bool(self.side.summary.get("tells_of_downtime", True))

    @property
    def by_month(self) -> list[tuple[str, list[Share | None]]]:
        """The months in words, each with every severity's share: more months than severities fit below each other."""
        return [
            (month_text(month), [row.shares[position] for row in self.rows])
            for position, month in enumerate(self.months)
        ]


def side_views(sides: Iterable[Side]) -> list[SideView]:
    """Return the sides of a run, all with the same months."""
    sides = list(sides)
    months = _months({month for side in sides for month in side.attainment})
    return [_side_view(side, months) for side in sides]


def _months(present: set[str]) -> list[str]:
    """Return the months from the first to the last; of a history of more than ten years only those with figures."""
    numbers = sorted(int(month[:4]) * 12 + int(month[5:]) - 1 for month in present)
    if not numbers or numbers[-1] - numbers[0] >= MOST_MONTHS:
        return sorted(present)
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(numbers[0], numbers[-1] + 1)]


def _side_view(side: Side, months: list[str]) -> SideView:
    """Return a side's attainment as rows of months, the severities in the order of its terms."""
    cells: dict[str, dict[str, list[int]]] = side.attainment
    present = {severity for month in cells.values() for severity in month}
    order = [row["name"] for row in (side.terms.get("support") or {}).get("severities", [])]
    names = [name for name in order if name in present] + sorted(present - set(order))
    rows = [
        SeverityRow(name, [Share(*cells[month][name]) if name in cells.get(month, ()) else None for month in months])
        for name in names
    ]
    shares = [share for row in rows for share in row.shares if share is not None]
    findings = [
        {**row, "at": datetime.fromisoformat(row["at"]), "name": row["subject"].partition(":")[2] or row["subject"]}
        for row in side.findings
    ]
    availability = [{**row, "name": month_text(row["month"])} for row in side.availability]
    credits = [
        {
            **row,
            "name": month_text(row["month"]),
            "rule": row["rule"].replace("_", " ").capitalize(),
            "amount": _money(row["amount"], row["currency"]),
        }
        for row in side.credits
    ]
    total = Share(sum(share.met for share in shares), sum(share.due for share in shares))
    return SideView(side, months, rows, total, findings, availability, credits)


def _money(amount: str | None, currency: str | None) -> Money | None:
    return Money.parse(amount, currency) if amount is not None and currency is not None else None


def month_text(month: str) -> str:
    """Return `2027-03` as `Mar 2027`."""
    year, _, number = month.partition("-")
    return f"{MONTHS[int(number) - 1]} {year}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One side's figure in words."""

    letter: str
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure of both sides; `difference` is B less A, None where there is no B or no figure."""

    label: str
    values: list[Any]
    unit: str = ""
    none: str = "none due"

    @property
    def shown(self) -> list[Figure]:
        """The figures in words, each with its side's letter."""
        return [Figure(letter, self._words(value)) for letter, value in zip("AB", self.values, strict=False)]

    def _words(self, value: Any) -> str:
        if value is None:
            return self.none
        if isinstance(value, Money):
            return money_text(value)
        return f"{value:,}{NBSP}{self.unit}" if self.unit else f"{value:,}"

    @property
    def difference(self) -> str:
        """B against A with its sign."""
        if len(self.values) < 2 or None in self.values:
            return ""
        if isinstance(self.values[0], Money):
            moved = Money(self.values[1].minor - self.values[0].minor, self.values[0].currency)
            return f"{'+' if moved.minor > 0 else ''}{money_text(moved)}"
        change = self.values[1] - self.values[0]
        sign = "\N{MINUS SIGN}" if change < 0 else "+" if change > 0 else ""
        unit = f"{NBSP}points" if self.unit else ""
        return f"{sign}{abs(change):,}{unit}"


def comparisons(views: list[SideView]) -> list[Comparison]:
    """Return the figures that stand side by side."""
    summaries = [view.side.summary for view in views]
    return [
        Comparison("Incidents", [summary["incidents"] for summary in summaries]),
        Comparison("Clocks judged", [summary["clocks"] for summary in summaries]),
        Comparison("Promises due", [view.total.due for view in views]),
        Comparison("Attainment", [view.total.percent for view in views], "%"),
        Comparison("Breaches", [view.total.due - view.total.met for view in views]),
        _credits(summaries),
        Comparison("Months under target", [_missed(view) for view in views], none="no data"),
        Comparison("Findings", [summary["findings"] for summary in summaries]),
        Comparison("Events without a clause", [summary["ignored"] for summary in summaries]),
    ]


def _credits(summaries: list[dict[str, Any]]) -> Comparison:
    """Return the credit totals side by side; without a fee there is none."""
    totals = [_money(one["credit_total"], one["currency"]) if one.get("currency") else None for one in summaries]
    return Comparison("Service credits", totals, none="no fee known")


def _missed(view: SideView) -> int | None:
    """Return how many whole months were under their target; None where the history tells of no downtime at all."""
    if not view.tells_of_downtime or not view.availability:
        return None
    return sum(not month["met"] and not month.get("partial") for month in view.availability)
