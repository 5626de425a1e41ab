"""Writing to the outbox, in the transaction that makes a message due; and the heartbeats of those who work on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from portal.alerts.models import Heartbeat, Message
from portal.alerts.poke import poke_sender


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

    One statement in the caller's transaction; once that is committed, the sender is woken.
    """
    rows = list(notices)
    if rows:
        _insert(rows, at)
        transaction.on_commit(poke_sender)
    return len(rows)


def _insert(notices: Sequence[Notice], at: datetime) -> None:
    """Insert a message for each notice, unless its key is there.

    Not by `bulk_create`: for two dozen columns it spends several times as long on a row as the database does, and in a
    storm everything waits for that. Here a value is prepared only where it differs from that of the row before.
    """
    columns = [column for column in Message._meta.concrete_fields if not column.primary_key]
    first = Message(queued_at=at, not_before=at)
    row = [column.get_db_prep_save(getattr(first, column.attname), connection) for column in columns]
    told = [(index, column) for index, column in enumerate(columns) if column.attname in Notice.__dataclass_fields__]
    before: list[Any] = [getattr(first, column.attname) for column in columns]
    rows = []
    for notice in notices:
        for index, column in told:
            value = getattr(notice, column.attname)
            if value != before[index]:
                before[index] = value
                row[index] = column.get_db_prep_save(value, connection)
        rows.append(tuple(row))
    names = ", ".join(connection.ops.quote_name(column.column) for column in columns)
    values = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {Message._meta.db_table} ({names}) VALUES ({values}) ON CONFLICT DO NOTHING",  # noqa: S608
            rows,
        )


def beat(name: str, *, at: datetime) -> None:
    """Record that a background process finished a full cycle. One statement."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, finished_at=at)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["finished_at"],
    )
