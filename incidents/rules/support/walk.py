"""The walk along an incident's history. Clause: T-5."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from incidents.rules.shared import Change, Ordered, Shared
from incidents.rules.support.state import IncidentState
from portal.contract import events as e

Step = Callable[[IncidentState, Any, datetime], None]

STEPS: dict[type[e.Event], Step] = {
    e.IncidentReported: IncidentState.report,
    e.IncidentDiagnosticsCompleted: IncidentState.complete_diagnostics,
    e.IncidentResponded: IncidentState.respond,
    e.IncidentContacted: IncidentState.contact,
    e.IncidentReproduced: IncidentState.reproduce,
    e.IncidentWaiting: IncidentState.wait,
    e.IncidentResumed: IncidentState.resume,
    e.IncidentReclassified: IncidentState.reclassify,
    e.IncidentResolved: IncidentState.resolve,
    e.IncidentReopened: IncidentState.reopen,
    e.IncidentLinked: IncidentState.link,
    e.IncidentDetermined: IncidentState.determine,
    e.IncidentAttributed: IncidentState.attribute,
    e.IncidentWithdrawn: IncidentState.withdraw,
    e.IncidentMerged: IncidentState.merge,
    e.BreachVoided: IncidentState.void_breach,
}

WHEN_CLOSED = frozenset(
    {e.IncidentReopened, e.IncidentLinked, e.IncidentDetermined, e.IncidentAttributed, e.BreachVoided}
)
"""What still counts after a resolution; everything else is then a no-op."""


def step(state: IncidentState, event: e.Event, at: datetime) -> IncidentState:
    """Let one of the incident's own events happen to it at an instant in UTC; return the state."""
    cls = type(event)
    if state.closed and cls not in WHEN_CLOSED:
        return state
    state.pass_time(at)
    STEPS[cls](state, event, at)
    return state


def fold(ref: str, events: Iterable[Ordered], shared: Shared, *, until: datetime) -> IncidentState | None:
    """Return an incident as it stands at `until`, from its own events in order; None where it has none by then.

    A clock due exactly at `until` still runs; an event at `until` has happened. Clause: T-5.
    """
    state: IncidentState | None = None
    changes, position = shared.changes, 0
    for at, order, event in events:
        if at > until:
            break
        if state is None:
            position = shared.position(at, order)
            state = IncidentState(ref, shared.before(position))
        elif position < len(changes):
            ahead = shared.position(at, order)
            if not state.closed:
                position = _share(state, changes, position, ahead)
            if position != ahead:
                position = ahead
                state.moment = shared.before(ahead)
        step(state, event, at)
    if state is None:
        return None
    if not state.closed and position < len(changes):
        _share(state, changes, position, len(changes))
    state.pass_time(until)
    return state


def _share(state: IncidentState, changes: list[Change], position: int, ahead: int) -> int:
    """Walk along the shared changes until `ahead` or until one of them closes the incident; return where it stopped."""
    while position < ahead and not state.closed:
        state.share(changes[position])
        position += 1
    return position
