"""Fields of money, prepaid units and hours: plain digits in, whole minor units out. BAD_INPUTS: 13, 42."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from credits.rules.units import Amount
from portal.contract.money import InvalidMoney, Money
from portal.web.forms import LineField

_CLOCK = re.compile(r"([0-9]{1,5}):([0-5][0-9])")
_HOURS = re.compile(r"[0-9]{1,5}(\.[0-9]{1,4})?")


def refusal(error: InvalidMoney) -> ValidationError:
    """Return what a form says to an amount that can't be one: the value, the unit's scale, the remedy."""
    text = str(error)
    return ValidationError(f"{text[:1].upper()}{text[1:]}.", code="bad_amount")


class MoneyField(LineField):
    """A sum in one currency, cleaned to `Money`; None where nothing is filled in and nothing has to be."""

    def __init__(self, *, currency: str = "USD", **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.currency = currency

    def clean(self, value: Any) -> Money | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            money = Money.parse(text, self.currency)
        except InvalidMoney as error:
            raise refusal(error) from None
        if money.minor < 0:
            raise ValidationError(f"“{text}” is below zero. Give a sum of {self.currency} above zero.")
        return money


class HoursField(LineField):
    """A length of work, `6`, `1.5` or `1:30`, cleaned to whole minutes; None where nothing is filled in."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Such as 6, 1.5 or 1:30.")
        super().__init__(max_length=12, **kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        if clock := _CLOCK.fullmatch(text):
            minutes = Decimal(int(clock[1]) * 60 + int(clock[2]))
        elif _HOURS.fullmatch(text):
            minutes = Decimal(text) * 60
        else:
            raise ValidationError(f"“{text}” is no number of hours. Write one such as 6, 1.5 or 1:30.")
        if minutes != int(minutes):
            raise ValidationError(f"“{text}” hours are no whole minutes. Write hours and minutes, such as 1:30.")
        if not minutes:
            raise ValidationError(f"“{text}” is no time at all. Give more than 0.")
        return int(minutes)


def units_of(text: str, unit: str) -> Amount:
    """Return so many of a prepaid unit. Raises: ValidationError: It is no such amount, or not above zero."""
    try:
        amount = Amount.parse(text, unit)
    except InvalidMoney as error:
        raise refusal(error) from None
    if amount.minor <= 0:
        raise ValidationError(f"“{text}” is not above zero. Give how many {unit.replace('_', ' ')}.")
    return amount
