"""Money: an amount in whole minor units of a currency, never a float. Clause: JS-14."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

SCALES = {"USD": 2, "EUR": 2, "GBP": 2, "CAD": 2, "AUD": 2, "CHF": 2, "SEK": 2, "NOK": 2, "DKK": 2, "PLN": 2, "INR": 2, "JPY": 0}
"""Decimal places of the currencies that an agreement may be in (ISO 4217)."""

LARGEST = Decimal(10) ** 15


class InvalidMoney(ValueError):
    """An amount or a currency that can't be money; the sentence says why."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """`minor` units of `currency`: `Money(150000, "USD")` is 1,500.00 US dollars."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read an amount such as `1500.00`.

        Raises:
            InvalidMoney: Unknown currency, not a plain decimal number, too large, or more precise than the currency.
        """
        scale = scale_of(currency)
        try:
            amount = Decimal(text)
        except (InvalidOperation, ValueError, TypeError):
            raise InvalidMoney(f"amount {text!r} is not a decimal number such as 1500.00") from None
        if not amount.is_finite() or abs(amount) >= LARGEST:
            raise InvalidMoney(f"amount {text!r} must be a finite number under {LARGEST:f}")
        minor = amount.scaleb(scale)
        if minor != minor.to_integral_value():
            raise InvalidMoney(f"amount {text!r} is more precise than {currency} allows: {scale} decimal places")
        return cls(int(minor), currency)

    @classmethod
    def rounded(cls, amount: Fraction, currency: str) -> Money:
        """Round an exact amount of major units half up to the minor unit. Clause: JS-14."""
        scaled = amount * 10 ** scale_of(currency)
        exact = Decimal(scaled.numerator) / Decimal(scaled.denominator)
        return cls(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)

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
        raise InvalidMoney(f"currency {currency!r} is unknown; choose one of {', '.join(SCALES)}")
    return SCALES[currency]
