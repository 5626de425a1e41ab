"""What happened to an agreement, in words: a line of its page and of its client's feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from portal.clients.models import Agreement
from portal.journal.feed import Reader, Words, plain_name, who
from portal.journal.models import Event
from portal.journal.subjects import Description, SubjectKey
from portal.web.figures import day_text


@dataclass(frozen=True, slots=True)
class Happening:
    """One line: `Renewed`, `Fri 1 Jan 2027 to Fri 31 Dec 2027`, by whom, when, by which clause."""

    at: datetime
    what: str
    more: str
    who: str
    clause: str


def happenings(events: Iterable[Event]) -> Iterator[Happening]:
    """Yield a line for each event on the agreement itself, in their order."""
    for event in events:
        words = agreement_words(event)
        yield Happening(event.at, words.text, words.more, who(event), words.clause)


def agreement_words(event: Event) -> Words:
    """Return what happened to an agreement in words."""
    payload = event.payload
    match event.kind:
        case "agreement.amended":
            return Words("pencil", "Amended", "for what began from then on")
        case "agreement.suspended":
            return Words("circle-pause", "Support suspended", clause="JS-22", status="paused")
        case "agreement.reinstated":
            return Words("play", "Support reinstated", clause="JS-22")
        case "agreement.betas_chosen":
            text = "Beta releases asked for" if payload["asked"] else "No beta releases any more"
            return Words("package", text, clause="JB-15")
        case "agreement.discontinued":
            last_day = f"last day {_day(payload['last_day'])}"
            return Words("calendar-x", "Notice of discontinuation", last_day, clause="JS-22", status="risk")
        case "agreement.continued":
            return Words("play", "Notice withdrawn", clause="JS-22")
        case "agreement.renewed":
            return Words("refresh-cw", "Renewed", f"{_day(payload['starts_on'])} to {_day(payload['ends_on'])}")
        case "agreement.ended":
            return Words("ban", "Ended", clause="JS-22", status="void")
    return Words("info", plain_name(event.kind))


def of_agreement(event: Event, reader: Reader) -> Words:
    """Return what happened to an agreement as a line of the feed."""
    return agreement_words(event)


def describe_agreements(keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, Description]:
    """Return how agreements are shown. One query."""
    wanted = set(keys)
    rows = Agreement.objects.in_bulk({pk for pk, _ in wanted})
    paths = {pk: reverse("agreement", args=[pk]) for pk in rows}
    return {
        (pk, ref): Description(rows[pk].ref, rows[pk].title, paths[pk], paths[pk]) for pk, ref in wanted if pk in rows
    }


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text))
