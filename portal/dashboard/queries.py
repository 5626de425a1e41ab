"""What the first screens show: what is owed and by when, from the clock rows alone, whatever they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.db.models import Count, Q

from portal.accounts.models import User
from portal.clocks.models import Clock, ClockQuerySet, State
from portal.clocks.notices import INTERNAL_TARGETS
from portal.clocks.reading import at_risk, left_words, used_share
from portal.clocks.words import promised_words, target_label
from portal.contract.calendar import BusinessCalendar, always
from portal.contract.measures import NextRelease
from portal.contract.terms import Terms, known_terms
from portal.journal.models import Event
from portal.journal.subjects import Description, described

MOST_RUNNING = 20
MOST_BROKEN = 10
HOUR = timedelta(hours=1)
BROKEN = Q(state=State.BREACHED, met_at__isnull=True, breach__void__isnull=True)
"""Breached, still not given, and not voided."""

AROUND_THE_CLOCK = frozenset({"backup", "outage_resolution"})
"""Targets of a service, not of a severity: their time never stops. Clause: JS-18, JS-19."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One promise as a row: what, for whom, how much counted time is left, by which clause.

    Attributes:
        state: running, risk (past a warning) or breached.
        left: Counted time left, in words; by the wall clock once it is over.
        due_at: When it is due, or was.
        share: How much of the target is used up; None for one without a length.
        why_url: Where the date is explained, '' where no page does.
    """

    clock: Clock
    subject: Description
    title: str
    state: str
    due_at: datetime
    left: str
    share: Decimal | None
    url: str
    why_url: str


@dataclass(frozen=True, slots=True)
class OwedTogether:
    """What is owed on one subject, what presses most first: the client reads the subject once, and its dates below."""

    title: str
    url: str
    dues: list[Due]

    @property
    def state(self) -> str:
        """The state of what presses most."""
        return self.dues[0].state


def together(dues: Iterable[Due]) -> list[OwedTogether]:
    """Return promises by the page that tells of them, in the order of each one's first.

    A part of a service is called by its agreement and the client, whose own name the client need not read.
    """
    found: dict[str, OwedTogether] = {}
    for due in dues:
        title = due.subject.title.removesuffix(f", {due.clock.agreement.client.name}")
        found.setdefault(due.url, OwedTogether(title, due.url, [])).dues.append(due)
    return list(found.values())


def owed_by_us(user: User) -> ClockQuerySet:
    """Return the clocks of promises to clients that a user may see, thresholds of credits aside."""
    return (
        Clock.objects.visible_to(user)
        .filter(owed_by=Clock.Owner.PROVIDER, at_due=Clock.AtDue.BREACH)
        .exclude(target__in=INTERNAL_TARGETS)
        .select_related("agreement__client")
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many promises are broken and still unanswered, due within the hour, and running to a due instant in all."""

    breached: int
    within_the_hour: int
    running: int


def counts(clocks: ClockQuerySet, *, at: datetime) -> Counts:
    """Return how many promises stand how. Two queries: each reads an index of its own, and no clock that has ended."""
    breached = clocks.filter(BROKEN).count()
    running = (
        clocks.running()
        .filter(due_at__isnull=False)
        .aggregate(within_the_hour=Count("pk", filter=Q(due_at__lte=at + HOUR)), running=Count("pk"))
    )
    return Counts(breached=breached, **running)


def due_soonest(clocks: ClockQuerySet, *, user: User, at: datetime) -> list[Due]:
    """Return what was broken and is still unanswered, the latest first, then what is owed, soonest due first.

    Four queries, and one more for each kind of subject.
    """
    broken = clocks.filter(BROKEN).order_by("-due_at", "-id")[:MOST_BROKEN]
    running = clocks.running().filter(due_at__isnull=False).order_by("due_at", "id")[:MOST_RUNNING]
    rows = [*broken, *running]
    subjects = described(clock.named for clock in rows)
    amended = _amendments({clock.agreement_id for clock in rows})
    return [
        _row(clock, subject, _terms_at(clock, amended), user=user, at=at)
        for clock in rows
        if (subject := subjects.get(clock.named)) is not None
    ]


def _amendments(agreements: Iterable[int]) -> Mapping[int, list[Event]]:
    """Return the agreements' amendments in order. One query."""
    found: dict[int, list[Event]] = {}
    events = Event.objects.filter(agreement__in=list(agreements)).amendments().in_order()
    for event in events:
        found.setdefault(event.agreement_id, []).append(event)
    return found


def _terms_at(clock: Clock, amended: Mapping[int, list[Event]]) -> Terms:
    """Return the terms in force when a clock started."""
    before = [event for event in amended.get(clock.agreement_id, []) if event.at <= clock.started_at]
    document = before[-1].payload["terms"] if before else clock.agreement.terms
    return known_terms(document)


def _row(clock: Clock, subject: Description, terms: Terms, *, user: User, at: datetime) -> Due:
    assert clock.due_at is not None or clock.breached_at is not None  # noqa: S101  # Both queries ask for it.
    due_at = clock.due_at or clock.breached_at or at
    calendar, total = _measure(clock, terms, due_at)
    over = due_at < at or clock.state == State.BREACHED
    left = due_at - at if over else calendar.between(at, due_at)
    share = used_share(left, total)
    url = subject.staff_path if user.is_provider else subject.client_path
    return Due(
        clock=clock,
        subject=subject,
        title=_title(clock, user),
        state="breached" if over else "risk" if _is_at_risk(terms, share) else "running",
        due_at=due_at,
        left=left_words(left, by_the_wall_clock=over or calendar.always_open),
        share=Decimal(1) if over else share,
        url=url,
        why_url=url + subject.why.format(target=clock.target, ordinal=clock.ordinal) if subject.why else "",
    )


def _title(clock: Clock, user: User) -> str:
    """Return what is owed: staff read the target's name, clients what they get."""
    if clock.target == "backup" and not user.is_provider:
        return f"{clock.subject_ref.capitalize()} backup"
    if not user.is_provider:
        return promised_words(clock.target)
    return "Next update" if clock.target == "contact" else target_label(clock.target, clock.ordinal)


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
