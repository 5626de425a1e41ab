"""Logging time and charging for it. Clause: JS-2, JB-8, JB-14."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Unpack

from django.db import transaction

from credits.errors import AlreadyChargedError, BadAmountError, BadDayError, BeyondQuoteError, UnknownUnitError
from credits.models import (
    Approval,
    Charge,
    ChargedTime,
    Code,
    Entry,
    Kind,
    Quote,
    StruckTime,
    TimeEntry,
)
from credits.queries.charges import left_of
from credits.rules.units import Amount
from credits.rules.work import price_of
from credits.services.permission import require, words
from credits.services.posting import EASTERNMOST, Movement, Order, check_positive, post
from credits.services.posting import Act as Posting
from credits.services.rates import rate_on
from credits.words import amount_text
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Agreement
from portal.contract.money import Money
from portal.web.figures import day_text

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
    note: str = "",
) -> TimeEntry:
    """Log work at the rate of that name that held on its day.

    Raises:
        MayNotError: The user's role logs no time.
        BadAmountError: No whole number of minutes from 1 to a day's.
        BadDayError: The day has come nowhere yet.
        UnknownUnitError: The rate card had no such rate in that currency by then.
        NoWordsError: The note is over 300 characters.
    """
    require(by, Act.LOG_TIME)
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 0 < minutes <= DAY:
        raise BadAmountError(f"{minutes!r} minutes can't be a day's work. Give 1 to {DAY}.", field="minutes")
    if worked_on > (now + EASTERNMOST).date():
        raise BadDayError(f"{day_text(worked_on)} has not come yet. Give a day up to today.", field="worked_on")
    held = rate_on(worked_on, name=rate, currency=currency)
    return TimeEntry.objects.create(
        agreement=agreement,
        subject=subject,
        worked_by=worked_by,
        worked_on=worked_on,
        minutes=minutes,
        rate=held,
        note=words(note, field="note", what="What was done", longest=300) if note.strip() else "",
        logged_by=by,
        logged_at=now,
    )


@transaction.atomic
def strike_time(*, time_entry: TimeEntry, by: User, now: datetime, reason: str = "") -> StruckTime:
    """Strike logged time, so that it is never charged. Repeated, it returns what was struck first.

    Raises:
        MayNotError: The user's role logs no time, or it is somebody else's and the role prepares no money.
        AlreadyChargedError: It was charged: reverse the charge instead.
    """
    require(by, Act.LOG_TIME if by.pk in (time_entry.worked_by_id, time_entry.logged_by_id) else Act.PREPARE_MONEY)
    TimeEntry.objects.select_for_update().get(pk=time_entry.pk)
    if ChargedTime.objects.filter(time_entry=time_entry).exists():
        raise AlreadyChargedError(f"{time_entry} was charged. Reverse the charge.")
    told = {"struck_by": by, "struck_at": now, "reason": reason.strip()}
    struck, _ = StruckTime.objects.get_or_create(time_entry=time_entry, defaults=told)
    return struck


def charge_client(
    *,
    agreement: Agreement,
    subject: str,
    reason: str,
    fixed: Money,
    time: Sequence[TimeEntry] = (),
    quote: Quote | None = None,
    clause: str = "",
    approval: Approval,
    **order: Unpack[Order],
) -> Entry:
    """Charge a fixed sum (a quoted price, expenses, or zero) and logged time at its rates; each time entry once.

    The client reads the reason. A charge that is reversed does not give its time back: it is logged anew. All charges
    under a quote together stay within what the client accepted.

    Raises:
        MayNotError: The user's role approves no money.
        BeyondQuoteError: It would pass what the client accepted, or the client accepted nothing.
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
        if quote is not None:
            _check_within(quote, total)
        return [Movement(Code.CHARGED, currency, -total.minor), Movement(Code.CHARGES_OWED, currency, total.minor)]

    act = Posting(
        kind=Kind.CHARGE,
        client=agreement.client,
        agreement=agreement,
        approval=approval,
        payload={
            "subject": subject,
            "reason": reason,
            "time": ids,
            "fixed": [fixed.minor, currency],
            **({} if quote is None else {"quote": quote.pk}),
        },
        **order,
    )
    with transaction.atomic():
        entry = post(act, [(Code.CHARGED, currency), (Code.CHARGES_OWED, currency)], draft)
        charge, new = Charge.objects.get_or_create(
            entry=entry,
            defaults={
                "subject": subject,
                "reason": reason,
                "fixed_minor": fixed.minor,
                "quote": quote,
                "clause": clause,
            },
        )
        if new:
            ChargedTime.objects.bulk_create(
                ChargedTime(charge=charge, time_entry_id=pk, minor=minor) for pk, minor in prices.items()
            )
    return entry


def _check_within(quote: Quote, total: Amount) -> None:
    """Refuse what passes a quote. Under the lock of the client's balances, which every charge of theirs takes."""
    left = left_of(quote)
    if left is None:
        raise BeyondQuoteError(f"The client has not accepted {quote.ref}. Wait until it does.")
    if total.unit != left.unit or total.minor > left.minor:
        raise BeyondQuoteError(
            f"{amount_text(total)} would be charged, and {amount_text(left)} is left of what the client accepted "
            f"in {quote.ref}. "
            "Charge less, or quote the rest."
        )
