"""How much of a promise is left, from its clock row and the terms in force when it started."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from portal.clocks.models import Clock, State
from portal.clocks.reading import at_risk, left_words, used_share
from portal.contract.calendar import BusinessCalendar, always
from portal.contract.measures import NextRelease
from portal.contract.terms import Terms, known_terms
from portal.journal.models import Event

AROUND_THE_CLOCK = frozenset({"backup", "outage_resolution"})
"""Targets of a service, not of a severity: their time never stops. Clause: JS-18, JS-19."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What is left of one promise.

    Attributes:
        state: running, risk (past a warning) or breached.
        due_at: When it is due, or was.
        left: Counted time left, in words; by the wall clock once it is over.
        share: How much of the target is used up; None for one without a length.
    """

    state: str
    due_at: datetime
    left: str
    share: Decimal | None


def remaining_of(clocks: Sequence[Clock], *, at: datetime) -> Mapping[int, Remaining]:
    """Return what is left of promises that run to a due instant or are broken, by the clock's id.

    One query; the clocks come with their agreements.
    """
    amended = _amendments({clock.agreement_id for clock in clocks})
    return {clock.pk: _remaining(clock, _terms_at(clock, amended), at) for clock in clocks}


def _amendments(agreements: Iterable[int]) -> Mapping[int, list[Event]]:
    """Return the agreements' amendments in order. One query."""
    found: dict[int, list[Event]] = {}
    for event in Event.objects.filter(agreement__in=list(agreements)).amendments().in_order():
        found.setdefault(event.agreement_id, []).append(event)
    return found


def _terms_at(clock: Clock, amended: Mapping[int, list[Event]]) -> Terms:
    """Return the terms in force when a clock started."""
    before = [event for event in amended.get(clock.agreement_id, []) if event.at <= clock.started_at]
    document = before[-1].payload["terms"] if before else clock.agreement.terms
    return known_terms(document)


def _remaining(clock: Clock, terms: Terms, at: datetime) -> Remaining:
    due_at = clock.due_at or clock.breached_at or at
    calendar, total = _measure(clock, terms, due_at)
    over = due_at < at or clock.state == State.BREACHED
    left = due_at - at if over else calendar.between(at, due_at)
    share = used_share(left, total)
    return Remaining(
        state="breached" if over else "risk" if _is_at_risk(terms, share) else "running",
        due_at=due_at,
        left=left_words(left, by_the_wall_clock=over or calendar.always_open),
        share=Decimal(1) if over else share,
    )


def _measure(clock: Clock, terms: Terms, due_at: datetime) -> tuple[BusinessCalendar, timedelta | None]:
    """Return the calendar on which a clock counts, and how much its target allows."""
    if clock.target in AROUND_THE_CLOCK:
        return _day_and_night(terms.business.zone), due_at - clock.started_at
    for hosted in (False, True):
        promise = terms.promise(clock.severity, clock.target, hosted=hosted)
        if promise is not None and promise.clause == clock.clause:
            measure = promise.measure
            if isinstance(measure, NextRelease):
                return measure.calendar, None
            return measure.calendar, measure.total(clock.started_at, due_at)
    return terms.business, None


_day_and_night = lru_cache(maxsize=64)(always)


def _is_at_risk(terms: Terms, share: Decimal | None) -> bool:
    """Return whether a share of the target that its terms warn of is used up."""
    support = terms.document.support
    warnings = support.warnings.value if support is not None and support.warnings is not None else []
    return at_risk(share, warnings)
