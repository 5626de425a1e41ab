"""What incidents bring to the first screens: whom they wait for, what wants a decision, who is at risk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from incidents.models import Incident, IncidentQuerySet, InformationItem, Outage, Wait
from incidents.models.support import Category
from incidents.queries import waiting_on_clients
from incidents.rules.months import Month
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement
from portal.clients.today import MOST, Asked, Awaited, Decision, Risk
from portal.clients.underway import Begun
from portal.clocks.models import Breach, Clock
from portal.clocks.notices import INTERNAL_TARGETS
from portal.web.figures import instant_text

LATELY = timedelta(days=30)
MANY_BREACHES = 2
"""So many broken promises within `LATELY` are a reason to look at a client."""
RECURRING = timedelta(days=92)
"""Three months at their longest: what came back within it may count as recurring. Clause: JS-13."""


def awaited(asked: Asked) -> list[Awaited]:
    """Return the incidents that wait for a client, the longest first. One query, for a client three. Clause: T-6."""
    incidents = waiting_on_clients(asked.user)
    if not asked.user.is_provider:
        return [_wanted(incident) for incident in _with_what_is_wanted(incidents)[:MOST]]
    if asked.narrowed:
        own = Q(assignee=asked.user) if asked.whose == "mine" and asked.client_id is None else Q(pk__in=[])
        incidents = incidents.filter(Q(agreement__in=asked.agreements()) | own)
    return [_awaited(incident) for incident in incidents[:MOST]]


def begun(agreement: Agreement, at: datetime) -> Iterator[Begun]:
    """Yield what keeps the terms with which it began: open incidents, open outages, the running month. Two queries."""
    incidents = Incident.objects.open().filter(agreement=agreement).count()
    if incidents:
        many = "1 open incident" if incidents == 1 else f"{incidents:,} open incidents"
        yield Begun(many, f"{reverse('incident_queue')}?client={agreement.client_id}")
    if Outage.objects.filter(agreement=agreement, ends_at__isnull=True).exists():
        yield Begun("The open outage", reverse("availability", args=[agreement.pk]))
    month = Month.of(at, ZoneInfo(agreement.zone))
    yield Begun(f"{date(month.year, month.number, 1):%B %Y}, its availability and its credits")


def _awaited(incident: Incident) -> Awaited:
    """Return an incident that waits for its client, for staff."""
    what = "information for" if incident.waiting_on == "information" else "an answer on"
    return Awaited(
        title=incident.title,
        url=reverse("incident", args=[incident.pk]),
        label=incident.ref,
        text=f"{what} {incident.ref}",
        whom=incident.client.name,
        since=incident.waiting_since,
        state="paused",
    )


def _with_what_is_wanted(incidents: IncidentQuerySet) -> IncidentQuerySet:
    """Return incidents with what they wait for in words: the things asked for, or the reason of the wait."""
    missing = InformationItem.objects.filter(provided_at__isnull=True, request__answered_at__isnull=True)
    waits = Wait.objects.filter(incident=OuterRef("pk"), began_at=OuterRef("waiting_since")).order_by("-pk")
    return incidents.annotate(wait_reason=Subquery(waits.values("reason")[:1])).prefetch_related(
        Prefetch("information_requests__items", missing)
    )


def _wanted(incident: Incident) -> Awaited:
    """Return an incident that waits for its client, for the client: what it should send, and where."""
    missing = [item.text for request in incident.information_requests.all() for item in request.items.all()]
    if incident.waiting_on == "information" and missing:
        what = "this" if len(missing) == 1 else f"{len(missing)} things"
        return Awaited(
            title=f"Send us {what}: {incident.title}",
            url=reverse("support_answer", args=[incident.pk]),
            label=incident.ref,
            text=f"{incident.ref}. {'; '.join(missing)}",
            since=incident.waiting_since,
            verb="Send it" if len(missing) == 1 else "Send them",
            state="paused",
        )
    reason = getattr(incident, "wait_reason", None)
    return Awaited(
        title=f"Answer us: {incident.title}",
        url=f"{reverse('support_incident', args=[incident.pk])}#composer",
        label=incident.ref,
        text=f"{incident.ref}. {reason}" if reason else incident.ref,
        since=incident.waiting_since,
        verb="Answer",
        state="paused",
    )


def decisions(asked: Asked) -> list[Decision]:
    """Return the waits that should be over, and solved outages whose length nobody has said. Two queries."""
    return [*_passed_waits(asked), *_unaccounted(asked)]


def _passed_waits(asked: Asked) -> Iterator[Decision]:
    """Yield the waits whose expected end has passed: ask again, or go on without. Clause: T-6."""
    if not may(asked.user, Act.WORK_INCIDENT):
        return
    passed = asked.of(Wait.objects.all(), "incident__agreement").filter(
        expected_at__lte=asked.at,
        incident__waiting_since__isnull=False,  # Few are: an index of its own has them.
        incident__waiting_since=F("began_at"),
        incident__resolved_at__isnull=True,
        incident__ended_at__isnull=True,
    )
    said_later = Wait.objects.filter(incident=OuterRef("incident"), began_at=OuterRef("began_at"))
    superseded = said_later.filter(pk__gt=OuterRef("pk"))
    waits = passed.filter(~Exists(superseded)).select_related("incident__client").order_by("expected_at", "id")
    for wait in waits[:MOST]:
        assert wait.expected_at is not None  # noqa: S101  # Only such are asked for.
        incident = wait.incident
        yield Decision(
            title=f"Still waiting: {incident.title}",
            text=f"{incident.ref}, {incident.client}. It was expected to be over by {_when(wait.expected_at, asked)}.",
            verb="Decide",
            url=reverse("incident", args=[incident.pk]),
            since=wait.expected_at,
            clauses=("T-6",),
        )


def _unaccounted(asked: Asked) -> list[Decision]:
    """Return the solved availability incidents whose downtime nobody has said. Clause: JS-17."""
    if not may(asked.user, Act.MANAGE_AVAILABILITY):
        return []
    # Asked for each of the few that have gone so far: whether terms promise availability stands deep in a document.
    promising = asked.agreements().active(asked.at).filter(pk=OuterRef("agreement"), terms__has_key="availability")
    solved = Incident.objects.filter(
        Exists(promising),
        category=Category.AVAILABILITY,
        supported=True,
        status=Incident.Status.RESOLVED,
        resolved_at__isnull=False,
        outages__isnull=True,
        no_downtime__isnull=True,
    )
    return [
        Decision(
            title=f"How long was it down: {incident.title}",
            text=f"{incident.ref}, {incident.client}, is solved and its downtime is not said. "
            "The month's close waits for it.",
            verb="Record it",
            url=f"{reverse('outage_new', args=[incident.agreement_id])}?incident={incident.pk}",
            since=incident.resolved_at or incident.reported_at,
            clauses=("JS-17",),
        )
        for incident in solved.select_related("client").order_by("resolved_at", "id")[:MOST]
    ]


def risks(asked: Asked) -> Iterator[Risk]:
    """Yield the clients whose support goes badly, with the reason: broken promises, what came back, a suspension.

    Three queries. Clause: JS-13, JS-22.
    """
    if asked.user.is_provider:
        yield from _broken_promises(asked)
        yield from _recurring(asked)
        yield from _suspended(asked)


def _broken_promises(asked: Asked) -> Iterator[Risk]:
    """Yield the clients to whom several promises were broken of late; of all clients as it was within the last minute.

    It counts a month of breaches, and this screen is asked for every two seconds by everybody of the staff.
    """
    if asked.narrowed:
        broken = _count_broken(asked)
    else:
        broken = cache.get_or_set(f"broken-promises:{asked.at:%Y%m%d%H%M}", lambda: _count_broken(asked), 60) or []
    for row in broken:
        yield Risk(
            title=row["name"],
            text=f"{row['count']} promises were broken in the last 30 days, the latest {_when(row['latest'], asked)}.",
            kind="Promises",
            url=f"{reverse('incident_queue')}?client={row['client']}",
            weight=row["count"],
        )


def _count_broken(asked: Asked) -> list[dict[str, Any]]:
    """Return how many promises were broken to each client of late, the most first. One query."""
    since = asked.at - LATELY
    return list(
        asked.of(Breach.objects.filter(clock__owed_by=Clock.Owner.PROVIDER), "clock__agreement")
        # None is noticed before it is due: the index of the noticed ones leaves out what is older.
        .filter(detected_at__gte=since, due_at__gte=since, due_at__lte=asked.at, void__isnull=True)
        .exclude(clock__target__in=INTERNAL_TARGETS)
        .values(client=F("clock__agreement__client"), name=F("clock__agreement__client__name"))
        .annotate(count=Count("pk"), latest=Max("due_at"))
        .filter(count__gte=MANY_BREACHES)
        .order_by("-count", "name")[:MOST]
    )


def _recurring(asked: Asked) -> Iterator[Risk]:
    """Yield problems that brought a client two critical incidents of late. Clause: JS-13."""
    again = (
        asked.of(Incident.objects.filter(problem__isnull=False, supported=True))
        .filter(severity="critical", reported_at__gte=asked.at - RECURRING, reported_at__lte=asked.at)
        .values("problem", "problem__ref", "problem__title", "client__name")
        .annotate(count=Count("pk"))
        .filter(count__gte=2)
        .order_by("-count", "client__name")[:MOST]
    )
    for row in again:
        yield Risk(
            title=row["client__name"],
            text=f"{row['count']} critical incidents of {row['problem__ref']}, {row['problem__title']}, "
            "within three months.",
            kind="Recurring",
            url=reverse("problem", args=[row["problem"]]),
            weight=row["count"],
            clauses=("JS-13",),
        )


def _suspended(asked: Asked) -> Iterator[Risk]:
    suspended = asked.agreements().active(asked.at).filter(suspended_at__isnull=False).select_related("client")
    for agreement in suspended.order_by("suspended_at", "id")[:MOST]:
        assert agreement.suspended_at is not None  # noqa: S101  # Only such are asked for.
        yield Risk(
            title=agreement.client.name,
            text=f"Support under {agreement.ref} is suspended since {_when(agreement.suspended_at, asked)}: "
            "fees are overdue.",
            kind="Agreement",
            url=reverse("agreement", args=[agreement.pk]),
            weight=1,
            clauses=("JS-22",),
        )


def _when(instant: datetime, asked: Asked) -> str:
    return instant_text(instant, ZoneInfo(timezone.get_current_timezone_name()), "list", asked.at)
