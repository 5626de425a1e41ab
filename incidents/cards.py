"""An incident's clocks as the cards of its page: what is owed, by when, how much is left, which clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from incidents.standing import Standing
from portal.clocks.models import Breach
from portal.clocks.notices import INTERNAL_TARGETS
from portal.clocks.reading import LONG, at_risk, left_words, used_share
from portal.clocks.words import target_label
from portal.contract.clock import Clock
from portal.contract.explain import measure_text
from portal.web.figures import duration_text

MOST_BROKEN = 3
"""Broken updates that a page shows, of however many there were."""
MOST_SPANS = 60
"""Openings that a page counts by itself until it hears from the server again."""

WAITS = {
    "client": ("for the client", "for you"),
    "third_party": ("for a third party", "for a third party"),
    "information": ("for the client's information", "for information from you"),
    "suspended": ("until support is reinstated", "until support is reinstated"),
}
VOID_REASONS = {
    "unsupported": "support does not cover it",
    "client_misuse": "the cause is misuse",
    "outside_control": "the cause is outside our control",
    "withdrawn": "the report was withdrawn",
    "merged": "it goes on in another incident",
    "breach voided": "the breach was voided",
    "not promised for this severity": "not promised for this severity",
}

BreachOf = Mapping[tuple[str, int], Breach]
"""Recorded breaches by target and ordinal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One clock as `components/_clock_card.html` shows it; see there."""

    title: str
    state: str
    clause: str
    share: Decimal = Decimal(0)
    word: str = ""
    figure: timedelta | None = None
    figure_note: str = ""
    headline: str = ""
    due_at: datetime | None = None
    met_at: datetime | None = None
    note: str = ""
    marks: Iterable[Decimal] = ()
    live: bool = False
    open_spans: str = ""
    key: str = ""
    why_url: str = ""


def cards(standing: Standing, *, for_staff: bool) -> list[Card]:
    """Return the cards of an incident: what is owed, soonest due first; then the latest broken updates; then the rest.

    Kept updates and the thresholds of credits have none: they stand on the page that explains the deadlines.
    """
    state = standing.state
    breaches = {(breach.clock.target, breach.clock.ordinal): breach for breach in standing.breaches}
    clocks = [clock for clock in state.clocks.values() if clock.target not in INTERNAL_TARGETS]
    owed = sorted((clock for clock in clocks if clock.unmet), key=lambda clock: clock.due_at or standing.at)
    broken = [clock for clock in clocks if not clock.unmet and clock.target == "contact" and clock.state == "breached"]
    rest = [clock for clock in clocks if not clock.unmet and clock.target != "contact"]
    shown = [*owed, *broken[: -MOST_BROKEN - 1 : -1], *rest]
    made = [_card(clock, standing, breaches, for_staff=for_staff) for clock in shown]
    return [*made, *_not_started(standing)] if not state.closed else made


def _not_started(standing: Standing) -> Iterable[Card]:
    """Yield what does not run yet, and why. Clause: JB-4, JB-5."""
    state = standing.state
    if not state.supported:
        return
    if standing.lacks_diagnostics and state.responded_at is None and standing.terms.promise(state.severity, "response"):
        yield Card(
            title=target_label("response"),
            state="paused",
            word="Not started",
            headline="No deadline yet",
            note="Starts when the diagnostics are complete.",
            clause="JB-4",
        )
    if standing.lacks_reproduction and not state.attributed and standing.terms.promise(state.severity, "resolution"):
        yield Card(
            title=target_label("resolution"),
            state="paused",
            word="Not started",
            headline="No deadline yet",
            note="Starts once we have reproduced it.",
            clause="JB-5",
        )


def why_url(standing: Standing, clock: Clock, *, for_staff: bool) -> str:
    """Return the address at which a clock is explained."""
    name = "incident_why" if for_staff else "support_why"
    return reverse(name, args=[standing.incident.pk, clock.target, clock.ordinal])


def _card(clock: Clock, standing: Standing, breaches: BreachOf, *, for_staff: bool) -> Card:
    card = _CARD_OF[clock.state](clock, standing)
    breach = breaches.get((clock.target, clock.ordinal))
    note = card["note"]
    if not for_staff and clock.paused_by:
        ours, theirs = WAITS[clock.paused_by[0]]
        note = note.replace(ours, theirs)
    if not for_staff and card["state"] == "risk":  # Warnings are ours: the client's promise runs, or it is broken.
        card |= {"state": "running", "marks": ()}
    if for_staff and clock.state == "breached" and breach is not None and not breach.late_detected:
        note = f"{note}, flagged {duration_text(breach.detected_at - breach.due_at)} after".removeprefix(", ")
    return Card(
        title=_title(clock),
        clause=clock.promise.clause,
        key=f"{clock.target}-{clock.ordinal}",
        why_url=why_url(standing, clock, for_staff=for_staff),
        **{**card, "note": note},
    )


def _title(clock: Clock) -> str:
    return "Next update" if clock.target == "contact" and clock.open else target_label(clock.target, clock.ordinal)


def _running(clock: Clock, standing: Standing) -> dict[str, Any]:
    every = f"every {measure_text(clock.promise)}" if clock.target == "contact" else ""
    if clock.due_at is None:
        return {"state": "running", "headline": "No release planned", "note": "Due with the next release."}
    left = clock.calendar.between(standing.at, clock.due_at)
    share = used_share(left, clock.total)
    shares = standing.warnings
    spans = [] if clock.calendar.always_open else list(clock.calendar.spans(standing.at, clock.due_at))
    opened = [span for span in spans if span.kind == "counted"]
    return {
        "state": "risk" if at_risk(share, shares) else "running",
        "share": share or Decimal(0),
        "figure": left,
        "figure_note": "left" if every else f"left of {measure_text(clock.promise)}",
        "due_at": clock.due_at,
        "note": every,
        "marks": [Decimal(mark) / 100 for mark in shares] if clock.total is not None else [],
        "headline": _long_words(left) if clock.calendar.always_open else "",
        "live": len(spans) <= MOST_SPANS,
        "open_spans": " ".join(f"{span.start:%s}/{span.end:%s}" for span in opened),
    }


def _long_words(left: timedelta) -> str:
    """Return what is told in days, and nothing for a figure that a page counts down by itself."""
    return left_words(left, by_the_wall_clock=True) if abs(left) >= LONG else ""


def _paused(clock: Clock, standing: Standing) -> dict[str, Any]:
    waits = WAITS[clock.paused_by[0]][0] if clock.paused_by else ""
    if clock.remaining is None:
        return {"state": "paused", "headline": "With a later release", "note": f"Waits {waits}."}
    return {
        "state": "paused",
        "share": used_share(clock.remaining, clock.total) or Decimal(0),
        "figure": clock.remaining,
        "figure_note": f"left of {measure_text(clock.promise)}",
        "note": f"Waits {waits}.",
    }


def _met(clock: Clock, standing: Standing) -> dict[str, Any]:
    severity = f"as {clock.promise.severity}" if clock.promise.severity != standing.state.severity else ""
    if clock.total is None or clock.due_at is None or clock.met_at is None:
        return {"state": "met", "headline": "In time", "met_at": clock.met_at, "note": severity}
    left = clock.calendar.between(clock.met_at, clock.due_at)
    return {
        "state": "met",
        "share": used_share(left, clock.total) or Decimal(0),
        "figure": max(clock.total - left, timedelta()),
        "figure_note": f"of {measure_text(clock.promise)}",
        "met_at": clock.met_at,
        "note": severity,
    }


def _breached(clock: Clock, standing: Standing) -> dict[str, Any]:
    assert clock.breached_at is not None  # noqa: S101  # That is what the state says.
    late = (clock.met_at or standing.at) - clock.breached_at
    return {
        "state": "breached",
        "share": Decimal(1),
        "figure": -late,
        "headline": _long_words(-late),
        "due_at": clock.breached_at,
        "note": "kept late" if clock.met_at else "",
        "live": clock.met_at is None,
    }


def _void(clock: Clock, standing: Standing) -> dict[str, Any]:
    why = VOID_REASONS.get(clock.void_reason, clock.void_reason)
    return {"state": "void", "headline": "Does not count", "note": f"{why[:1].upper()}{why[1:]}."}


_CARD_OF = {"running": _running, "paused": _paused, "met": _met, "breached": _breached, "void": _void}
