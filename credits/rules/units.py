"""What the ledger counts: currencies and prepaid units, each with its decimal places. Clause: JS-14, JI-8, JN-2."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from portal.contract.money import SCALES, InvalidMoney, Money, parse_minor

CURRENCY = "currency"
PREPAID = "prepaid"

PREPAID_SCALES = MappingProxyType({"hours": 2, "sessions": 0, "flexible_credits": 2, "advanced_credits": 0})
"""Decimal places of what a client buys ahead: hours are kept in hundredths, sessions and redemptions whole."""

UNITS = MappingProxyType(
    {code: (scale, CURRENCY) for code, scale in SCALES.items()}
    | {code: (scale, PREPAID) for code, scale in PREPAID_SCALES.items()}
)
"""Each unit's decimal places and kind."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many of a unit's smallest parts: `Amount(150, "hours")` is one hour and a half."""

    minor: int
    unit: str

    @classmethod
    def parse(cls, text: str, unit: str) -> Amount:
        """Read an amount in plain digits.

        Raises:
            InvalidMoney: Unknown unit, not such a number, too large, or more precise than the unit.
        """
        return cls(parse_minor(text, unit, scale_of(unit)), unit)

    @classmethod
    def of(cls, money: Money) -> Amount:
        """Return money as the ledger counts it."""
        return cls(money.minor, money.currency)

    @property
    def number(self) -> Decimal:
        """How many units it is, exactly, with all of the unit's decimal places."""
        return Decimal(self.minor).scaleb(-scale_of(self.unit))

    def __str__(self) -> str:
        return f"{self.number:f} {self.unit.replace('_', ' ')}"


def scale_of(unit: str) -> int:
    """Return the decimal places of a unit.

    Raises:
        InvalidMoney: The ledger has no such unit.
    """
    if unit not in UNITS:
        raise InvalidMoney(f"unit {unit[:40]!r} is unknown: choose one of {', '.join(UNITS)}")
    return UNITS[unit][0]
