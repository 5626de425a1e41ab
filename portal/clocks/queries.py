"""Reads of clocks that belong to no one subject."""

from __future__ import annotations

from datetime import datetime

from portal.clocks.models import Clock


def soonest_wake(*, before: datetime) -> datetime | None:
    """Return the first instant before `before` at which time alone changes a clock, None where there is none.

    One query, one step into the partial index however many clocks are open.
    """
    waking = Clock.objects.filter(next_at__lt=before).order_by("next_at", "id")
    return waking.values_list("next_at", flat=True).first()
