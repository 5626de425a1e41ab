"""What the first screens show: what is owed and by when, from the clock rows alone, whatever they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q

from portal.accounts.models import User
from portal.clocks.models import Clock, ClockQuerySet, State
from portal.clocks.notices import INTERNAL_TARGETS
from portal.clocks.remaining import Remaining, remaining_of
from portal.clocks.words import promised_words, target_label
from portal.journal.subjects import Description, described

MOST_RUNNING = 20
MOST_BROKEN = 10
HOUR = timedelta(hours=1)
BROKEN = Q(state=State.BREACHED, met_at__isnull=True, breach__void__isnull=True)
"""Breached, still not given, and not voided."""


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
    remaining = remaining_of(rows, at=at)
    return [
        _row(clock, subject, remaining[clock.pk], user=user)
        for clock in rows
        if (subject := subjects.get(clock.named)) is not None
    ]


def _row(clock: Clock, subject: Description, remaining: Remaining, *, user: User) -> Due:
    url = subject.staff_path if user.is_provider else subject.client_path
    return Due(
        clock=clock,
        subject=subject,
        title=_title(clock, user),
        state=remaining.state,
        due_at=remaining.due_at,
        left=remaining.left,
        share=remaining.share,
        url=url,
        why_url=url + subject.why.format(target=clock.target, ordinal=clock.ordinal) if subject.why else "",
    )


def _title(clock: Clock, user: User) -> str:
    """Return what is owed: staff read the target's name, clients what they get."""
    if clock.target == "backup":
        return "Next one" if user.is_provider else f"{clock.subject_ref.capitalize()} backup"
    if not user.is_provider:
        return promised_words(clock.target)
    return "Next update" if clock.target == "contact" else target_label(clock.target, clock.ordinal)
