"""When an agreement may end, and when its people are reminded that a term does. Days are local dates. Clause: JS-22."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta


def earliest_last_day(noticed_on: date, days_of_notice: int, term_ends_on: date | None) -> date:
    """Return the first day with which an agreement may end: notice is given in full, and no term is cut short.

    '60 days' compares local dates: noticed on 1 March, the earliest last day is 30 April. Clause: JS-22, T-9.
    """
    noticed = noticed_on + timedelta(days=days_of_notice)
    return noticed if term_ends_on is None else max(noticed, term_ends_on)


def reminder_reached(ends_on: date, reminders: Iterable[int], today: date) -> int | None:
    """Return which reminder of a term's end holds today, as its number of days before; None before the first.

    Where several passed unseen, the last of them alone is worth telling.
    """
    left = (ends_on - today).days
    return min((days for days in reminders if left <= days), default=None)
