"""What is coming up: hosted events with their periods, and planned releases."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Prefetch
from django.urls import reverse

from incidents.models import HostedEvent, HostedSession, Release
from incidents.rules.shared import Period, hosted_periods
from portal.accounts.models import User
from portal.clients.today import AHEAD, MOST, Asked, Coming
from portal.contract.explain import measure_text
from portal.contract.terms import Terms, read_duration
from portal.web.words import severity_sign


def periods_of(hosted: HostedEvent) -> list[Period]:
    """Return an event's hosted periods in order, under its agreement's pinned terms. Clause: JS-10."""
    margins = margins_of(hosted.agreement.pinned_terms)
    if margins is None:
        return []
    before, after = margins
    sessions = [(session.starts_at, session.ends_at) for session in hosted.sessions.all()]
    return sorted(hosted_periods(hosted.zone, sessions, before=before, after=after))


def is_on_air(hosted: HostedEvent, *, at: datetime) -> bool:
    """Return whether one of an event's hosted periods holds at an instant; no query where its sessions are there.

    Clause: JS-10.
    """
    return hosted.cancelled_at is None and any(begin <= at < end for begin, end in periods_of(hosted))


def margins_of(terms: Terms) -> tuple[timedelta, timedelta] | None:
    """Return how long a period begins before a day's first session and goes on after its last. Clause: JS-10."""
    support = terms.document.support
    if support is None or support.hosted is None:
        return None
    return (
        read_duration("support.hosted.before", support.hosted.before),
        read_duration("support.hosted.after", support.hosted.after),
    )


def coming_up(asked: Asked) -> list[Coming]:
    """Return the hosted events and releases of the next 14 days, soonest first. Three queries."""
    user, at = asked.user, asked.at
    agreements = asked.agreements()
    ahead = HostedSession.objects.filter(ends_at__gte=at, starts_at__lt=at + AHEAD)
    events = (
        HostedEvent.objects.visible_to(user)
        .filter(agreement__in=agreements)
        .filter(Exists(ahead.filter(hosted_event=OuterRef("pk"))), cancelled_at__isnull=True)
        .select_related("agreement__client")
        .prefetch_related(Prefetch("sessions", HostedSession.objects.filter(ends_at__gte=at)))[:MOST]
    )
    releases = (
        Release.objects.visible_to(user)
        .filter(published_at__isnull=True, planned_at__gte=at, planned_at__lt=at + AHEAD)
        .select_related("product")
        .order_by("planned_at", "id")
    )
    if asked.narrowed:
        releases = releases.filter(Exists(agreements.filter(product=OuterRef("product"))))
    found = [_event(hosted, periods, user) for hosted in events if (periods := periods_of(hosted))]
    return found + [_release(release) for release in releases[:MOST]]


def _event(hosted: HostedEvent, periods: list[Period], user: User) -> Coming:
    (begins, ends), (_, last) = periods[0], periods[-1]
    promise, clause = promised_on_air(hosted.agreement.pinned_terms)
    return Coming(
        begins=begins,
        ends=ends,
        until=last if len(periods) > 1 else None,
        zone=ZoneInfo(hosted.zone),
        title=hosted.name,
        whom=hosted.agreement.client.name if user.is_provider else "",
        what="on air",
        text=promise,
        clause=clause,
        url=reverse("hosted_event", args=[hosted.pk]),
    )


def promised_on_air(terms: Terms) -> tuple[str, str]:
    """Return what is promised while an event is on air, in words, and the clause: `Critical answers in 10 min`."""
    for severity in terms.severity_names():
        promise = terms.promise(severity, "response", hosted=True)
        if promise is not None and promise.hosted:
            return f"{severity_sign(severity).word} answers in {measure_text(promise)}", promise.clause
    return "", ""


def _release(release: Release) -> Coming:
    assert release.planned_at is not None  # noqa: S101  # Only planned ones are asked for.
    return Coming(
        begins=release.planned_at,
        title=f"Release {release.ref}",
        whom=release.product.name,
        text="Beta" if release.beta else "",
        url=reverse("release", args=[release.pk]),
    )
