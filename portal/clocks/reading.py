"""How a clock reads on a page: how much is left in words, which share is used, whether it is at risk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from portal.web.figures import NBSP, duration_text, left_text

LONG = timedelta(days=2)
"""From here on time by the wall clock is told in days: nobody counts 147 hours."""


def left_words(left: timedelta, *, by_the_wall_clock: bool) -> str:
    """Return what is left: `13 min`, `10 min over`, and by the wall clock `6 days 3 h`; business hours stay hours."""
    if not by_the_wall_clock or abs(left) < LONG:
        return left_text(left)
    return f"{duration_text(abs(left), 'days')}{f'{NBSP}over' if left < timedelta(0) else ''}"


def used_share(left: timedelta, total: timedelta | None) -> Decimal | None:
    """Return the share of a target that is used up, in [0, 1]; None where the target has no length."""
    if not total:
        return None
    return min(max(1 - Decimal(left / total), Decimal(0)), Decimal(1))


def at_risk(share: Decimal | None, warnings: Iterable[int]) -> bool:
    """Return whether a running clock is past the first warning, a percentage of its target."""
    first = min(warnings, default=None)
    return share is not None and first is not None and share * 100 >= first
