"""Amounts of prepaid units, and money that is owed, as words."""

from __future__ import annotations

from credits.rules.units import CURRENCY, UNITS, Amount
from portal.contract.money import Money
from portal.web.figures import NBSP, money_text

UNIT_LABELS = {
    "hours": "Hours",
    "sessions": "Sessions",
    "flexible_credits": "Flexible credits",
    "advanced_credits": "Advanced credits",
}
"""The prepaid units, as forms and headings call them."""


def amount_text(amount: Amount) -> str:
    """Return an amount as people read it: `1.5 hours`, `1 session`, `$1,500.00`."""
    scale, kind = UNITS[amount.unit]
    if kind == CURRENCY:
        return money_text(Money(amount.minor, amount.unit))
    whole, part = divmod(abs(amount.minor), 10**scale)
    number = f"{whole:,}"
    if part:
        number += f".{part:0{scale}d}".rstrip("0")
    word = amount.unit.replace("_", " ")
    sign = "\N{MINUS SIGN}" if amount.minor < 0 else ""
    return f"{sign}{number}{NBSP}{word.removesuffix('s') if number == '1' else word}"
