"""The client's first screen in one sentence, and its one next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from portal.clients.models import Agreement
from portal.clients.today import Awaited, Decision
from portal.dashboard.queries import Due
from portal.web.figures import instant_text


@dataclass(frozen=True, slots=True)
class Step:
    """The one thing to do next: what, why, and the button that does it."""

    lead: str
    title: str
    text: str
    button: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Where things stand: the sentence, its second half, and the next step where there is one."""

    sentence: str
    rest: str
    step: Step | None


def overview(
    *,
    dues: Sequence[Due],
    awaited: Sequence[Awaited],
    decisions: Sequence[Decision],
    open_count: int,
    ever_reported: bool,
    may_report: bool,
    suspended: Sequence[Agreement],
    at: datetime,
) -> Overview:
    """Return where a client stands. What is asked of it comes first, then what we are late with, then what is due.

    `may_report` is whether this person may report an incident under an agreement that runs.
    """
    if suspended:
        sentence = "Support is suspended."
        rest = "What you report is kept, and its time does not run until support is reinstated."
    elif awaited or decisions:
        sentence, rest = _wanted(awaited, decisions, at)
        rest = " ".join(words for words in (rest, _late_words(dues)) if words)
    else:
        sentence, rest = _owed(dues, open_count, at)
        if not rest:
            rest = "Everything that you reported is solved." if ever_reported else "You have reported nothing so far."
            if not ever_reported and not may_report:
                rest = "What we owe you, and what we need from you, stands here with its date."
    return Overview(sentence, rest, _step(awaited, decisions, suspended, may_report))


def _wanted(awaited: Sequence[Awaited], decisions: Sequence[Decision], at: datetime) -> tuple[str, str]:
    """Return what we need from a client, and since or by when."""
    if not awaited:
        first = decisions[0]
        what = first.title if len(decisions) == 1 else f"{len(decisions)} things"
        return f"We wait for your decision: {what[:1].lower()}{what[1:]}.", f"Since {_when(first.since, at)}."
    first_asked = awaited[0]
    what = f" on {first_asked.label}" if first_asked.label else f": {first_asked.title}"
    if len(awaited) > 1:
        what = f": {len(awaited)} things"
    return f"We need something from you{what}.", _asked_words(first_asked, at)


def _late_words(dues: Sequence[Due]) -> str:
    """Return with what we are late, '' for nothing: what a client owes us hides none of it."""
    late = list(dict.fromkeys(due.subject.label for due in dues if due.state == "breached"))
    if not late:
        return ""
    return f"We are late with {late[0] if len(late) == 1 else f'{len(late)} things'}."


def _owed(dues: Sequence[Due], open_count: int, at: datetime) -> tuple[str, str]:
    """Return what we owe a client first; '' for the second half where there is nothing to say of it."""
    late = [due for due in dues if due.state == "breached"]
    if late:
        due = late[0]
        return (
            f"We are late with {due.subject.label}.",
            f"{due.title} was due {_when(due.due_at, at)} and has not come yet.",
        )
    many = "1 incident is open." if open_count == 1 else f"{open_count} incidents are open."
    count = many if open_count else "No incident is open." if dues else "Nothing is open."
    if dues:
        due = dues[0]
        what = f"{due.title[:1].lower()}{due.title[1:]}"
        on = "" if due.clock.target == "backup" else f" on {due.subject.label}"  # Its name says what it is of.
        return count, f"Next from us: {what}{on}, by {_when(due.due_at, at)}."
    return count, "Nothing in it has a date now." if open_count else ""


def _asked_words(awaited: Awaited, at: datetime) -> str:
    """Return when the first thing was asked for, or by when it is wanted."""
    if awaited.since is not None:
        return f"Asked {_when(awaited.since, at)}."
    return f"Wanted by {_when(awaited.due_at, at)}."


def _when(instant: datetime | None, at: datetime) -> str:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    return instant_text(instant, zone, "list", at) if instant is not None else "before"


def _step(
    awaited: Sequence[Awaited], decisions: Sequence[Decision], suspended: Sequence[Agreement], may_report: bool
) -> Step | None:
    if awaited:
        asked = awaited[0]
        return Step("Your next step", asked.title, asked.text, asked.verb, "message-square", asked.url)
    if decisions:
        wanted = decisions[0]
        return Step("Your next step", wanted.title, wanted.text, wanted.verb, "stamp", wanted.url)
    if not may_report:
        return None
    text = "Kept and answered later: support is suspended." if suspended else "Say what is wrong and how bad it is."
    return Step("Something wrong?", "Report an incident", text, "Report an incident", "plus", reverse("support_report"))
