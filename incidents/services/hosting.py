"""Hosted events: what goes on air, and the shorter targets around it. Clause: JS-7, JS-10."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from incidents.errors import (
    AlreadyDoneError,
    BadScheduleError,
    IncidentNotFoundError,
    NotCoveredError,
    UnknownReferenceError,
)
from incidents.models import HostedEvent, HostedSession
from incidents.services.acts import terms_now
from incidents.services.opening import require, words
from incidents.services.retiming import open_refs, retime_incidents
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Agreement
from portal.clocks.services import lock_agreement
from portal.contract import events as e
from portal.contract.zones import InvalidZone, check_zone
from portal.journal.services import append

MOST_SESSIONS = 200
LONGEST_SESSION = timedelta(days=7)

Sessions = Sequence[tuple[datetime, datetime]]


def _check(zone: str, sessions: Sessions) -> None:
    try:
        check_zone(zone)
    except InvalidZone as error:
        raise BadScheduleError(str(error), field="zone") from None
    if not 0 < len(sessions) <= MOST_SESSIONS:
        raise BadScheduleError(f"Give 1 to {MOST_SESSIONS} sessions.", field="sessions")
    for start, end in sessions:
        if not start < end <= start + LONGEST_SESSION:
            raise BadScheduleError(
                f"The session of {start:%Y-%m-%d %H:%M} has to end after it starts, within seven days.",
                field="sessions",
            )


def _save_sessions(hosted: HostedEvent, sessions: Sessions) -> None:
    hosted.sessions.all().delete()
    HostedSession.objects.bulk_create(
        HostedSession(hosted_event=hosted, starts_at=start, ends_at=end) for start, end in sorted(sessions)
    )


@transaction.atomic
def schedule_hosted_event(
    *, agreement_id: int, name: str, zone: str, sessions: Sessions, by: User, now: datetime
) -> HostedEvent:
    """Announce an event; its periods touch every open incident whose severity has hosted targets. Clause: JS-10.

    Raises:
        UnknownReferenceError: The agreement does not exist for this user.
        NotCoveredError: Its terms know no hosted periods.
        BadScheduleError: No zone, no session, or one that ends before it starts.
    """
    require(by, Act.MANAGE_HOSTED_EVENTS)
    if not Agreement.objects.visible_to(by).filter(pk=agreement_id).exists():
        raise UnknownReferenceError("That agreement does not exist. Choose one of the list.", field="agreement")
    agreement = lock_agreement(agreement_id)
    support = terms_now(agreement, now).document.support
    if support is None or support.hosted is None:
        raise NotCoveredError(f"{agreement.ref} promises nothing more during an event.", field="agreement")
    name = words(name, field="name", what="The event's name", longest=200)
    _check(zone, sessions)
    hosted = HostedEvent.objects.create(agreement=agreement, ref=f"HE-{uuid4().hex[:8]}", name=name, zone=zone)
    _save_sessions(hosted, sessions)
    event = e.HostedEventScheduled(at=now, hosted_event=hosted.ref, timezone=zone, sessions=sorted(sessions))
    append(agreement=agreement, event=event, actor=by, recorded_at=now)
    retime_incidents(agreement, open_refs(agreement), now=now)
    return hosted


def _open(hosted_event_id: int, by: User) -> tuple[HostedEvent, Agreement]:
    require(by, Act.MANAGE_HOSTED_EVENTS)
    found = HostedEvent.objects.visible_to(by).filter(pk=hosted_event_id).values_list("agreement_id", flat=True).first()
    if found is None:
        raise IncidentNotFoundError(f"Hosted event {hosted_event_id} does not exist.")
    agreement = lock_agreement(found)
    hosted = HostedEvent.objects.select_for_update().get(pk=hosted_event_id)
    if hosted.cancelled_at is not None:
        raise AlreadyDoneError(f"{hosted.name} was cancelled.")
    return hosted, agreement


@transaction.atomic
def reschedule_hosted_event(
    *, hosted_event_id: int, zone: str, sessions: Sessions, by: User, now: datetime
) -> HostedEvent:
    """Replace an event's sessions: tightenings that the new schedule does not cover fall away. Clause: JS-10."""
    hosted, agreement = _open(hosted_event_id, by)
    _check(zone, sessions)
    hosted.zone = zone
    hosted.save(update_fields=["zone"])
    _save_sessions(hosted, sessions)
    event = e.HostedEventRescheduled(at=now, hosted_event=hosted.ref, timezone=zone, sessions=sorted(sessions))
    append(agreement=agreement, event=event, actor=by, recorded_at=now)
    retime_incidents(agreement, open_refs(agreement), now=now)
    return hosted


@transaction.atomic
def cancel_hosted_event(*, hosted_event_id: int, by: User, now: datetime) -> HostedEvent:
    """Cancel an event: its tightenings fall away. Clause: JS-10."""
    hosted, agreement = _open(hosted_event_id, by)
    hosted.cancelled_at = now
    hosted.save(update_fields=["cancelled_at"])
    append(
        agreement=agreement, event=e.HostedEventCancelled(at=now, hosted_event=hosted.ref), actor=by, recorded_at=now
    )
    retime_incidents(agreement, open_refs(agreement), now=now)
    return hosted
