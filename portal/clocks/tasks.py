"""The flagger's task: a shell that hands the flagger its clock, one tick at a time."""

import time
from datetime import datetime, timedelta

from celery import Task, shared_task
from django.core.cache import cache
from django.utils import timezone

from portal.alerts.queries import FLAGGER
from portal.alerts.services import beat
from portal.clocks.flagging import flag_until
from portal.clocks.handover import tell_hand_overs

SECOND = timedelta(seconds=1)
"""Between two ticks of beat, and how long one is worth starting."""
OVERLAP = timedelta(milliseconds=500)
"""How long a tick goes on watching beyond its second, because the next may be late. It waits until this one is done."""
LOCK = "flagging"
LOCK_SECONDS = 1
"""How long a killed tick keeps others out; the database cache counts whole seconds, so it may be two. A tick that takes
longer is joined by another, which does no harm."""
HAND_OVER = 0.02
"""Seconds between two looks of a tick whether the one before it is done."""


@shared_task(name="portal.clocks.tasks.tick", bind=True)
def tick(self: Task[[], None]) -> None:
    """Flag what has come and what falls due until the next tick takes over; one tick at a time."""
    expires: str | None = self.request.expires  # type: ignore[assignment]  # Its stubs know numbers only.
    end = (datetime.fromisoformat(expires) if expires else timezone.now() + SECOND) + OVERLAP
    while not cache.add(LOCK, True, timeout=LOCK_SECONDS):
        if timezone.now() >= end:
            return
        time.sleep(HAND_OVER)
    try:
        flag_until(end, clock=timezone.now)
        beat(FLAGGER, at=timezone.now())
    finally:
        cache.delete(LOCK)


@shared_task(name="portal.clocks.tasks.hand_over")
def hand_over() -> None:
    """Tell whoever is on call what is due before the next opening. Doubled or missed rounds are harmless."""
    tell_hand_overs(now=timezone.now())
