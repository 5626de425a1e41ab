"""Who was told of an incident: the notices of its events and breaches, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from incidents.models import Incident
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


def who_was_told(incident: Incident) -> list[Told]:
    """Return the latest notices of an incident's events and breaches. Two queries, each by an index of its own."""
    of_events = Message.objects.filter(
        event__agreement=incident.agreement_id, event__subject_kind="incident", event__subject_ref=incident.ref
    )
    of_breaches = Message.objects.filter(
        breach__clock__agreement=incident.agreement_id,
        breach__clock__subject_kind="incident",
        breach__clock__subject_ref=incident.ref,
    )
    rows = [
        message
        for messages in (of_events, of_breaches)
        for message in messages.select_related("recipient").order_by("-queued_at", "-id")[:MOST_READ]
    ]
    groups: dict[tuple[str, int | None, int | None], list[Message]] = {}
    for message in sorted(rows, key=lambda row: (row.queued_at, row.pk), reverse=True):
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
