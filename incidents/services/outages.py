"""Outages: when a service was down, why, and what an incident says of it. Clause: JS-17, JS-18, JB-10."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from django.db import models, transaction

from incidents.errors import (
    AgreementInactiveError,
    AlreadyDoneError,
    BadInstantError,
    DowntimeMissingError,
    IncidentNotFoundError,
    NotCoveredError,
    UnknownReferenceError,
)
from incidents.models import Incident, NoDowntime, Outage
from incidents.rules.service import Service
from incidents.services.opening import require, words
from incidents.services.watching import retime_service
from incidents.uptime import demands_downtime, open_outage_of, service_of
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Agreement
from portal.clocks.services import lock_agreement
from portal.contract.events import OutageRecorded
from portal.journal.services import append


@dataclass(frozen=True, slots=True)
class Downtime:
    """What is said of an outage.

    Attributes:
        start: When the service went down; UTC.
        end: When it was back; None while it is down.
        cause: One of `Outage.Cause`.
        notified_at: When the provider was told; None for its start.
    """

    start: datetime
    end: datetime | None = None
    cause: str = Outage.Cause.UNSCHEDULED
    notified_at: datetime | None = None


def open_service(agreement_id: int, *, by: User, now: datetime, ended_too: bool = False) -> tuple[Agreement, Service]:
    """Lock an agreement that promises availability, as far as the user may see it; return it with its service.

    Args:
        ended_too: What began under it may be put right after its end.

    Raises:
        UnknownReferenceError: There is none.
        AgreementInactiveError: It is a draft or has ended.
        NotCoveredError: It promises no availability.
    """
    require(by, Act.MANAGE_AVAILABILITY)
    if not Agreement.objects.visible_to(by).filter(pk=agreement_id).exists():
        raise UnknownReferenceError("That agreement does not exist. Choose one of the list.", field="agreement")
    agreement = lock_agreement(agreement_id)
    if not agreement.is_active(now) and not (ended_too and agreement.activated_at is not None):
        raise AgreementInactiveError(f"{agreement.ref} is not active. Activate it first.", field="agreement")
    service = service_of(agreement, until=now)
    if service.now is None:
        raise NotCoveredError(f"{agreement.ref} promises no availability. Choose another agreement.", field="agreement")
    return agreement, service


@transaction.atomic
def record_outage(
    *, agreement_id: int, downtime: Downtime, by: User, now: datetime, incident_id: int | None = None
) -> Outage:
    """Record that a service was down, or is: the time to end it runs from the notification. Clause: JS-17, JS-18.

    Raises:
        UnknownReferenceError, AgreementInactiveError, NotCoveredError: As `open_service`; or no such incident.
        BadInstantError: It lies in the future or before the activation, or it ends before it starts.
    """
    agreement, service = open_service(agreement_id, by=by, now=now)
    incident = None
    if incident_id is not None:
        incident = Incident.objects.filter(pk=incident_id, agreement=agreement).first()
        if incident is None:
            raise UnknownReferenceError(
                "That incident is none of this agreement's. Choose one of the list.", field="incident"
            )
    return _record_new(agreement, service, downtime, incident=incident, by=by, now=now)


def _record_new(
    agreement: Agreement, service: Service, downtime: Downtime, *, incident: Incident | None, by: User, now: datetime
) -> Outage:
    _check(downtime, service, now=now)
    outage = Outage(agreement=agreement, ref=f"new-{uuid4()}", incident=incident)
    _fill(outage, downtime)
    outage.save(force_insert=True)
    outage.ref = free_ref(Outage.objects.filter(agreement=agreement), f"OUT-{outage.pk}")
    outage.save(update_fields=["ref"])
    _append(outage, agreement, by=by, now=now)
    return outage


@transaction.atomic
def close_outage(*, outage_id: int, end: datetime, by: User, now: datetime) -> Outage:
    """Record when an open outage ended: its clock is met then. Clause: JS-18.

    Raises:
        AlreadyDoneError: It has ended.
        BadInstantError: It ends in the future or before it starts.
    """
    outage, agreement, service = _open(outage_id, by=by, now=now)
    if outage.ends_at is not None:
        raise AlreadyDoneError(f"{outage.ref} has ended already. Correct its record instead.", field="end")
    downtime = Downtime(outage.starts_at, end, outage.cause, outage.notified_at)
    return _record_again(outage, agreement, service, downtime, by=by, now=now)


@transaction.atomic
def correct_outage(*, outage_id: int, downtime: Downtime, by: User, now: datetime) -> Outage:
    """Put an outage's record right: the later record takes the earlier one's place. Clause: JS-17, JS-18.

    Raises:
        BadInstantError: It lies in the future or before the activation, or it ends before it starts.
    """
    outage, agreement, service = _open(outage_id, by=by, now=now)
    return _record_again(outage, agreement, service, downtime, by=by, now=now)


def _open(outage_id: int, *, by: User, now: datetime) -> tuple[Outage, Agreement, Service]:
    found = Outage.objects.visible_to(by).filter(pk=outage_id).values_list("agreement_id", flat=True).first()
    if found is None:
        raise IncidentNotFoundError(f"Outage {outage_id} does not exist.")
    agreement, service = open_service(found, by=by, now=now, ended_too=True)
    return Outage.objects.select_for_update().get(pk=outage_id), agreement, service


def _record_again(
    outage: Outage, agreement: Agreement, service: Service, downtime: Downtime, *, by: User, now: datetime
) -> Outage:
    _check(downtime, service, now=now)
    _fill(outage, downtime)
    outage.save(update_fields=["starts_at", "ends_at", "cause", "notified_at"])
    _append(outage, agreement, by=by, now=now)
    return outage


def _check(downtime: Downtime, service: Service, *, now: datetime) -> None:
    if downtime.cause not in Outage.Cause.values:
        raise UnknownReferenceError(f"“{downtime.cause[:40]}” is no cause. Choose one of the list.", field="cause")
    for field, at in (("start", downtime.start), ("end", downtime.end), ("notified_at", downtime.notified_at)):
        if at is not None and at > now:
            raise BadInstantError("That is in the future. Give the time at which it happened.", field=field)
    if downtime.start < service.active[0]:
        raise BadInstantError(
            "That is before the service became active. Give a later time.",
            field="start",
        )
    if downtime.start >= service.active[1]:
        raise BadInstantError("The agreement had ended by then. Give an earlier time.", field="start")
    if downtime.end is not None and downtime.end <= downtime.start:
        raise BadInstantError("The outage ends before it starts. Give a later end.", field="end")


def _fill(outage: Outage, downtime: Downtime) -> None:
    outage.starts_at, outage.ends_at, outage.cause = downtime.start, downtime.end, downtime.cause
    outage.notified_at = downtime.notified_at or downtime.start


def _append(outage: Outage, agreement: Agreement, *, by: User, now: datetime) -> None:
    event = OutageRecorded(
        at=now,
        outage=outage.ref,
        start=outage.starts_at,
        end=outage.ends_at,
        cause=outage.cause,  # type: ignore[arg-type]  # checked above
        notified_at=outage.notified_at,
    )
    append(agreement=agreement, event=event, actor=by, recorded_at=now)
    retime_service(agreement, now=now, by=by)


Row = TypeVar("Row", bound=models.Model)


def free_ref(rows: models.QuerySet[Row], ref: str) -> str:
    """Return a reference that none of these rows has: a loaded history may have taken it. One query."""
    taken = set(rows.filter(ref__startswith=ref).values_list("ref", flat=True))
    tries = (ref, *(f"{ref}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in tries if one not in taken)


def say_downtime(
    *, incident: Incident, agreement: Agreement, downtime: Downtime | None, no_downtime: str, by: User, now: datetime
) -> None:
    """Keep what the closing of an availability incident has to say, under the agreement's lock. Clause: JS-17.

    Raises:
        DowntimeMissingError: Neither an outage that has ended nor a reason why there was none.
        BadInstantError: The outage lies in the future or before the activation, or it ends before it starts.
    """
    if not demands_downtime(incident, at=now):
        return
    service, outage = service_of(agreement, until=now), open_outage_of(incident)
    if downtime is not None and downtime.end is None:
        raise DowntimeMissingError("Say when the service was back.", field="end")
    if downtime is not None and outage is not None:
        downtime = replace(downtime, cause=outage.cause, notified_at=outage.notified_at)
        _record_again(outage, agreement, service, downtime, by=by, now=now)
    elif downtime is not None:
        notified_at = downtime.notified_at or max(downtime.start, incident.reported_at)
        downtime = replace(downtime, notified_at=notified_at)
        _record_new(agreement, service, downtime, incident=incident, by=by, now=now)
    elif outage is not None:
        raise DowntimeMissingError(f"{outage.ref} is still open. Say when the service was back.", field="end")
    elif no_downtime.strip():
        reason = words(no_downtime, field="no_downtime", what="The reason")
        NoDowntime.objects.create(incident=incident, reason=reason, stated_by=by, stated_at=now)
    else:
        raise DowntimeMissingError(
            "Say from when to when the service was down, or below why it was not.", field="start"
        )
