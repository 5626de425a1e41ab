"""A month's minutes, row by row: what was down, what of it counts, and why the rest does not. The rows add up.

Clause: JS-17, JS-18, JB-10, T-5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from incidents.rules.availability import MonthFigure, Outage, Record, Window
from incidents.rules.intervals import ZERO, Interval, Intervals
from portal.contract.terms import AvailabilityTerms, read_duration

Why = Literal["counts", "scheduled", "beyond_allowance", "short_notice", "cause", "overlap"]


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of one outage within a month, and how it is judged.

    Attributes:
        why: `counts`; `short_notice`: counts, its window was announced too late; `beyond_allowance`: counts, the
            month's allowance was used up; `scheduled`: taken out; `cause`: not downtime; `overlap`: counted above.
        span: From its first to its last instant; other rows of the same outage may lie in between.
        length: How long it was, gaps left out.
        window: The window that it lay in, where one matters.
    """

    outage: Outage
    why: Why
    span: Interval
    length: timedelta
    window: Window | None
    clause: str

    @property
    def counts(self) -> bool:
        """Whether it is part of the month's downtime."""
        return self.why in ("counts", "short_notice", "beyond_allowance")


def receipt(figure: MonthFigure, record: Record, terms: AvailabilityTerms) -> list[Row]:
    """Return the rows of a month in order of time: those that count add up to its downtime.

    Of overlapping outages the earlier one takes the time, so that a minute counts once.
    """
    rows: list[Row] = []
    taken = Intervals()
    valid, invalid = _windows(record, terms)
    for outage in sorted(record.outages.values(), key=lambda outage: (outage.start, outage.ref)):
        down = Intervals([_known(outage, figure)]) & figure.total
        if outage.cause not in terms.counted_causes.value:
            rows += _rows(outage, "cause", down, None, terms.counted_causes.clause)
            continue
        scheduled = (down & figure.scheduled) - taken
        counted = (down & figure.counted) - taken
        beyond = counted & Intervals((window.start, window.end) for window in valid)
        late = (counted - beyond) & Intervals((window.start, window.end) for window in invalid)
        clause = terms.notice.clause
        allowance = terms.scheduled_allowance.clause if terms.scheduled_allowance is not None else clause
        rows += _rows(outage, "scheduled", scheduled, _window_of(scheduled, valid), clause)
        rows += _rows(outage, "beyond_allowance", beyond, _window_of(beyond, valid), allowance)
        rows += _rows(outage, "short_notice", late, _window_of(late, invalid), clause)
        rows += _rows(outage, "counts", counted - beyond - late, None, terms.target.clause)
        rows += _rows(outage, "overlap", down & taken, None, terms.target.clause)
        taken |= down
    return sorted(rows, key=lambda row: (row.span, row.outage.ref))


def counted(rows: list[Row]) -> timedelta:
    """Return what the rows that count add up to."""
    return sum((row.length for row in rows if row.counts), ZERO)


def notice_of(window: Window) -> timedelta:
    """Return how long before its start a window was announced."""
    return window.start - window.announced_at


def is_short(window: Window, terms: AvailabilityTerms) -> bool:
    """Return whether a window was announced later than promised, and not agreed. Clause: JS-18, JB-10."""
    return not window.agreed and notice_of(window) < read_duration("availability.notice", terms.notice)


def _windows(record: Record, terms: AvailabilityTerms) -> tuple[list[Window], list[Window]]:
    valid = record.shielding(terms)
    refs = {window.ref for window in valid}
    return valid, [window for window in record.windows.values() if window.ref not in refs]


def _known(outage: Outage, figure: MonthFigure) -> Interval:
    """Return an outage's interval as far as the month's figure knows it."""
    last = figure.total.parts[-1][1] if figure.total else outage.start
    return outage.until(last)


def _window_of(part: Intervals, windows: list[Window]) -> Window | None:
    return next((window for window in windows if part & Intervals([(window.start, window.end)])), None)


def _rows(outage: Outage, why: Why, part: Intervals, window: Window | None, clause: str) -> Iterator[Row]:
    if part:
        yield Row(outage, why, (part.parts[0][0], part.parts[-1][1]), part.length, window, clause)
