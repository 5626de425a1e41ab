"""What people call a clock, the same on pages and in mails."""

from __future__ import annotations

TARGETS = {
    "response": "First response",
    "resolution": "Resolution",
    "contact": "Update",
    "response_credit": "Response, credit threshold",
    "resolution_credit": "Resolution, credit threshold",
    "outage_resolution": "End of the outage",
    "backup": "Backup",
    "window": "Answer",
    "cutoff": "Content cut-off",
    "reply": "Reply",
    "resume": "Restart",
    "checkin": "Check-in",
    "report": "Status report",
    "owner_update": "Owner's update",
}
NUMBERED = frozenset({"contact"})
"""Targets of which a subject has many: their number belongs to the name."""

PROMISED = {
    "response": "A first answer",
    "resolution": "A fix or work-around",
    "contact": "An update",
}
"""The same as the client reads it: what it gets."""


def promised_words(target: str) -> str:
    """Return what a client gets when a clock is met: `A fix or work-around`."""
    return PROMISED.get(target, target_label(target))


def target_label(target: str, ordinal: int = 1) -> str:
    """Return a clock's name: `First response`, `Update 3`, and `Resolution 2` for the one after a reopening."""
    label = TARGETS.get(target, target.replace("_", " ").capitalize())
    return f"{label} {ordinal}" if ordinal > 1 or target in NUMBERED else label
