"""What the style guide shows: each component once, with figures of the mock-ups."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from portal.contract.money import Money
from portal.web.forms import Choice, InstantField, LineField, PortalForm, ProseField
from portal.web.words import STATES

_MARKS = [Decimal("0.5"), Decimal("0.75"), Decimal("0.9")]


class KitForm(PortalForm):
    """One field of each kind."""

    title = LineField(max_length=120, help_text="What your people see, in one line.")
    severity = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[
            ("critical", Choice("Critical", "Down, or hardly usable. Answer within 30 min, day and night.", "JS-6")),
            ("major", Choice("Major", "Unstable, or few can work. Answer within 4 h, day and night.", "JS-8")),
        ],
    )
    noticed_at = InstantField(label="Noticed", required=False)
    text = ProseField(label="What happened", required=False)
    urgent = forms.BooleanField(label="Call me as well", required=False)


def styleguide_context(now: datetime) -> dict[str, Any]:
    """Return the style guide's samples, placed around `now`."""
    return {
        "now": now,
        "states": list(STATES),
        "severities": ["critical", "major", "minor"],
        "form": KitForm({"title": "", "severity": "critical"}),
        "fee": Money(150_000, "USD"),
        "credit": Money(-100_000, "USD"),
        "cards": _cards(now),
        "rows": _rows(now),
        "total": timedelta(hours=6),
        "effects": [("Next update", "10:55 to 14:25 ET"), ("At stake", "$2,000.00 to $1,500.00")],
    }


def _cards(now: datetime) -> list[dict[str, Any]]:
    soon, later, late = (timedelta(minutes=minutes) for minutes in (13, 293, -3))
    running = {"live": True, "marks": _MARKS, "clause": "JS-6"}
    return [
        running
        | {"title": "Next update", "state": "risk", "share": Decimal("0.57"), "note": "every 30 min"}
        | {"figure": soon, "figure_note": "left", "due_at": now + soon},
        running
        | {"title": "Resolution", "state": "running", "share": Decimal("0.19"), "why_url": "#why"}
        | {"figure": later, "figure_note": "left of 6 h", "due_at": now + later},
        {"title": "First response", "state": "met", "share": Decimal("0.09"), "clause": "JS-8"}
        | {"figure": timedelta(minutes=21), "figure_note": "of 4 h", "note": "Met as major"},
        {"title": "Update 3", "state": "breached", "share": Decimal(1), "clause": "JS-6"}
        | {"figure": late, "due_at": now + late, "note": "flagged 41 ms after"},
    ]


def _rows(now: datetime) -> list[dict[str, Any]]:
    parts: list[tuple[str, int, int | None, str, str, int | None]] = [
        ("turn", -152, None, "Reported as major: 24 h", "JS-8", None),
        ("turn", -92, None, "Major to critical: the earlier of the old due and now + 6 h", "T-7", None),
        ("counted", -92, -62, "Counted", "JS-6", 30),
        ("paused", -62, -37, "Paused: information asked of Dana Whitlock", "JS-12", 0),
        ("counted", -37, 0, "Counted until now", "JS-6", 37),
        ("closed", 0, 5, "Closed: night", "T-1", 0),
        ("left", 5, 298, "Left", "JS-6", 293),
    ]
    return [
        {
            "segment": segment,
            "start": now + timedelta(minutes=start),
            "end": None if end is None else now + timedelta(minutes=end),
            "text": text,
            "clause": clause,
            "counted": None if counted is None else timedelta(minutes=counted),
        }
        for segment, start, end, text, clause, counted in parts
    ]
