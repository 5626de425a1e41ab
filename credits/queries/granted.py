"""Service credits that were granted, as evidence of what went wrong. Clause: JS-13, JS-21."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from credits.models import Code, Kind, Line
from portal.clients.models import Agreement
from portal.contract.money import Money

LOOKED_BACK = timedelta(days=366)
MOST = 24


@dataclass(frozen=True, slots=True)
class Granted:
    """A credit on the ledger: the day that it counts for, and how much; below zero it took back too much."""

    on: date
    money: Money


def credits_granted(agreement: Agreement, *, at: datetime) -> list[Granted]:
    """Return the service credits of a year before an instant, the newest first. One query."""
    lines = Line.objects.filter(
        entry__agreement=agreement,
        entry__kind=Kind.SERVICE_CREDIT,
        account__code=Code.CREDIT_OWED,
        entry__effective_on__gte=(at - LOOKED_BACK).date(),
    )
    rows = lines.order_by("-entry__effective_on", "-entry_id").values_list("entry__effective_on", "minor", "unit_id")
    return [Granted(on, Money(minor, unit)) for on, minor, unit in rows[:MOST]]
