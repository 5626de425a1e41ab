"""Money: an amount in whole minor units of a currency, never a float. Clause: JS-14."""

from __future__ import annotations

import re
import reprlib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

SCALES = dict.fromkeys(("USD", "EUR", "GBP", "CAD", "AUD", "CHF", "SEK", "NOK", "DKK", "PLN", "INR"), 2) | {
    "JPY": 0,
    "KWD": 3,
}
"""Decimal places of the currencies that an agreement may be in (ISO 4217)."""

LONGEST = 15
"""Digits that an amount may have before the point, so that its minor units fit a 64-bit column."""

_AMOUNT = re.compile(r"(-?)([0-9]{1,40})(?:\.([0-9]{1,40}))?")


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
        return cls(parse_minor(text, currency, scale_of(currency)), currency)

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


def parse_minor(text: str, unit: str, scale: int) -> int:
    """Read an amount in plain digits and return it in units of its last decimal place. `unit` is for the sentence.

    Raises:
        InvalidMoney: Not such a number, too large, or more than `scale` decimal places.
    """
    rule = f"{unit} takes {scale or 'no'} decimal places, such as {1500:.{scale}f}"
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise InvalidMoney(f"amount {reprlib.repr(text)} is not a plain number: {rule}")
    sign, whole, fraction = match[1], match[2], (match[3] or "").rstrip("0")
    if len(fraction) > scale:
        raise InvalidMoney(f"amount {reprlib.repr(text)} is too precise: {rule}")
    if len(whole.lstrip("0")) > LONGEST:
        raise InvalidMoney(f"amount {reprlib.repr(text)} is too large: give {LONGEST} digits at most; {rule}")
    minor = int(whole + fraction.ljust(scale, "0"))
    if sign and not minor:
        raise InvalidMoney(f"amount {reprlib.repr(text)} is a negative zero: leave the sign out; {rule}")
    return -minor if sign else minor
