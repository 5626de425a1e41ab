"""What a statement shows, the same as page, PDF, CSV and JSON: its accounts, each with a running balance.

Amounts, days, words and clauses are as they were told; where a line leads, and how its amount came about, is as it is
known today, and is no part of the hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from credits.models import Code, Dispute, Statement, StatementLine, StatementPart
from credits.queries.statements import invoices_of
from credits.rules.statements import month_of
from credits.rules.units import Amount
from credits.sources import Source, sources_of
from credits.statement_words import detail_of
from credits.words import amount_text
from incidents.service_page import month_title
from portal.web.navigation import Audience

HEADINGS = {
    Code.CREDIT_OWED: "Service credit owed to the client",
    Code.REFUND_OWED: "Refund owed to the client",
    Code.CHARGES_OWED: "Charges owed by the client",
    Code.INVOICES_OWED: "Open on invoices",
    Code.ENTITLEMENT: "Prepaid units to use",
    Code.HELD: "Prepaid units held for something",
}
"""What the client's accounts are called, in the order in which a statement tells them."""


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line, with what its account held after it and what the client said of it, the last dispute first."""

    line: StatementLine
    on: date
    balance: Amount
    late: bool
    detail: str
    source: Source
    disputes: Sequence[Dispute]

    @property
    def amount(self) -> Amount:
        """What the line moved."""
        return self.line.amount

    @property
    def open_dispute(self) -> Dispute | None:
        """The dispute that waits for an answer, None where none does."""
        return next((one for one in self.disputes if not hasattr(one, "answer")), None)


@dataclass(frozen=True, slots=True)
class ToldAccount:
    """One account of a statement: what it held before, its lines, and what it held after."""

    code: Code
    opening: Amount
    closing: Amount
    lines: Sequence[ToldLine]

    @property
    def heading(self) -> str:
        """What it is called."""
        return HEADINGS[self.code]

    @property
    def moved_in(self) -> Amount:
        """The sum of what came in."""
        return Amount(sum(line.amount.minor for line in self.lines if line.amount.minor > 0), self.opening.unit)

    @property
    def moved_out(self) -> Amount:
        """The sum of what went out, below zero."""
        return Amount(sum(line.amount.minor for line in self.lines if line.amount.minor < 0), self.opening.unit)


@dataclass(frozen=True, slots=True)
class StatementShown:
    """A statement with everything that it tells."""

    statement: Statement
    accounts: Sequence[ToldAccount]
    missing: Sequence[Dispute]
    """What the client says is not on it, the last first."""

    @property
    def month(self) -> str:
        """Its month as words: `February 2027`."""
        return month_title(self.statement.month)

    @property
    def title(self) -> str:
        """What it is."""
        return f"Statement, {self.month}"

    @property
    def digest_groups(self) -> str:
        """The hash in groups of four, as people compare it."""
        digest = self.statement.digest
        return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))

    @property
    def open_missing(self) -> Dispute | None:
        """What is missing and waits for an answer, None where nothing does."""
        return next((one for one in self.missing if not hasattr(one, "answer")), None)


def closings(statements: Iterable[Statement]) -> dict[int, list[tuple[str, Amount]]]:
    """Return what stood on each account after statements, by the statement's id; accounts at zero are left out.

    One query.
    """
    units = {statement.pk: statement.unit_id for statement in statements}
    parts = StatementPart.objects.filter(statement__in=units).exclude(closing=0)
    order = list(HEADINGS)
    found: dict[int, list[tuple[str, Amount]]] = {pk: [] for pk in units}
    rows = parts.values_list("statement", "account__code", "closing")
    for pk, code, closing in sorted(rows, key=lambda row: order.index(Code(row[1]))):
        found[pk].append((HEADINGS[Code(code)], Amount(closing, units[pk])))
    return found


def shown(statement: Statement, *, audience: Audience) -> StatementShown:
    """Return a statement with everything that it tells. Six queries, and what its sources need.

    The statement comes from `credits.queries.statements.listed`.
    """
    lines = list(
        StatementLine.objects.filter(statement=statement)
        .select_related("account", "entry__reverses", "entry__charge")
        .prefetch_related("disputes__answer", "disputes__raised_by")
        .order_by("number")
    )
    entries = {line.entry_id: line.entry for line in lines}
    sources = sources_of(entries.values(), audience=audience)
    invoices = invoices_of(entries)
    parts = {part.account.code: part for part in statement.parts.select_related("account")}
    accounts = []
    for code in HEADINGS:
        part = parts.get(code)
        if part is None:
            continue
        own = [line for line in lines if line.account_id == part.account_id]
        opening, closing = Amount(part.opening, statement.unit_id), Amount(part.closing, statement.unit_id)
        told = _told(own, opening, statement, sources, invoices)
        if told or part.opening or part.closing:
            accounts.append(ToldAccount(code, opening, closing, told))
    missing = Dispute.objects.filter(statement=statement).select_related("answer", "raised_by").order_by("-ordinal")
    return StatementShown(statement, accounts, list(missing))


def _told(
    lines: Sequence[StatementLine],
    opening: Amount,
    statement: Statement,
    sources: Mapping[int, Source],
    invoices: Mapping[int, Mapping[str, int]],
) -> list[ToldLine]:
    held, told = opening.minor, []
    for line in lines:
        held += line.minor
        source = sources[line.entry_id]
        parts = {
            number: amount_text(Amount(minor, statement.unit_id))
            for number, minor in invoices.get(line.entry_id, {}).items()
        }
        told.append(
            ToldLine(
                line=line,
                on=line.entry.effective_on,
                balance=Amount(held, statement.unit_id),
                late=month_of(line.entry.effective_on) < statement.month,
                detail=detail_of(line.entry, source, parts),
                source=source,
                disputes=sorted(line.disputes.all(), key=lambda one: -one.ordinal),
            )
        )
    return told
