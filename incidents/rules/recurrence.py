"""Whether a fault that came back counts as recurring. Clause: JS-13."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from incidents.rules.months import add_months


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A supported incident of one problem, as grave as the clause asks for."""

    ref: str
    reported_at: datetime


def within_months(earlier: datetime, later: datetime, months: int, zone: ZoneInfo) -> bool:
    """Return whether the later local date lies at most so many calendar months after the earlier's, its day clamped.

    Clause: JS-13.
    """
    return later.astimezone(zone).date() <= add_months(earlier.astimezone(zone).date(), months)


def recurrences(occurrences: Iterable[Occurrence], months: int, zone: ZoneInfo) -> Mapping[str, Sequence[str]]:
    """Return for each occurrence that came back the earlier ones within the months before it. Clause: JS-13."""
    ordered = sorted(occurrences, key=lambda one: (one.reported_at, one.ref))
    found = {
        later.ref: [
            earlier.ref
            for earlier in ordered[:index]
            if within_months(earlier.reported_at, later.reported_at, months, zone)
        ]
        for index, later in enumerate(ordered)
    }
    return {ref: earlier for ref, earlier in found.items() if earlier}
