"""Who was told of an incident: the notices of its events and breaches, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from portal.alerts.models import Message

MOST_READ = 60
MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Told:
    """One notice: what it said, to whom, when it was queued, and to whom it was not sent, with the reason."""

    label: str
    is_breach: bool
    people: Sequence[str]
    at: datetime
    held_back: Sequence[str]


def who_was_told(*, events: Sequence[int], breaches: Sequence[int]) -> list[Told]:
    """Return the latest notices of an incident's events and breaches, each by its id. One query."""
    about = Message.objects.filter(Q(event__in=events) | Q(breach__in=breaches)).select_related("recipient")
    groups: dict[tuple[str, int | None, int | None], list[Message]] = {}
    for message in about.order_by("-queued_at", "-id")[:MOST_READ]:
        groups.setdefault((message.kind, message.event_id, message.breach_id), []).append(message)
    return [_told(same) for same in list(groups.values())[:MOST_SHOWN]]


def _told(messages: Sequence[Message]) -> Told:
    sent = [_name(message) for message in messages if message.suppressed_at is None]
    held_back = [
        f"{_name(message)}: {message.suppressed_reason}" for message in messages if message.suppressed_at is not None
    ]
    first = messages[0]
    return Told(first.label, first.breach_id is not None, sorted(sent), first.queued_at, sorted(held_back))


def _name(message: Message) -> str:
    return message.recipient.name if message.recipient is not None else message.address
