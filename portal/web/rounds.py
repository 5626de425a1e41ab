"""Rounds of the beat: one thing that fails is written down, waits for the next round, and stops no other."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError

DATABASE_AWAY = (OperationalError, InterfaceError)
"""What says nothing of any one row: the next round goes on."""

Item = TypeVar("Item")

log = structlog.get_logger(__name__)


def one_by_one(items: Iterable[Item], work: Callable[[Item], bool], *, failed: str) -> int:
    """Work on each item, in a transaction of the work's own; return for how many it said that something was done.

    Args:
        failed: The event that is logged for an item whose work raises.
    """
    done = 0
    for item in items:
        try:
            done += work(item)
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception(failed, item=item)
    return done
