"""The feed: what the journal says of a client, line by line, in words that modules register for their own events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.journal.models import Event
from portal.journal.subjects import Describe, described


@dataclass(frozen=True, slots=True)
class Words:
    """An event in words: `Reclassified to minor`, more about it, the clause, and what colours its icon."""

    icon: str
    text: str
    more: str = ""
    clause: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: one of the staff or of the client, in a zone."""

    for_staff: bool
    zone: ZoneInfo


Wording = Callable[[Event, Reader], Words]
_wordings: dict[str, Wording] = {}
_labels: dict[str, str] = {}
_describers: dict[str, Describe] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a feed, as its reader has it.

    Attributes:
        who: Who acted, '' where nobody did or nobody is known.
        subject: What it happened to, such as `INC-7`, with its title and the page that shows it; '' where none does.
        reason: Why, in the words of who acted; '' where none was given or it was erased.
    """

    at: datetime
    words: Words
    who: str
    subject: str
    title: str
    url: str
    reason: str


def register_words(family: str, wording: Wording, *, label: str = "") -> None:
    """Register the words of a family of events, `incident` for `incident.reported`; once, from AppConfig.ready.

    A feed can be narrowed to its subjects under `label`, such as `Incidents`; without one, it can't.
    """
    _wordings[family] = wording
    if label:
        _labels[family] = label


def labels() -> Mapping[str, str]:
    """Return what a feed can be narrowed to: kinds of subjects with their label."""
    return dict(_labels)


def register_subject(kind: str, describe: Describe) -> None:
    """Register how subjects without clocks are shown; those with clocks stand in the register of subjects."""
    _describers[kind] = describe


def who(event: Event) -> str:
    """Return who acted: both names where one of the staff acted as a client's person, '' where nobody did."""
    if event.actor is None:
        return ""
    return f"{event.actor} for {event.on_behalf_of}" if event.on_behalf_of is not None else str(event.actor)


def words_of(event: Event, reader: Reader) -> Words:
    """Return an event in words; one that nobody registered words for is named as it is called."""
    wording = _wordings.get(event.kind.partition(".")[0])
    return wording(event, reader) if wording is not None else Words("info", plain_name(event.kind))


def plain_name(kind: str) -> str:
    """Return an event's name as a reader may have it: `engagement.checked_in` is `Engagement checked in`."""
    return kind.replace(".", " ").replace("_", " ").capitalize()


def lines_of(events: Sequence[Event], *, reader: Reader) -> list[Line]:
    """Return the lines of events, in their order; rows carry `actor`, `on_behalf_of` and `text`.

    One query for each kind of subject among them. Why a breach was voided can be why an answer was recorded late, which
    staff write for staff: clients don't read it.
    """
    shown = described(
        ((event.subject_kind, (event.agreement_id, event.subject_ref)) for event in events), also=_describers
    )
    lines = []
    for event in events:
        subject = shown.get((event.subject_kind, (event.agreement_id, event.subject_ref)))
        texts = event.text.texts if hasattr(event, "text") else {}
        is_read = reader.for_staff or event.kind != "breach.voided"
        lines.append(
            Line(
                at=event.at,
                words=words_of(event, reader),
                who=who(event),
                subject=subject.label if subject is not None else event.subject_ref,
                title=subject.title if subject is not None else "",
                url=(subject.staff_path if reader.for_staff else subject.client_path) if subject is not None else "",
                reason=texts.get("reason", "") if is_read else "",
            )
        )
    return lines
