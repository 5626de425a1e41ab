"""Incidents as the rows of lists: each with the promise that presses most on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from incidents.models import Incident
from incidents.queries import dues_of
from portal.clients.models import Agreement
from portal.clocks.models import Clock
from portal.clocks.remaining import Remaining, remaining_of
from portal.clocks.words import promised_words, target_label


@dataclass(frozen=True, slots=True)
class Row:
    """An incident with the clock that presses most on it: what broke first, else what is due next."""

    incident: Incident
    clock: Clock | None
    at: datetime
    remaining: Remaining | None = None

    @property
    def late(self) -> bool:
        """Whether that clock's due instant has passed."""
        return self.clock is not None and self.clock.due_at is not None and self.clock.due_at < self.at

    @property
    def label(self) -> str:
        """What is owed, as staff call it."""
        return target_label(self.clock.target, self.clock.ordinal) if self.clock is not None else ""

    @property
    def promised(self) -> str:
        """What is owed, as the client reads it."""
        return promised_words(self.clock.target) if self.clock is not None else ""


def rows_of(incidents: Sequence[Incident], *, at: datetime) -> list[Row]:
    """Return incidents as rows. One query."""
    dues = dues_of(incidents)
    return [Row(incident, dues.get(incident.pk), at) for incident in incidents]


def measured_rows_of(incidents: Sequence[Incident], *, at: datetime) -> list[Row]:
    """Return incidents as rows that say how much counted time is left. Three queries."""
    dues = dues_of(incidents)
    # Many rows share an agreement, whose terms are long: each is read once.
    agreements = Agreement.objects.in_bulk({clock.agreement_id for clock in dues.values()})
    for clock in dues.values():
        clock.agreement = agreements[clock.agreement_id]
    remaining = remaining_of(list(dues.values()), at=at)
    return [
        Row(incident, clock, at, remaining.get(clock.pk) if clock is not None else None)
        for incident in incidents
        for clock in (dues.get(incident.pk),)
    ]
