"""Waking the sender as soon as a message is committed, so that it need not wait for the next second's round.

It is a courtesy: beat finds every message anyway. So a broker that is down or frozen may neither fail a page nor hold
it up, and publishing is left to one thread of the process, which a page only signals.
"""

from __future__ import annotations

import os
import threading

import structlog
from celery import current_app

TASK = "portal.alerts.tasks.send_outbox"
WORTHLESS_AFTER = 5
"""Seconds after which a round of beat's own has long been there."""

log = structlog.get_logger(__name__)


class _Messenger:
    """Publishes once for however many signals came in while the broker kept it waiting."""

    def __init__(self) -> None:
        self._signal = threading.Event()
        self._lock = threading.Lock()
        self._home = 0

    def signal(self) -> None:
        self._signal.set()
        with self._lock:
            # A server forks its workers after loading us, and threads do not survive a fork.
            if self._home != os.getpid():
                self._home = os.getpid()
                threading.Thread(target=self._run, name="poke-sender", daemon=True).start()

    def _run(self) -> None:
        while self._signal.wait():
            self._signal.clear()
            try:
                current_app.send_task(TASK, expires=WORTHLESS_AFTER)
            except Exception as error:  # Whatever the transport raises: beat's round sends what this one could not.
                log.warning("sender_not_poked", error=repr(error))


_messenger = _Messenger()


def poke_sender() -> None:
    """Ask for a round of the sender now. Returns at once and never raises, whatever the broker does."""
    _messenger.signal()
