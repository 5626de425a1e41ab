"""Writing to the outbox, in the transaction that makes a message due; and the heartbeats of those who work on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.alerts.models import Heartbeat, Message
from portal.alerts.poke import poke_sender

BATCH = 1000
"""Rows in one INSERT; SQLite takes fewer, for it binds 999 values a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that one address should be told.

    Attributes:
        key: What it is about and to whom, at most 400 characters: the same is never queued twice.
        kind: Its name in `portal.alerts.kinds`, which writes the mail.
        address: The one recipient.
        recipient_id: The login behind the address, if there is one.
        mutable: False for contractual notices, which nobody can mute.
        due_at, detected_at: When it fell due and was noticed, for the published latency. Both are left out for what
            was loaded or detected late: it says nothing of the portal's speed.
    """

    key: str
    kind: str
    address: str
    recipient_id: int | None = None
    agreement_id: int | None = None
    subject_kind: str = ""
    subject_ref: str = ""
    event_id: int | None = None
    breach_id: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    mutable: bool = True
    due_at: datetime | None = None
    detected_at: datetime | None = None


def enqueue(notices: Iterable[Notice], *, at: datetime) -> int:
    """Queue notices and return how many were given; a key that is queued already is left alone.

    One INSERT a thousand rows, in the caller's transaction; once that is committed, the sender is woken.
    """
    rows = [
        Message(
            key=notice.key,
            kind=notice.kind,
            address=notice.address,
            recipient_id=notice.recipient_id,
            agreement_id=notice.agreement_id,
            subject_kind=notice.subject_kind,
            subject_ref=notice.subject_ref,
            event_id=notice.event_id,
            breach_id=notice.breach_id,
            context=dict(notice.context),
            mutable=notice.mutable,
            due_at=notice.due_at,
            detected_at=notice.detected_at,
            queued_at=at,
            not_before=at,
        )
        for notice in notices
    ]
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
        transaction.on_commit(poke_sender)
    return len(rows)


def beat(name: str, *, at: datetime) -> None:
    """Record that a background process finished a full cycle. One statement."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, finished_at=at)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["finished_at"],
    )
