"""Waiting: for whom, why, and until when it should be over. The expected end reminds; it moves no clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from incidents.errors import AlreadyDoneError, BadInstantError, UnknownReferenceError
from incidents.models import Wait
from incidents.notices import tell_wait_over
from incidents.services.opening import LONGEST_REASON, Opened, open_incident, require, require_open, words
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract.events import IncidentWaiting

FURTHEST_AHEAD = timedelta(days=366)
BATCH = 200


@transaction.atomic
def wait_for(
    *, incident_id: int, on: str, by: User, now: datetime, reason: str = "", expected_at: datetime | None = None
) -> None:
    """Wait for the client or for a third party; a second wait replaces the first. Clause: T-6, JB-6.

    `reason` and `expected_at`, when the wait should be over, are told to both sides. Said again for the same wait they
    replace what was said before, and the wait goes on from its own beginning.

    Raises:
        AlreadyDoneError: The same is waited for already, and nothing new is said of it.
        BadInstantError: The expected end is past, or more than a year ahead.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    incident = opened.incident
    require_open(incident)
    if on not in ("client", "third_party"):
        raise UnknownReferenceError(f"“{on[:40]}” can't be waited for. Choose the client or a third party.", field="on")
    if reason.strip():
        reason = words(reason, field="reason", what="The reason", longest=LONGEST_REASON)
    check_ahead(expected_at, now=now)
    if incident.waiting_on != on:
        opened.incident.information_requests.filter(answered_at__isnull=True).update(answered_at=now)
        opened.record(IncidentWaiting(at=now, incident=incident.ref, on=on))  # type: ignore[arg-type]  # checked above
    elif not reason.strip() and expected_at is None:
        raise AlreadyDoneError(f"{incident.ref} waits for that already.", field="on")
    if reason.strip() or expected_at is not None:
        say_of_wait(opened, reason.strip(), expected_at)


def check_ahead(expected_at: datetime | None, *, now: datetime) -> None:
    """Refuse an expected end that is none.

    Raises:
        BadInstantError: It is past, or more than a year ahead.
    """
    if expected_at is not None and not now < expected_at <= now + FURTHEST_AHEAD:
        raise BadInstantError(
            "That is not ahead. Give a time from now to a year from now."
            if expected_at <= now
            else "That is more than a year ahead. Give an earlier time.",
            field="expected_at",
        )


def say_of_wait(opened: Opened, reason: str, expected_at: datetime | None) -> None:
    """Keep why it waits and until when; what was said of the same wait before reminds nobody any more."""
    began_at = opened.incident.waiting_since or opened.now
    opened.incident.waits.filter(began_at=began_at, reminded_at__isnull=True).update(reminded_at=opened.now)
    Wait.objects.create(
        incident=opened.incident, reason=reason, began_at=began_at, expected_at=expected_at, by=opened.by
    )


@transaction.atomic
def remind_of_waits(*, now: datetime) -> int:
    """Tell who has an incident that its wait should be over, once for each, and return how many.

    Waits that ended before are left behind in silence. Three queries, and those of the notices.
    """
    passed = Wait.objects.select_for_update(of=("self",), skip_locked=True).filter(
        reminded_at__isnull=True, expected_at__lte=now
    )
    waits = list(passed.order_by("expected_at", "id")[:BATCH])
    going_on = Wait.objects.filter(pk__in=[wait.pk for wait in waits], incident__waiting_since=F("began_at"))
    current = list(going_on.select_related("incident__client", "incident__agreement", "incident__assignee"))
    for wait in current:
        tell_wait_over(wait, at=now)
    Wait.objects.filter(pk__in=[wait.pk for wait in waits]).update(reminded_at=now)
    return len(current)
