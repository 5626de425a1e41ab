"""Reading the outbox: whether alerting works, and how fast it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import cast

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from portal.alerts.models import Heartbeat, Message
from portal.web.figures import duration_text

FLAGGER = "flagger"
"""The heartbeat of the clocks' tick."""
LONGEST_SILENCE = timedelta(seconds=60)
"""How long the flagger may go without finishing a full cycle."""
LONGEST_WAIT = timedelta(seconds=120)
"""How old the oldest unsent message may be."""
RECENT_FAILURES = timedelta(days=7)
LATEST = 1000
"""How many alerts the latency is told of at most."""


@dataclass(frozen=True, slots=True)
class AlertingState:
    """Whether breaches are noticed and mails go out.

    Attributes:
        flagger_at: When the flagger last finished a full cycle; None: never.
        oldest_unsent_at: Since when the oldest message waits; None: nothing waits.
        unsent: How many messages wait.
        problems: What is wrong, a sentence each; empty while all is well.
    """

    flagger_at: datetime | None
    oldest_unsent_at: datetime | None
    unsent: int
    problems: Sequence[str]


def alerting_state(at: datetime) -> AlertingState:
    """Return how alerting stands at an instant. Always two queries."""
    flagger_at = Heartbeat.objects.filter(name=FLAGGER).values_list("finished_at", flat=True).first()
    # What is kept for its reader's digest waits from when that is due.
    due = Q(collect_at__isnull=True) | Q(collect_at__lte=at)
    waiting = (
        Message.objects.unsent()
        .filter(due)
        .aggregate(oldest=Min(Coalesce("collect_at", "queued_at")), number=Count("pk"))
    )
    problems = []
    if flagger_at is None:
        problems.append("Deadlines are not watched: the flagger has not finished a cycle yet.")
    elif at - flagger_at > LONGEST_SILENCE:
        problems.append(f"Deadlines have not been watched for {duration_text(at - flagger_at)}.")
    if waiting["oldest"] and at - waiting["oldest"] > LONGEST_WAIT:
        problems.append(f"The oldest unsent mail has waited for {duration_text(at - waiting['oldest'])}.")
    return AlertingState(flagger_at, waiting["oldest"], waiting["number"], problems)


def failed_recently(at: datetime) -> int:
    """Return how many messages failed for good within the seven days before an instant. One query."""
    return Message.objects.filter(failed_at__gt=at - RECENT_FAILURES, failed_at__lte=at).count()


@dataclass(frozen=True, slots=True)
class Stage:
    """How long one part of an alert's way took, over many alerts."""

    name: str
    p50: timedelta
    p95: timedelta
    p99: timedelta
    worst: timedelta


@dataclass(frozen=True, slots=True)
class Latency:
    """How fast the portal alerts. `stages` is empty when no alert was measured."""

    alerts: int
    stages: Sequence[Stage]


def latency(*, since: datetime) -> Latency:
    """Return the latency of the latest alerts accepted since an instant, 1000 at most. One query.

    Alerts about what was loaded or detected late carry no due instant, and are not in it.
    """
    latest = Message.objects.timed().filter(accepted_at__gte=since).order_by("-accepted_at", "-pk")
    instants = latest.values_list("due_at", "detected_at", "queued_at", "accepted_at")[:LATEST]
    rows = cast("list[tuple[datetime, datetime, datetime, datetime]]", list(instants))  # `timed` has none empty.
    if not rows:
        return Latency(0, [])
    ways = {
        "Due to detected": [detected - due for due, detected, _, _ in rows],
        "Detected to queued": [queued - detected for _, detected, queued, _ in rows],
        "Queued to accepted": [accepted - queued for _, _, queued, accepted in rows],
        "Due to accepted": [accepted - due for due, _, _, accepted in rows],
    }
    return Latency(len(rows), [_stage(name, sorted(lengths)) for name, lengths in ways.items()])


def _stage(name: str, lengths: Sequence[timedelta]) -> Stage:
    """Return the percentiles of sorted lengths by nearest rank: each is a length that occurred."""
    p50, p95, p99 = (lengths[ceil(len(lengths) * percent / 100) - 1] for percent in (50, 95, 99))
    return Stage(name, p50, p95, p99, lengths[-1])
