"""Logging time and charging for it. Clause: JS-2, JB-8, JB-14."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Unpack

from django.db import transaction

from credits.errors import AlreadyChargedError, BadAmountError, MayNotError, UnknownUnitError
from credits.models import Approval, Charge, ChargedTime, Code, Entry, Kind, Rate, StruckTime, TimeEntry
from credits.rules.units import Amount
from credits.rules.work import price_of
from credits.services.posting import Act, Movement, Order, check_positive, post
from portal.accounts import permissions
from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.contract.money import Money

DAY = 24 * 60


def log_time(
    *,
    agreement: Agreement,
    subject: str,
    worked_by: User,
    worked_on: date,
    minutes: int,
    rate: str,
    currency: str,
    by: User,
    now: datetime,
) -> TimeEntry:
    """Log work at the rate of that name that held on its day.

    Raises:
        MayNotError: The role of `by` logs no time.
        BadAmountError: No whole number of minutes from 1 to a day's.
        UnknownUnitError: The rate card had no such rate in that currency by then.
    """
    _require_logger(by)
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 0 < minutes <= DAY:
        raise BadAmountError(f"{minutes!r} minutes can't be a day's work. Give 1 to {DAY}.", field="minutes")
    held = Rate.objects.filter(name=rate, unit=currency, from_on__lte=worked_on).order_by("from_on").last()
    if held is None:
        raise UnknownUnitError(
            f"The rate card had no rate {rate!r} in {currency} on {worked_on}. Enter it first.", field="rate"
        )
    return TimeEntry.objects.create(
        agreement=agreement,
        subject=subject,
        worked_by=worked_by,
        worked_on=worked_on,
        minutes=minutes,
        rate=held,
        logged_by=by,
        logged_at=now,
    )


@transaction.atomic
def strike_time(*, time_entry: TimeEntry, by: User, now: datetime) -> StruckTime:
    """Strike logged time, so that it is never charged. Repeated, it returns what was struck first.

    Raises:
        MayNotError: The role of `by` logs no time.
        AlreadyChargedError: It was charged: reverse the charge instead.
    """
    _require_logger(by)
    TimeEntry.objects.select_for_update().get(pk=time_entry.pk)
    if ChargedTime.objects.filter(time_entry=time_entry).exists():
        raise AlreadyChargedError(f"{time_entry} was charged. Reverse the charge.")
    struck, _ = StruckTime.objects.get_or_create(time_entry=time_entry, defaults={"struck_by": by, "struck_at": now})
    return struck


def _require_logger(by: User) -> None:
    if not permissions.may(by, permissions.Act.LOG_TIME):
        raise MayNotError(f"Your role, {by.get_role_display().lower()}, logs no time. Ask somebody who worked.")


def charge_client(
    *,
    agreement: Agreement,
    subject: str,
    reason: str,
    fixed: Money,
    time: Sequence[TimeEntry] = (),
    approval: Approval,
    **order: Unpack[Order],
) -> Entry:
    """Charge a fixed sum (a quoted price, expenses, or zero) and logged time at its rates; each time entry once.

    The client reads the reason. A charge that is reversed does not give its time back: it is logged anew.

    Raises:
        AlreadyChargedError: Some of the time was charged or struck, or is of another agreement.
        UnknownUnitError: Some of the time has a rate in another currency.
        BadAmountError: Nothing to charge, or a sum below zero.
    """
    currency, ids = fixed.currency, sorted({row.pk for row in time})
    prices: dict[int, int] = {}

    def draft() -> list[Movement]:
        rows = TimeEntry.objects.filter(pk__in=ids, agreement=agreement).select_related("rate").order_by("pk")
        locked = list(rows.select_for_update(of=("self",)))
        if TimeEntry.objects.chargeable().filter(pk__in=[row.pk for row in locked]).count() < len(ids):
            raise AlreadyChargedError(
                "Some of that time was charged or struck, or is another agreement's. Leave it out."
            )
        if any(row.rate.unit_id != currency for row in locked):
            raise UnknownUnitError(f"Some of that time has a rate in another currency than {currency}.", field="time")
        if fixed.minor < 0:
            raise BadAmountError(f"The sum is {Amount.of(fixed)}. Give none below zero.", field="fixed")
        prices.update({row.pk: price_of(row.minutes, hourly=row.rate.hourly) for row in locked})
        total = Amount(sum(prices.values()) + fixed.minor, currency)
        check_positive(total)
        return [Movement(Code.CHARGED, currency, -total.minor), Movement(Code.CHARGES_OWED, currency, total.minor)]

    act = Act(
        kind=Kind.CHARGE,
        client=agreement.client,
        agreement=agreement,
        approval=approval,
        payload={"subject": subject, "reason": reason, "time": ids, "fixed": [fixed.minor, currency]},
        **order,
    )
    with transaction.atomic():
        entry = post(act, [(Code.CHARGED, currency), (Code.CHARGES_OWED, currency)], draft)
        charge, new = Charge.objects.get_or_create(
            entry=entry, defaults={"subject": subject, "reason": reason, "fixed_minor": fixed.minor}
        )
        if new:
            ChargedTime.objects.bulk_create(
                ChargedTime(charge=charge, time_entry_id=pk, minor=minor) for pk, minor in prices.items()
            )
    return entry
