"""Canned replies: which there are for somebody, and what they say of one incident."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from incidents.models import CannedReply, Incident
from incidents.queries import next_due
from portal.accounts.models import User
from portal.web.figures import instant_text

PLACEHOLDERS = {
    "contact": "the first name of who reported it",
    "client": "the client's name",
    "incident": "its reference",
    "title": "its title",
    "due": "when what we owe next is due, in the client's zone",
    "me": "your own name",
}
"""What a canned reply may leave open, and what is filled in."""
_PLACEHOLDER = re.compile(r"\{([A-Za-z_]{1,40})\}", re.ASCII)


def unknown_placeholders(body: str) -> list[str]:
    """Return what stands in braces and can't be filled in, in order."""
    return [name for name in _PLACEHOLDER.findall(body) if name not in PLACEHOLDERS]


def canned_for(user: User) -> list[CannedReply]:
    """Return the canned replies that somebody may use, by title. One query."""
    return list(CannedReply.objects.visible_to(user))


def filled(reply: CannedReply, incident: Incident, user: User) -> str:
    """Return a canned reply's text for one incident. One query. What is filled in is plain text like the rest."""
    clock = next_due(incident)
    due = "as soon as we can"
    if clock is not None and clock.due_at is not None:
        due = f"by {instant_text(clock.due_at, ZoneInfo(incident.client.zone))}"
    reporter = incident.reporter
    words = {
        "contact": reporter.get_short_name() if reporter is not None and not reporter.is_provider else "there",
        "client": incident.client.name,
        "incident": incident.ref,
        "title": incident.title,
        "due": due,
        "me": user.name,
    }
    # One pass: braces in what is filled in are nobody's placeholders.
    return _PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), reply.body)
