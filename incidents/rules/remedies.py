"""Remedy plans: when one may be asked for, and how one stands. Clause: JS-21."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

AGAINST_PROVIDER = frozenset(
    {"scheduled_downtime_notice", "scheduled_downtime_allowance", "backup_retention", "termination_right"}
)
"""The kinds of findings that say something against the provider; the others say what the client is not owed."""

SOON = timedelta(days=3)
"""How long before its day an action's owner is reminded."""


class PlanState(StrEnum):
    """How a plan stands."""

    ASKED = "asked"
    """Nothing is proposed yet."""
    PROPOSED = "proposed"
    """The latest version waits for one side."""
    AGREED = "agreed"
    """Both sides agreed to the latest version, and it is carried out."""
    DONE = "done"
    WITHDRAWN = "withdrawn"


def plan_state(*, ending: str, sides: Collection[str] | None) -> PlanState:
    """Return how a plan stands; `sides` agreed to its latest version, None without any. Clause: JS-21."""
    if ending:
        return PlanState(ending)
    if sides is None:
        return PlanState.ASKED
    return PlanState.AGREED if len(set(sides)) == 2 else PlanState.PROPOSED


@dataclass(frozen=True, slots=True)
class Due:
    """An open action of an agreed version, by its number, with the last day on which it is in time."""

    number: int
    due_on: date


def due_soon(actions: Iterable[Due], *, today: date) -> list[int]:
    """Return the numbers of actions whose day has come near and is not over. `today` is the agreement's local date."""
    return [action.number for action in actions if today <= action.due_on <= today + SOON]


def overdue(actions: Iterable[Due], *, today: date) -> list[int]:
    """Return the numbers of actions whose day is over; the day itself is in time."""
    return [action.number for action in actions if action.due_on < today]
