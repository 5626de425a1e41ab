"""Writing to the outbox, in the transaction that makes a message due; and the heartbeats of those who work on it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from django.db import connection, transaction
from django.db.models import Field

from portal.alerts.digests import collection_after
from portal.alerts.models import Heartbeat, Message, Preference
from portal.alerts.poke import poke_sender

Rhythm = Preference.Rhythm
Column: TypeAlias = "Field[Any, Any]"
MUTED = "Its reader turned this kind of notice off."


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

    What a reader muted is kept with the reason, and not sent; what they want in a digest waits for it. One statement
    in the caller's transaction for each of these, and one to read preferences; after the commit the sender is woken.
    """
    rows = list(notices)
    if rows:
        for wish, same in _by_wish(rows, at).items():
            _insert(same, wish.row(at))
        transaction.on_commit(poke_sender)
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a reader's preference makes of a notice. What nobody may mute is always sent at once."""

    muted: bool = False
    collect_at: datetime | None = None

    def row(self, at: datetime) -> Message:
        return Message(
            queued_at=at,
            not_before=self.collect_at or at,
            collect_at=self.collect_at,
            suppressed_at=at if self.muted else None,
            suppressed_reason=MUTED if self.muted else "",
        )


def _by_wish(notices: Iterable[Notice], at: datetime) -> dict[_Wish, list[Notice]]:
    """Return notices by what their readers want. One query where a person may mute any of them."""
    notices = list(notices)
    readers = {notice.recipient_id for notice in notices if notice.mutable and notice.recipient_id is not None}
    wanted = Preference.objects.select_related("user").in_bulk(readers) if readers else {}
    wishes: dict[_Wish, list[Notice]] = {}
    for notice in notices:
        preference = wanted.get(notice.recipient_id) if notice.mutable and notice.recipient_id is not None else None
        if preference is None:
            wish = _Wish()
        elif notice.kind in preference.muted:
            wish = _Wish(muted=True)
        else:
            wish = _Wish(collect_at=collection_after(at, Rhythm(preference.rhythm), preference.user.zone))
        wishes.setdefault(wish, []).append(notice)
    return wishes


def choose_notices(*, user_id: int, rhythm: Rhythm, muted: Iterable[str]) -> Preference:
    """Keep how a person wants to be told. What waits already goes out as it was queued."""
    preference, _ = Preference.objects.update_or_create(
        user_id=user_id, defaults={"rhythm": rhythm, "muted": sorted(muted)}
    )
    return preference


def _insert(notices: Sequence[Notice], first: Message) -> None:
    """Insert a message for each notice, `first` telling what they have in common, unless its key is there.

    Not by `bulk_create`: for two dozen columns it spends several times as long on a row as the database does, and in a
    storm everything waits for that.
    """
    columns = [column for column in Message._meta.concrete_fields if not column.primary_key]
    if connection.vendor == "postgresql":
        _insert_document(notices, first, columns)
    else:
        _insert_rows(notices, first, columns)


def _insert_document(notices: Sequence[Notice], first: Message, columns: Sequence[Column]) -> None:
    """Insert all rows by one statement with one document: PostgreSQL spends its time on statements, not on rows."""
    quote = connection.ops.quote_name
    told = [column for column in columns if column.attname in Notice.__dataclass_fields__]
    document = json.dumps(
        [{column.column: getattr(notice, column.attname) for column in told} for notice in notices], default=_plain
    )
    common = [column for column in columns if column not in told]
    values = [column.get_db_prep_save(getattr(first, column.attname), connection) for column in common]
    names = ", ".join(quote(column.column) for column in (*common, *told))
    shared = ", ".join(f"%s::{column.db_type(connection)}" for column in common)
    own = ", ".join(f"told.{quote(column.column)}" for column in told)
    types = ", ".join(f"{quote(column.column)} {column.db_type(connection)}" for column in told)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Message._meta.db_table} ({names}) SELECT {shared}, {own}"  # noqa: S608
            f" FROM jsonb_to_recordset(%s::jsonb) AS told({types}) ON CONFLICT DO NOTHING",
            [*values, document],
        )


def _plain(value: object) -> str:
    """Return what JSON has no word for: an instant to the microsecond."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} is no part of a notice.")


def _insert_rows(notices: Sequence[Notice], first: Message, columns: Sequence[Column]) -> None:
    """Insert row by row by one prepared statement; a value is prepared only where it differs from the row before."""
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
