"""The rate card: a price by name and currency, from a day on. Clause: JS-2, JB-8, JB-14."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from credits.errors import BadAmountError, RateExistsError, UnknownUnitError
from credits.models import Rate
from credits.models.accounts import MOST
from credits.rules.units import CURRENCY, UNITS, Amount
from credits.services.permission import require, words
from credits.services.posting import check_positive
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract.money import Money
from portal.web.figures import day_text

LONGEST_NAME = 60


@transaction.atomic
def add_rate(*, name: str, hourly: Money, from_on: date, by: User) -> Rate:
    """Put a price of an hour on the rate card, from a day on. What was logged before keeps the price it was logged at.

    Raises:
        MayNotError: The user's role prepares no money.
        UnknownUnitError: The ledger has no such currency.
        BadAmountError: Not above zero, or too much.
        RateExistsError: There is one of that name in that currency from that day on.
    """
    require(by, Act.PREPARE_MONEY)
    name = words(name, field="name", what="The name", longest=LONGEST_NAME)
    if UNITS.get(hourly.currency, (0, ""))[1] != CURRENCY:
        raise UnknownUnitError(f"The ledger has no currency {hourly.currency[:40]!r}.", field="currency")
    check_positive(Amount.of(hourly))
    if hourly.minor >= MOST // 10**6:
        raise BadAmountError(f"{Amount.of(hourly)} an hour is too much. Give less.", field="hourly")
    rate, new = Rate.objects.get_or_create(
        name=name, unit_id=hourly.currency, from_on=from_on, defaults={"hourly": hourly.minor}
    )
    if not new:
        raise RateExistsError(
            f"{name} has a price in {hourly.currency} from {day_text(from_on)} on. Choose another day.",
            field="from_on",
        )
    return rate


def rate_on(day: date, *, name: str, currency: str) -> Rate:
    """Return the price of that name that held on a day. One query.

    Raises:
        UnknownUnitError: The rate card had none in that currency by then.
    """
    held = Rate.objects.filter(name=name, unit=currency, from_on__lte=day).order_by("from_on").last()
    if held is None:
        raise UnknownUnitError(
            f"The rate card had no rate {name[:60]!r} in {currency} on {day}. Enter it first.", field="rate"
        )
    return held
