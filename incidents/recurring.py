"""Which incidents of a problem came back within the months that the terms name. Clause: JS-13."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from incidents.models import Incident, Problem
from incidents.rules.recurrence import Occurrence, recurrences
from portal.accounts.models import User

MOST = 500


@dataclass(frozen=True, slots=True)
class CameBack:
    """An incident that came back: with the earlier ones that it recurs, within how many months, by which clause."""

    incident: Incident
    earlier: Sequence[Incident]
    months: int
    clause: str


def came_back(problem: Problem, user: User) -> list[CameBack]:
    """Return the incidents of a problem that count as recurring under their agreements' pinned terms, newest first.

    The latest 500 of the problem are looked at. One query. Clause: JS-13.
    """
    incidents = Incident.objects.visible_to(user).filter(problem=problem, supported=True)
    by_agreement: dict[int, list[Incident]] = {}
    for incident in incidents.select_related("client", "agreement").order_by("-reported_at", "-id")[:MOST]:
        by_agreement.setdefault(incident.agreement_id, []).append(incident)
    found = [row for own in by_agreement.values() for row in _came_back(own)]
    return sorted(found, key=lambda row: (row.incident.reported_at, row.incident.pk), reverse=True)


def _came_back(incidents: Sequence[Incident]) -> list[CameBack]:
    agreement = incidents[0].agreement
    credits = agreement.pinned_terms.document.credits
    row = credits.recurring if credits is not None else None
    if row is None:
        return []
    grave = {incident.ref: incident for incident in incidents if incident.severity == row.severity}
    occurrences = [Occurrence(incident.ref, incident.reported_at) for incident in grave.values()]
    return [
        CameBack(grave[ref], [grave[one] for one in earlier], row.months.value, row.months.clause)
        for ref, earlier in recurrences(occurrences, row.months.value, ZoneInfo(agreement.zone)).items()
    ]
