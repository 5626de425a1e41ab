"""Which lots are spent: the soonest to expire first, never one that has expired or is not yet valid. Clause: JN-2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LotState:
    """What is left of a lot; `expires_at` is the first instant at which it is no longer valid, None for never."""

    id: int
    remaining: int
    effective_at: datetime
    expires_at: datetime | None

    def is_valid(self, at: datetime) -> bool:
        """Return whether the lot may be spent at an instant."""
        return self.effective_at <= at and (self.expires_at is None or at < self.expires_at)


def spend(lots: Iterable[LotState], minor: int, *, at: datetime) -> dict[int, int]:
    """Return how much is taken from each lot, soonest to expire first, then oldest; less in all if there is less."""
    taken: dict[int, int] = {}
    for lot in sorted(lots, key=lambda one: (one.expires_at or NEVER, one.id)):
        part = min(lot.remaining, minor)
        if lot.is_valid(at) and part > 0:
            taken[lot.id] = part
            minor -= part
    return taken
