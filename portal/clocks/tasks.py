"""The flagger's task: a shell that hands the flagger its clock, one at a time."""

from datetime import timedelta

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from portal.alerts.queries import FLAGGER
from portal.alerts.services import beat
from portal.clocks.flagging import flag_until

TICK = timedelta(milliseconds=980)
"""How long a tick watches: until just before beat's next second, whose tick takes over."""
LOCK = "flagging"
LOCK_SECONDS = 1
"""How long a killed tick keeps others out; the database cache counts whole seconds, so it may be two. A tick that takes
longer, in a storm, is joined by another, which does no harm."""


@shared_task(name="portal.clocks.tasks.tick")
def tick() -> None:
    """Flag what has come and what falls due before the next tick, unless another tick is doing so."""
    end = timezone.now() + TICK
    if not cache.add(LOCK, True, timeout=LOCK_SECONDS):
        return
    try:
        flag_until(end, clock=timezone.now)
        beat(FLAGGER, at=timezone.now())
    finally:
        cache.delete(LOCK)
