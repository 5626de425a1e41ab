"""Waits: for information, and how any of them ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from incidents.errors import MissingError, NotWaitingError
from incidents.models import InformationItem, InformationRequest
from incidents.services.opening import Opened, open_incident, require, require_open, words
from incidents.services.waiting import check_ahead, say_of_wait
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract import events as e

MOST_ITEMS = 20


@transaction.atomic
def ask_information(
    *, incident_id: int, items: Sequence[str], by: User, now: datetime, expected_at: datetime | None = None
) -> InformationRequest:
    """Ask the client for a checklist of things; what the terms say waits until it is answered. Clause: JS-12.

    `expected_at`, when the answer is hoped for, is told to both sides and reminds; it moves no clock.

    Raises:
        MissingError: Nothing is asked for, or more than 20 things.
        BadInstantError: The expected end is past, or more than a year ahead.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    texts = [words(item, field="items", what="An item", longest=300) for item in items if item.strip()]
    if not 0 < len(texts) <= MOST_ITEMS:
        raise MissingError(f"Ask for 1 to {MOST_ITEMS} things, one a line.", field="items")
    check_ahead(expected_at, now=now)
    drop_requests(opened)
    request = InformationRequest.objects.create(incident=opened.incident, asked_by=by, asked_at=now)
    InformationItem.objects.bulk_create(InformationItem(request=request, text=text) for text in texts)
    opened.record(
        e.IncidentWaiting(at=now, incident=opened.incident.ref, on="information"), notices="incident_information_asked"
    )
    if expected_at is not None:
        say_of_wait(opened, "", expected_at)
    return request


def drop_requests(opened: Opened) -> None:
    opened.incident.information_requests.filter(answered_at__isnull=True).update(answered_at=opened.now)


@transaction.atomic
def resume_incident(*, incident_id: int, by: User, now: datetime) -> None:
    """End the wait. Clause: T-6.

    Raises:
        NotWaitingError: Nobody is waited for.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    if not opened.incident.waiting_on:
        raise NotWaitingError(f"{opened.incident.ref} waits for nobody.")
    drop_requests(opened)
    opened.record(e.IncidentResumed(at=now, incident=opened.incident.ref))
