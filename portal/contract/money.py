"""Money: an amount in whole minor units of a currency, never a float. Clause: JS-14."""

from __future__ import annotations

import re
import reprlib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

SCALES = dict.fromkeys(("USD", "EUR", "GBP", "CAD", "AUD", "CHF", "SEK", "NOK", "DKK", "PLN", "INR"), 2) | {"JPY": 0}
"""Decimal places of the currencies that an agreement may be in (ISO 4217)."""

LARGEST = Decimal(10) ** 15
"""No amount reaches it, in major units, so that the minor ones fit a 64-bit column."""

_AMOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_LONGEST_TEXT = 40


class InvalidMoney(ValueError):
    """An amount or a currency that can't be money; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency`: `Money(150000, "USD")` is 1,500.00 US dollars."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read an amount such as `1500.00`, in plain digits: no grouping, no exponent, no negative zero.

        Raises:
            InvalidMoney: Unknown currency, not such a number, too large, or more precise than the currency.
        """
        scale = scale_of(currency)
        allowed = f"{scale} decimal places" if scale else "no decimal places"
        if len(text) > _LONGEST_TEXT or _AMOUNT.fullmatch(text) is None:
            raise InvalidMoney(
                f"amount {reprlib.repr(text)} is not a plain number: {currency} takes {allowed}, such as {_sample(scale)}"
            )
        amount = Decimal(text)
        if abs(amount) >= LARGEST:
            raise InvalidMoney(f"amount {text!r} is too large: give one under {LARGEST:f} {currency}, with {allowed}")
        if amount.is_signed() and not amount:
            raise InvalidMoney(f"amount {text!r} is a negative zero: write {abs(amount):f} {currency}, with {allowed}")
        minor = amount.scaleb(scale)
        if minor != minor.to_integral_value():
            raise InvalidMoney(f"amount {text!r} is too precise: {currency} takes {allowed}, such as {_sample(scale)}")
        return cls(int(minor), currency)

    @classmethod
    def rounded(cls, amount: Fraction, currency: str) -> Money:
        """Round an exact amount of major units half up, away from zero, to the minor unit. Clause: JS-14."""
        exact = amount * 10 ** scale_of(currency)
        minor = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
        return cls(-minor if exact < 0 else minor, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with the currency's decimal places."""
        return Decimal(self.minor).scaleb(-scale_of(self.currency))

    def __str__(self) -> str:
        return f"{self.amount:f}"


def scale_of(currency: str) -> int:
    """Return the decimal places of a currency.

    Raises:
        InvalidMoney: The currency is not one that agreements may be in.
    """
    if currency not in SCALES:
        raise InvalidMoney(f"currency {reprlib.repr(currency)} is unknown: choose one of {', '.join(SCALES)}")
    return SCALES[currency]


def _sample(scale: int) -> str:
    return f"{1500:.{scale}f}"
