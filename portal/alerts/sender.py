"""The sender: claims what waits under a lease, sends it, and marks what the mail server accepted.

A message is marked after it was sent, never before. A sender that dies in between leaves a lease that runs out, and the
message goes out again under the same Message-ID: at least once, and a double shows in the same thread. The sender takes
a clock instead of an instant, because the instant at which a mail was accepted is part of the published latency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction

from portal.alerts.courier import Courier, DeliveryError, RefusedForGoodError, RefusedForNowError, UnreachableError
from portal.alerts.digests import DIGEST, fold
from portal.alerts.kinds import Mail, UnknownKindError, reasons_against, render_each
from portal.alerts.mail import LONGEST_SUBJECT, compose, one_line
from portal.alerts.models import Message, MessageQuerySet
from portal.alerts.provider import Sender, provider
from portal.alerts.services import beat, enqueue
from portal.alerts.undelivered import undelivered_notice

BATCH = 50
MOST_BATCHES = 20
"""In one round, so that a round ends; the next one goes on."""
LEASE = timedelta(minutes=2)
MARGIN = timedelta(minutes=1)
"""What has to be left of the lease to begin a mail: longer than the timeouts of one conversation with the server."""
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=10)
MOST_ATTEMPTS = 10
"""Some 30 minutes: servers that turn strangers away at first ask for less."""
UNREACHABLE_RETRY = timedelta(seconds=10)

RELEASED = MappingProxyType({"claim_token": None, "claimed_until": None})

log = structlog.get_logger(__name__)


def send_outbox(*, clock: Callable[[], datetime]) -> int:
    """Send everything that waits, and return how many mails the server accepted.

    Safe to run anywhere at any time, also many at once. `clock` tells the current instant.
    """
    accepted = 0
    for _ in range(MOST_BATCHES):
        batch = _Batch(clock)
        if not batch.messages:
            break
        accepted += batch.send()
    beat("sender", at=clock())
    return accepted


class _Batch:
    """Messages under one lease."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.token = uuid4()
        self.sender: Sender = provider()
        at = clock()
        self.until = at + LEASE
        self.messages = _claim(self.token, at=at, until=self.until)

    def send(self) -> int:
        """Send the batch and return how many mails were accepted."""
        self._suppress_outdated()
        mails = self._write()
        accepted = 0
        with Courier() as courier:
            for position, message in enumerate(self.messages):
                if message.pk not in mails:
                    continue
                if self.clock() > self.until - MARGIN:
                    self._give_back(self.messages[position:], not_before=None)
                    break
                try:
                    self._send_one(courier, message, mails[message.pk])
                except UnreachableError as error:
                    self._give_back(
                        self.messages[position:], not_before=self.clock() + UNREACHABLE_RETRY, error=str(error)
                    )
                    break
                except RefusedForNowError as error:
                    self._retry(message, str(error), mails[message.pk].subject)
                except DeliveryError as error:
                    self._fail(message, str(error), mails[message.pk].subject)
                else:
                    accepted += 1
                    self._accept(message, mails[message.pk].subject)
        return accepted

    def _send_one(self, courier: Courier, message: Message, mail: Mail) -> None:
        try:
            composed = compose(message, mail, self.sender)
        except ValidationError as error:
            raise RefusedForGoodError(f"The address is none: {error.messages[0]}") from error
        courier.send(composed)

    def _suppress_outdated(self) -> None:
        """Take out what is no longer true or has no reader any more, also from inside of digests."""
        digests = [message.pk for message in self.messages if message.kind == DIGEST]
        parts = list(Message.objects.unsent().filter(digest__in=digests).select_related("recipient")) if digests else []
        reasons = reasons_against([*self.messages, *parts])
        for part in parts:
            if part.pk not in reasons and part.digest_id in digests:
                digests.remove(part.digest_id)
        reasons |= dict.fromkeys(digests, "Nothing in it was true any more.")
        at = self.clock()
        by_reason: defaultdict[str, list[int]] = defaultdict(list)
        for pk, reason in reasons.items():
            by_reason[reason].append(pk)
        for reason, pks in by_reason.items():
            Message.objects.unsent().filter(pk__in=pks).update(suppressed_at=at, suppressed_reason=reason[:200])
        # What is in a digest that nobody reads any more, and has another reader at the same address, goes out without.
        unread = [message.pk for message in self.messages if message.kind == DIGEST and message.pk in reasons]
        if unread:
            Message.objects.unsent().filter(digest__in=unread).update(digest=None)
        self.messages = [message for message in self.messages if message.pk not in reasons]

    def _write(self) -> dict[int, Mail]:
        """Return the mail of each message by its id; what cannot be written is put off or given up, and left out."""
        mails: dict[int, Mail] = {}
        written = render_each(self.messages)
        for message in self.messages:
            match written[message.pk]:
                case Mail() as mail:
                    mails[message.pk] = mail
                case UnknownKindError() as error:
                    self._fail(message, str(error), message.kind)
                case error:
                    self._retry(message, f"Cannot be written: {error!r}", message.kind)
        return mails

    def _accept(self, message: Message, subject: str) -> None:
        at = self.clock()
        with transaction.atomic():
            mine = self._mine([message]).update(subject=_kept(subject), accepted_at=at, last_error="", **RELEASED)
            if message.kind == DIGEST:
                message.parts.unsent().update(accepted_at=at)
        if not mine:
            log.warning("lease_lost", message=message.pk)

    def _retry(self, message: Message, error: str, subject: str) -> None:
        """Put a message off for longer each time, and give it up in the end."""
        attempts = message.attempts + 1
        if attempts >= MOST_ATTEMPTS:
            self._fail(message, error, subject)
            return
        wait = min(FIRST_RETRY * 2**message.attempts, LONGEST_RETRY)
        self._mine([message]).update(
            subject=_kept(subject),
            attempts=attempts,
            not_before=self.clock() + wait,
            last_error=one_line(error)[:500],
            **RELEASED,
        )

    def _fail(self, message: Message, error: str, subject: str) -> None:
        """Give a message up for good, and tell the fallback address once."""
        at = self.clock()
        error = one_line(error)[:500]
        with transaction.atomic():
            mine = self._mine([message]).update(
                subject=_kept(subject), attempts=message.attempts + 1, failed_at=at, last_error=error, **RELEASED
            )
            if message.kind == DIGEST:
                message.parts.unsent().update(failed_at=at, last_error=error)
            notice = undelivered_notice(message, fallback=self.sender.fallback, subject=subject, error=error)
            if mine and notice:
                enqueue([notice], at=at)

    def _give_back(self, messages: Sequence[Message], *, not_before: datetime | None, error: str = "") -> None:
        """Return messages untried: what the server's absence or a slow batch costs is no attempt of theirs."""
        changes: dict[str, Any] = (
            {} if not_before is None else {"not_before": not_before, "last_error": one_line(error)[:500]}
        )
        self._mine(messages).update(**changes, **RELEASED)

    def _mine(self, messages: Collection[Message]) -> MessageQuerySet:
        return Message.objects.filter(pk__in=[message.pk for message in messages], claim_token=self.token)


@transaction.atomic
def _claim(token: UUID, *, at: datetime, until: datetime) -> list[Message]:
    """Take the oldest waiting messages under a lease, folded into digests where they are many."""
    # PostgreSQL passes over rows that another sender is claiming right now; SQLite has one writer at a time anyway.
    waiting = Message.objects.claimable(at).order_by("not_before", "id").select_for_update(skip_locked=True)
    rows = list(waiting[:BATCH])
    if not rows:
        return []
    ids = fold(rows, token=token, at=at)
    Message.objects.filter(pk__in=ids).update(claim_token=token, claimed_until=until)
    return list(Message.objects.filter(pk__in=ids).select_related("recipient").order_by("not_before", "pk"))


def _kept(subject: str) -> str:
    return one_line(subject)[:LONGEST_SUBJECT]
