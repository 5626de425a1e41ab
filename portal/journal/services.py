"""Writing to the journal: always in the transaction that makes the thing true."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

import msgspec
from django.db import transaction

from portal.contract.events import REGISTRY, as_utc
from portal.contract.events import Event as ContractEvent
from portal.journal.models import Event, EventText


class Owner(Protocol):
    """The agreement whose journal it is: its row, known here by two numbers only."""

    pk: int
    client_id: int


class Actor(Protocol):
    """The login that acted; `acted_by` is who of the staff did so in its name, if anybody."""

    pk: int

    @property
    def acted_by(self) -> Actor | None: ...


TEXTS = ("reason", "title")
"""Fields that people write: they lie beside the journal, so that they can be erased."""

ERASED = "(erased)"
BATCH = 2000


def _row(
    agreement: Owner,
    event: ContractEvent,
    *,
    actor: Actor | None,
    recorded_at: datetime,
    visible_to_client: bool,
    shared_ref: UUID | None,
) -> tuple[Event, dict[str, str]]:
    payload: dict[str, Any] = msgspec.to_builtins(event)
    for key in ("at", "event", event.SUBJECT):
        payload.pop(key, None)
    texts = {key: payload.pop(key) for key in TEXTS if payload.get(key)}
    kind, ref = event.subject
    acted_by = actor.acted_by if actor is not None else None
    row = Event(
        client_id=agreement.client_id,
        agreement_id=agreement.pk,
        subject_kind=kind,
        subject_ref=ref,
        kind=event.name,
        at=as_utc(event.at),
        recorded_at=recorded_at,
        actor_id=acted_by.pk if acted_by is not None else actor.pk if actor is not None else None,
        on_behalf_of_id=actor.pk if actor is not None and acted_by is not None else None,
        payload=payload,
        visible_to_client=visible_to_client and not event.INTERNAL,
        shared_ref=shared_ref,
    )
    return row, texts


@transaction.atomic
def append(
    *,
    agreement: Owner,
    event: ContractEvent,
    actor: Actor | None,
    recorded_at: datetime,
    visible_to_client: bool = True,
    shared_ref: UUID | None = None,
) -> Event:
    """Append one event to an agreement's journal and return its row. Two statements at most."""
    row, texts = _row(
        agreement,
        event,
        actor=actor,
        recorded_at=recorded_at,
        visible_to_client=visible_to_client,
        shared_ref=shared_ref,
    )
    row.save(force_insert=True)
    if texts:
        EventText.objects.create(event=row, texts=texts)
    return row


@transaction.atomic
def append_all(*, agreement: Owner, events: Iterable[ContractEvent], recorded_at: datetime) -> int:
    """Append a loaded history in the order given, without an actor; return how many events it had."""
    count = 0
    rows: list[Event] = []
    texts: list[dict[str, str]] = []
    for event in events:
        row, words = _row(
            agreement, event, actor=None, recorded_at=recorded_at, visible_to_client=True, shared_ref=None
        )
        rows.append(row)
        texts.append(words)
        if len(rows) == BATCH:
            count += _insert(rows, texts)
            rows, texts = [], []
    return count + _insert(rows, texts)


def _insert(rows: list[Event], texts: list[dict[str, str]]) -> int:
    inserted = Event.objects.bulk_create(rows)
    EventText.objects.bulk_create(
        EventText(event=row, texts=words) for row, words in zip(inserted, texts, strict=True) if words
    )
    return len(inserted)


def read(row: Event) -> ContractEvent:
    """Return the typed event that a row holds; join `text` to spare a query."""
    cls = REGISTRY[row.kind]
    plain: dict[str, Any] = {**row.payload, "event": row.kind, "at": row.at}
    if cls.SUBJECT in cls.__struct_fields__:
        plain[cls.SUBJECT] = row.subject_ref
    text = getattr(row, "text", None)
    if text is not None:
        plain.update(text.texts)
    if "reason" in _required(cls):
        plain.setdefault("reason", ERASED)
    return msgspec.convert(plain, cls)


@cache
def _required(cls: type[ContractEvent]) -> frozenset[str]:
    """Return the fields that a kind of event must have. Kept by kind: each line of the journal is read through here."""
    return frozenset(field.name for field in msgspec.structs.fields(cls) if field.required)
