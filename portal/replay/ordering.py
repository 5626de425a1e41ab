"""What only the order of a history's events shows: what comes before its subject, or against the terms of its time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import datetime

from incidents.rules.shared import Ordered
from portal.contract import events as e
from portal.contract.bad_line import BadLine
from portal.contract.terms import FEWEST_CUTOFF_DAYS, InvalidTerms, Terms, read_terms
from portal.contract.zones import InvalidZone, check_zone

CLOCKED = frozenset({"incident", "outage", "backup", "request", "engagement", "implementation"})
"""The kinds of subjects that have clocks."""


def check_order(terms: Terms, incidents: Mapping[str, Iterable[Ordered]], others: Iterable[Ordered]) -> None:
    """Refuse what can't have happened in this order.

    Args:
        terms: Those of the header; an amendment changes them.
        incidents: By reference, each incident's events in order.
        others: All other events in order.

    Raises:
        BadLine: The first such line of the file among the incidents', or else the first in time among the others.
    """
    walk = _Walk(terms)
    for _, number, event in others:
        walk.take(number, event)
    bad = [line for ref, rows in incidents.items() if (line := _check_incident(ref, rows, walk)) is not None]
    if bad:
        raise min(bad, key=lambda line: line.line)


def _check_incident(ref: str, rows: Iterable[Ordered], walk: _Walk) -> BadLine | None:
    """Return the first line of an incident that is wrong. Its severities are those of the terms at its report."""
    terms: Terms | None = None
    reported, reclassified = e.IncidentReported, e.IncidentReclassified
    for at, number, event in rows:
        cls = type(event)
        if cls is reported:
            if terms is not None:
                return BadLine(number, "incident", f"{ref!r} was reported before; report each incident once")
            terms = walk.terms_at(at, number)
        elif terms is None:
            field = "subject" if cls is e.BreachVoided else "incident"
            return BadLine(number, field, f"{ref!r} was not reported by then")
        elif cls is not reclassified:
            continue
        if event.severity not in terms.ranks and terms.document.support is not None:  # type: ignore[attr-defined]
            found = repr(event.severity)  # type: ignore[attr-defined]  # a report or a change of severity
            known = ", ".join(terms.ranks) or "none"
            return BadLine(number, "severity", f"{found} is no severity of these terms; they have {known}")
    return None


class _Walk:
    """Walks over the events that are no incident's, and remembers the terms of each time."""

    def __init__(self, terms: Terms) -> None:
        self.known: dict[str, set[str]] = {"hosted_event": set(), "implementation": set()}
        self.requests: set[tuple[str, str]] = set()
        self._amended: list[tuple[datetime, int]] = []
        self._terms = [terms]

    def terms_at(self, at: datetime, number: int) -> Terms:
        """Return the terms under which an event of that instant and line begins."""
        return self._terms[bisect_left(self._amended, (at, number))]

    def _introduced(self, number: int, kind: str, ref: str, introducing: type[e.Event], event: e.Event) -> None:
        if isinstance(event, introducing):
            self.known[kind].add(ref)
        elif ref not in self.known[kind]:
            raise BadLine(number, kind, f"{ref!r} was not introduced by {e.INTRODUCED_BY[kind]} by then")

    def take(self, number: int, event: e.Event) -> None:
        match event:
            case e.BreachVoided():
                kind, ref = event.subject
                if kind not in CLOCKED or not ref:
                    raise BadLine(
                        number,
                        "subject",
                        f"{event.subject_ref!r} has no clocks; write a clock's subject such as outage:A",
                    )
                if kind in self.known and ref not in self.known[kind]:
                    raise BadLine(number, "subject", f"{event.subject_ref!r} was not introduced by then")
            case e.HostedEventEvent():
                self._introduced(number, "hosted_event", event.hosted_event, e.HostedEventScheduled, event)
                if isinstance(event, e.HostedEventScheduled | e.HostedEventRescheduled):
                    self._zone(number, event.timezone)
                    for start, end in event.sessions:
                        self._interval(number, "sessions", start, end)
            case e.MaintenanceAnnounced():
                self._interval(number, "end", event.start, event.end)
            case e.OutageRecorded():
                if event.end is not None:
                    self._interval(number, "end", event.start, event.end)
            case e.AgreementAmended():
                self._amend(number, event)
            case e.ImplementationEvent():
                self._implementation(number, event)
            case e.ChangeRequested():
                self._zone(number, event.timezone)
                self._interval(number, "end", event.start, event.end)

    def _amend(self, number: int, event: e.AgreementAmended) -> None:
        try:
            self._terms.append(read_terms(event.terms))
        except InvalidTerms as error:
            raise BadLine(number, "terms", str(error)) from None
        self._amended.append((e.as_utc(event.at), number))

    def _implementation(self, number: int, event: e.ImplementationEvent) -> None:
        self._introduced(number, "implementation", event.implementation, e.ImplementationPlanned, event)
        if isinstance(event, e.ImplementationPlanned):
            days = event.cutoff_business_days
            if days is not None and days < FEWEST_CUTOFF_DAYS:
                raise BadLine(
                    number, "cutoff_business_days", f"{days} is under {FEWEST_CUTOFF_DAYS} business days (JI-6)"
                )
        elif isinstance(event, e.ImplementationRequested):
            self.requests.add((event.implementation, event.request))
        elif isinstance(event, e.ImplementationAnswered) and (event.implementation, event.request) not in self.requests:
            raise BadLine(number, "request", f"{event.request!r} was not requested by then")

    @staticmethod
    def _zone(number: int, zone: str) -> None:
        try:
            check_zone(zone)
        except InvalidZone as error:
            raise BadLine(number, "timezone", str(error)) from None

    @staticmethod
    def _interval(number: int, name: str, start: datetime, end: datetime) -> None:
        if end <= start:
            raise BadLine(number, name, f"{end.isoformat()} is not after {start.isoformat()}")
