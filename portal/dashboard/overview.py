"""The client's first screen in one sentence, and its one next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement
from portal.clients.today import Awaited
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
    user: User,
    *,
    dues: Sequence[Due],
    awaited: Sequence[Awaited],
    open_count: int,
    suspended: Sequence[Agreement],
    at: datetime,
) -> Overview:
    """Return where a client stands. What is asked of it comes first, then what we are late with, then what is due."""
    sentence, rest = _sentence(dues, awaited, open_count, suspended, at)
    return Overview(sentence, rest, _step(user, awaited, suspended))


def _sentence(
    dues: Sequence[Due], awaited: Sequence[Awaited], open_count: int, suspended: Sequence[Agreement], at: datetime
) -> tuple[str, str]:
    late = [due for due in dues if due.state == "breached"]
    if suspended:
        return (
            "Support is suspended.",
            "What you report is kept, and its time does not run until support is reinstated.",
        )
    if awaited:
        first = awaited[0]
        what = f" on {first.label}" if first.label else f": {first.title}"
        if len(awaited) > 1:
            what = f": {len(awaited)} things"
        return f"We need something from you{what}.", _asked_words(first, at)
    if late:
        due = late[0]
        return (
            f"We are late with {due.subject.label}.",
            f"{due.title} was due {_when(due.due_at, at)} and has not come yet.",
        )
    if dues:
        due = dues[0]
        count = "1 incident is open." if open_count == 1 else f"{open_count} incidents are open."
        return (
            count,
            f"Next from us: {due.title[:1].lower()}{due.title[1:]} on {due.subject.label}, by {_when(due.due_at, at)}.",
        )
    if open_count:
        count = "1 incident is open." if open_count == 1 else f"{open_count} incidents are open."
        return count, "Nothing in it has a date now."
    return "Nothing is open.", "Everything that you reported is solved."


def _asked_words(awaited: Awaited, at: datetime) -> str:
    """Return when the first thing was asked for, or by when it is wanted."""
    if awaited.since is not None:
        return f"Asked {_when(awaited.since, at)}."
    return f"Wanted by {_when(awaited.due_at, at)}."


def _when(instant: datetime | None, at: datetime) -> str:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    return instant_text(instant, zone, "list", at) if instant is not None else "before"


def _step(user: User, awaited: Sequence[Awaited], suspended: Sequence[Agreement]) -> Step | None:
    if awaited:
        first = awaited[0]
        return Step("Your next step", first.title, first.text, first.verb, "message-square", first.url)
    if not may(user, Act.REPORT_INCIDENT):
        return None
    text = "Kept and answered later: support is suspended." if suspended else "Say what is wrong and how bad it is."
    return Step("Something wrong?", "Report an incident", text, "Report an incident", "plus", reverse("support_report"))
