"""What a statement says of an entry: frozen when it is issued, so that no name and no free text may be in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from credits.models import Code, Entry, Kind
from credits.rules.units import PREPAID, UNITS
from credits.sources import Source

LONGEST = 200

_WHAT = {
    Kind.SERVICE_CREDIT: "Service credit",
    Kind.PAYOUT: "Paid out",
    Kind.REFUND: "Refund of prepaid fees",
    Kind.CHARGE: "Charge for work",
    Kind.GRANT: "Bought",
    Kind.CONSUME: "Used",
    Kind.RESERVE: "Reserved",
    Kind.CAPTURE: "Used from what was reserved",
    Kind.RELEASE: "Reservation ended",
    Kind.EXPIRY: "Expired",
}

_CLAUSES = {Kind.OFFSET: "JS-15", Kind.PAYOUT: "JS-15", Kind.REFUND: "JB-11"}
_CLAUSES_OF_UNITS = {"hours": "JI-8", "sessions": "PB-7", "flexible_credits": "JN-2", "advanced_credits": "JN-2"}


def what_of(entry: Entry, code: Code, source: Source, invoices: Sequence[str]) -> str:
    """Return what an entry did to an account of the client's, in a few words.

    `invoices` are the numbers of those that it was applied to.
    """
    if entry.reverses is not None:
        return f"Reversed: {what_of(entry.reverses, code, Source(''), invoices).lower()} of entry {entry.reverses_id}"
    match Kind(entry.kind):
        case Kind.OFFSET:
            where = f"invoice {invoices[0]}" if len(invoices) == 1 else f"{len(invoices)} invoices"
            return f"Applied to {where}" if code == Code.CREDIT_OWED else f"Service credit applied to {where}"
        case Kind.INVOICE:
            return f"Invoice {entry.source.partition(':')[2]}"[:LONGEST]
        case Kind.PAYMENT:
            return f"Paid: invoice {entry.source.partition(':')[2]}"[:LONGEST]
        case kind:
            return (source.title or _WHAT[kind])[:LONGEST]


def clause_of(entry: Entry, unit: str, source: Source) -> str:
    """Return the clause that an entry rests on, '' where none is known."""
    entry = entry.reverses or entry
    fallback = _CLAUSES_OF_UNITS.get(unit, "") if UNITS[unit][1] == PREPAID else _CLAUSES.get(Kind(entry.kind), "")
    return source.clause or fallback


def detail_of(entry: Entry, source: Source, invoices: Mapping[str, str]) -> str:
    """Return how an entry's amount came about, as it is known today.

    `invoices` are the amounts that went to each invoice, in words, by number.
    """
    if len(invoices) > 1:
        return ", ".join(f"{number}: {amount}" for number, amount in invoices.items())
    if entry.kind == Kind.OFFSET:
        return "Oldest invoice first"
    return source.detail
