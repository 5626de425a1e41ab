"""What an act would move: each deadline as it is and as it would be, by folding an event that nobody recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from incidents.cards import WAITS
from incidents.queries import state_with
from incidents.standing import Standing
from portal.clocks.notices import INTERNAL_TARGETS
from portal.clocks.words import target_label
from portal.contract.clock import Clock
from portal.contract.events import IncidentReclassified
from portal.web.figures import duration_text


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due, or in words why it has no instant."""

    at: datetime | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One clock before and after. `change` says how far it moves: `6 h earlier`, `The same`."""

    label: str
    clause: str
    before: Deadline
    after: Deadline
    change: str


def moves_of_reclassification(standing: Standing, severity: str) -> list[Move]:
    """Return what another severity would do to each open clock now, soonest due first. Two queries, no write.

    Clause: JS-4, T-7.
    """
    event = IncidentReclassified(at=standing.at, incident=standing.incident.ref, severity=severity)
    state = state_with(standing.incident, event, until=standing.at)
    return list(_moves(standing.state.clocks, state.clocks))


def _moves(before: dict[tuple[str, int], Clock], after: dict[tuple[str, int], Clock]) -> Iterator[Move]:
    for key, clock in sorted(after.items(), key=lambda pair: (pair[1].due_at is None, pair[1].due_at, pair[0])):
        old = before.get(key)
        if clock.target in INTERNAL_TARGETS or not (clock.open or (old is not None and old.open)):
            continue
        was = _deadline(old) if old is not None else Deadline(None, "Does not run")
        now = _deadline(clock)
        label = "Next update" if clock.target == "contact" else target_label(clock.target, clock.ordinal)
        yield Move(label, clock.promise.clause, was, now, _change(was, now))


def _deadline(clock: Clock) -> Deadline:
    if not clock.open:
        return Deadline(None, "Not promised")
    if clock.paused_by:
        left = f", {duration_text(clock.remaining)} left" if clock.remaining is not None else ""
        return Deadline(None, f"Waits {WAITS[clock.paused_by[0]][0]}{left}")
    return Deadline(clock.due_at, "" if clock.due_at is not None else "With the next release")


def _change(was: Deadline, now: Deadline) -> str:
    if was == now:
        return "The same"
    if was.at is None or now.at is None:
        return "Changes"
    return f"{duration_text(abs(now.at - was.at))} {'earlier' if now.at < was.at else 'later'}"
