"""Instants, durations and amounts as words, the same in page, mail and API.

Everything returns plain text; a half of an instant is held together by no-break spaces, so that it breaks at its comma.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from portal.contract.money import Money

NBSP = "\N{NO-BREAK SPACE}"

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

InstantStyle = Literal["full", "list", "time", "exact"]
DurationStyle = Literal["minutes", "exact", "days", "latency"]

# American readers say ET all year round. The pair decides, not the zone's name: Phoenix and Jamaica keep one of the two
# words all year, and there the shorter word would name another hour.
_AMERICAN_PAIRS = {
    frozenset({"EST", "EDT"}): "ET",
    frozenset({"CST", "CDT"}): "CT",
    frozenset({"MST", "MDT"}): "MT",
    frozenset({"PST", "PDT"}): "PT",
}
_CURRENCY_SIGNS = {
    "USD": "$",
    "EUR": "\N{EURO SIGN}",
    "GBP": "\N{POUND SIGN}",
    "JPY": "\N{YEN SIGN}",
    "CAD": "CA$",
    "AUD": "A$",
}
_AMERICAN_WORDS = frozenset(word for pair in _AMERICAN_PAIRS for word in pair)


@lru_cache(maxsize=512)
def _year_round_name(zone: ZoneInfo) -> str | None:
    """Return the word for an American zone with daylight saving time, None for every other zone."""
    words = {datetime(2026, month, 15, tzinfo=zone).tzname() for month in (1, 7)}
    return _AMERICAN_PAIRS.get(frozenset(word for word in words if word))


def zone_name(at: datetime, zone: ZoneInfo) -> str:
    """Return the zone's short name at an instant: `ET`, `UTC`, `CET`, else the offset: `UTC+5:45`.

    In the hour that a clock change repeats, `EST` and `EDT` are told apart.
    """
    local = at.astimezone(zone)
    repeated = local.replace(fold=0).utcoffset() > local.replace(fold=1).utcoffset()  # type: ignore[operator]
    if (name := _year_round_name(zone)) and not repeated:
        return name
    word = local.tzname() or ""
    # China, Cuba and the Philippines use American letters for other hours.
    if word.isalpha() and (word not in _AMERICAN_WORDS or (zone.key or "").startswith(("America/", "US/", "Canada/"))):
        return word
    minutes = int(local.utcoffset().total_seconds() // 60)  # type: ignore[union-attr]
    hours, rest = divmod(abs(minutes), 60)
    sign = "\N{MINUS SIGN}" if minutes < 0 else "+"
    return f"UTC{sign}{hours}:{rest:02}" if rest else f"UTC{sign}{hours}"


def day_text(on: date, *, year: bool = True) -> str:
    """Return a date as `Thu 11 Mar 2027`, without the year on request."""
    words = [WEEKDAYS[on.weekday()], str(on.day), MONTHS[on.month - 1]]
    if year:
        words.append(str(on.year))
    return NBSP.join(words)


def instant_text(at: datetime, zone: ZoneInfo, style: InstantStyle = "full", now: datetime | None = None) -> str:
    """Return an instant as a person in a zone reads it.

    Styles: `full` is `Thu 11 Mar 2027, 17:00 ET`; `list` leaves the year out when it is that of `now`; `time` leaves
    the day out too when it is that of `now`; `exact` is `full` with seconds. Without `now` nothing is left out.

    Raises:
        ValueError: The instant names no zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"The instant {at.isoformat()} names no zone; give an aware datetime.")
    local = at.astimezone(zone)
    today = now.astimezone(zone) if now else None
    clock = f"{local:%H:%M:%S}" if style == "exact" else f"{local:%H:%M}"
    time = f"{clock}{NBSP}{zone_name(at, zone)}"
    if style == "time" and today and today.date() == local.date():
        return time
    with_year = style not in ("list", "time") or today is None or today.year != local.year
    return f"{day_text(local.date(), year=with_year)}, {time}"


def period_text(start: datetime, end: datetime, zone: ZoneInfo, now: datetime | None = None) -> tuple[str, str]:
    """Return both ends of a period in words: `Fri 26 Feb, 14:00` and `17:00 ET`, the second day only where it differs.

    The zone is named once, and twice where the clocks change in between.
    """
    first, last = start.astimezone(zone), end.astimezone(zone)
    begin = instant_text(start, zone, "list", now)
    if zone_name(start, zone) == zone_name(end, zone):
        begin = begin.rpartition(NBSP)[0]
    if first.date() == last.date():
        return begin, f"{last:%H:%M}{NBSP}{zone_name(end, zone)}"
    return begin, instant_text(end, zone, "list", now)


def instant_machine(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant for the `datetime` attribute: ISO 8601 with offset, seconds only where there are any."""
    local = at.astimezone(zone)
    return local.isoformat(timespec="seconds" if local.second or local.microsecond else "minutes")


def _count(number: int, word: str) -> str:
    return f"{number}{NBSP}{word}" if number == 1 else f"{number}{NBSP}{word}s"


def duration_text(amount: timedelta, style: DurationStyle = "minutes") -> str:
    """Return a length of time: `4 h 53 min`; below a minute `41 s` or `41 ms`. A negative one begins with a minus sign.

    Styles: `minutes` leaves begun minutes out; `exact` keeps seconds and milliseconds, for parts that have to add up;
    `days` counts days of 24 hours: `6 days 3 h`; `latency` is exact, and its nothing is `0 ms`.
    """
    if amount < timedelta(0):
        return f"\N{MINUS SIGN}{duration_text(-amount, style)}"
    if timedelta(0) < amount < timedelta(seconds=1):
        return f"{max(1, amount // timedelta(milliseconds=1))}{NBSP}ms"
    milliseconds = amount // timedelta(milliseconds=1)
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if style == "days" and hours >= 24:
        days, hours = divmod(hours, 24)
        return f"{_count(days, 'day')} {hours}{NBSP}h" if hours else _count(days, "day")
    parts = []
    if hours:
        parts.append(f"{hours:,}{NBSP}h")
    if minutes:
        parts.append(f"{minutes}{NBSP}min")
    is_exact = style in ("exact", "latency")
    if not parts or is_exact:
        if is_exact and thousandths:
            parts.append(f"{seconds}.{thousandths:03}".rstrip("0") + f"{NBSP}s")
        elif seconds:
            parts.append(f"{seconds}{NBSP}s")
    return NBSP.join(parts) or f"0{NBSP}{'ms' if style == 'latency' else 'min'}"


def left_text(amount: timedelta) -> str:
    """Return what is left of a target, begun minutes left out: `13 min`, `under 1 min`; past it `10 min over`."""
    if amount == timedelta(0):
        return f"0{NBSP}min"
    size = abs(amount)
    text = f"under{NBSP}1{NBSP}min" if size < timedelta(minutes=1) else duration_text(size)
    return f"{text}{NBSP}over" if amount < timedelta(0) else text


def money_text(money: Money) -> str:
    """Return an amount with its currency, never rounded: `$1,500.00`, with a true minus when negative, `SEK 200.00`."""
    sign = "\N{MINUS SIGN}" if money.minor < 0 else ""
    currency = _CURRENCY_SIGNS.get(money.currency, f"{money.currency}{NBSP}")
    return f"{sign}{currency}{abs(money.amount):,f}"
