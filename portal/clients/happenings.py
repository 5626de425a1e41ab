"""What happened to an agreement, as a line of its page: what, more about it, and the clause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from portal.journal.models import Event
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
        what, more, clause = _words(event)
        yield Happening(event.at, what, more, str(event.actor or ""), clause)


def _words(event: Event) -> tuple[str, str, str]:
    payload = event.payload
    match event.kind:
        case "agreement.amended":
            return "Amended", "for what began from then on", ""
        case "agreement.suspended":
            return "Support suspended", "", "JS-22"
        case "agreement.reinstated":
            return "Support reinstated", "", "JS-22"
        case "agreement.betas_chosen":
            return "Beta releases asked for" if payload["asked"] else "No beta releases any more", "", "JB-15"
        case "agreement.discontinued":
            return "Notice of discontinuation", f"last day {_day(payload['last_day'])}", "JS-22"
        case "agreement.continued":
            return "Notice withdrawn", "", "JS-22"
        case "agreement.renewed":
            return "Renewed", f"{_day(payload['starts_on'])} to {_day(payload['ends_on'])}", ""
        case "agreement.ended":
            return "Ended", "", "JS-22"
    return event.kind.partition(".")[2].replace("_", " ").capitalize(), "", ""


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text))
