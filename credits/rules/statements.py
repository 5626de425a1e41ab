"""Statements as pure rules: which line is told when, what accounts held before and after, and the hash over it.

A line is told by the first statement that is issued once its day's month, or a later one, is over. So what was issued
stays, and what is posted later for an earlier day is a late line of the next statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from credits.rules.seals import hash_of
from incidents.rules.months import Month, months_between


@dataclass(frozen=True, slots=True)
class Movement:
    """What one entry moved on one account, in minor units; `seal` is the entry's own hash."""

    entry: int
    account: int
    effective_on: date
    minor: int
    seal: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement to be: its month, its movements in order, and what each account holds before and after them."""

    month: Month
    movements: tuple[Movement, ...]
    openings: Mapping[int, int]
    closings: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Told:
    """A line as it is told, and hashed."""

    movement: Movement
    number: int
    what: str
    clause: str


def over_at(month: Month, zones: Iterable[str]) -> tuple[datetime, str]:
    """Return when a month is over in all of these zones, and the zone in which it is over last. Clause: T-8, T-10."""
    return max((month.end(ZoneInfo(zone)), zone) for zone in zones)


def last_over(zones: Sequence[str], *, at: datetime) -> Month:
    """Return the last month that is over in all of these zones at an instant. Clause: T-8, T-10."""
    return min(Month.of(at, ZoneInfo(zone)) for zone in zones).plus(-1)


def drafts(
    untold: Iterable[Movement], openings: Mapping[int, int], *, after: Month | None, until: Month
) -> Iterator[Draft]:
    """Yield the statements of one client and unit that are to be issued, oldest first.

    `untold` are the movements on no statement yet, `openings` what the last one closed with, `after` its month. Months
    run to `until`, included. A month without lines in which every account stands at zero has no statement.
    """
    rest = sorted(untold, key=lambda one: (one.effective_on, one.entry, one.account))
    held = dict(openings)
    if after is None and not rest:
        return
    first = after.plus(1) if after is not None else month_of(rest[0].effective_on)
    for month in months_between(first, until):
        told = tuple(one for one in rest if month_of(one.effective_on) <= month)
        if not told and not any(held.values()):
            continue
        before = held | {one.account: held.get(one.account, 0) for one in told}
        held = dict(before)
        for one in told:
            held[one.account] += one.minor
        rest = rest[len(told) :]
        yield Draft(month, told, before, dict(held))


def month_of(day: date) -> Month:
    """Return the month of a day."""
    return Month(day.year, day.month)


def digest_of(
    *,
    client: int,
    unit: str,
    month: Month,
    zone: str,
    issued_at: datetime,
    openings: Mapping[int, int],
    closings: Mapping[int, int],
    lines: Sequence[Told],
    previous: str,
) -> str:
    """Return the hash of a statement: of all that it tells, and of the statement before ('' for the first)."""
    return hash_of(
        {
            "client": client,
            "unit": unit,
            "month": str(month),
            "zone": zone,
            "issued_at": issued_at,
            "accounts": [[account, openings[account], closings[account]] for account in sorted(closings)],
            "lines": [
                [
                    line.number,
                    line.movement.account,
                    line.movement.entry,
                    line.movement.seal,
                    line.movement.effective_on,
                    line.movement.minor,
                    line.what,
                    line.clause,
                ]
                for line in lines
            ],
            "previous": previous,
        }
    )
