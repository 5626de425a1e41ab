"""Maintenance windows: announced in writing, and cancelled. Clause: JS-18, JB-10."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from incidents.errors import AlreadyDoneError, BadScheduleError, IncidentNotFoundError, WindowOverlapsError
from incidents.maintenance import tell_contacts
from incidents.models import MaintenanceWindow
from incidents.rules.availability import Window
from incidents.rules.intervals import Intervals
from incidents.rules.receipts import is_short, notice_of
from incidents.rules.service import Service
from incidents.services.opening import words
from incidents.services.outages import free_ref, open_service
from incidents.services.watching import retime_service
from portal.accounts.models import User
from portal.contract.events import MaintenanceAnnounced, MaintenanceCancelled
from portal.journal.services import append
from portal.web.figures import duration_text, period_text

LONGEST_WINDOW = timedelta(days=7)


@transaction.atomic
def announce_maintenance(
    *,
    agreement_id: int,
    start: datetime,
    end: datetime,
    purpose: str,
    by: User,
    now: datetime,
    agreed: bool = False,
    overlaps_accepted: bool = False,
) -> MaintenanceWindow:
    """Announce a window and mail the notice to every support contact. Clause: JS-18, JB-10.

    Raises:
        BadScheduleError: It starts in the past, ends before it starts, or is longer than a week.
        WindowOverlapsError: It comes too late, or overlaps work hours or a hosted period, and nobody accepted that.
    """
    agreement, service = open_service(agreement_id, by=by, now=now)
    if start < now:
        raise BadScheduleError("That is in the past. A window is announced before it starts.", field="start")
    if not start < end <= start + LONGEST_WINDOW:
        raise BadScheduleError("The window has to end after it starts, within seven days.", field="end")
    purpose = words(purpose, field="purpose", what="What is done")
    doubts = doubts_about(Window("", start, end, now, agreed), service)
    if doubts and not overlaps_accepted:
        raise WindowOverlapsError(" ".join(doubts), field="overlaps_accepted")
    window = MaintenanceWindow.objects.create(
        agreement=agreement,
        ref=f"new-{uuid4()}",
        starts_at=start,
        ends_at=end,
        agreed=agreed,
        announced_at=now,
        purpose=purpose,
    )
    window.ref = free_ref(MaintenanceWindow.objects.filter(agreement=agreement), f"MW-{window.pk}")
    window.save(update_fields=["ref"])
    event = MaintenanceAnnounced(at=now, maintenance=window.ref, start=start, end=end, agreed=agreed)
    row = append(agreement=agreement, event=event, actor=by, recorded_at=now)
    retime_service(agreement, now=now, by=by)
    tell_contacts("maintenance_announced", window=window, event=row, at=now)
    return window


def doubts_about(window: Window, service: Service) -> list[str]:
    """Return what should be thought of before a window is announced, a sentence each. Clause: JS-18."""
    terms = service.now
    doubts = []
    if terms is not None and is_short(window, terms):
        short = f"The notice is only {duration_text(notice_of(window))}"
        doubts.append(
            f"{short}: what is down in it counts as downtime, unless the client agreed."
            if terms.short_notice.value == "counts"
            else f"{short}, and will be marked so."
        )
    moment = service.shared.at(service.until)
    open_time = moment.terms.business.between(window.start, window.end)
    if open_time:
        doubts.append(f"It takes {duration_text(open_time)} of work hours.")
    periods = zip(moment.periods.begins, moment.periods.ends, strict=True)
    zone: ZoneInfo = service.setting.zone
    for begin, end in Intervals(periods).clipped(window.start, window.end):
        first, last = period_text(begin, end, zone, service.until)
        doubts.append(f"A hosted event is on air from {first} to {last}.")
    return doubts


@transaction.atomic
def cancel_maintenance(*, window_id: int, by: User, now: datetime) -> MaintenanceWindow:
    """Cancel a window that has not begun, and tell those who were told of it. Clause: JS-18, JB-10.

    Raises:
        AlreadyDoneError: It was cancelled, or it has begun.
    """
    found = MaintenanceWindow.objects.visible_to(by).filter(pk=window_id).values_list("agreement_id", flat=True).first()
    if found is None:
        raise IncidentNotFoundError(f"Maintenance window {window_id} does not exist.")
    agreement, _ = open_service(found, by=by, now=now)
    window = MaintenanceWindow.objects.select_for_update().get(pk=window_id)
    if window.cancelled_at is not None:
        raise AlreadyDoneError(f"{window.ref} was cancelled already.")
    if window.starts_at <= now:
        raise AlreadyDoneError(f"{window.ref} has begun. What was announced stands.")
    window.cancelled_at = now
    window.save(update_fields=["cancelled_at"])
    event = MaintenanceCancelled(at=now, maintenance=window.ref)
    row = append(agreement=agreement, event=event, actor=by, recorded_at=now)
    retime_service(agreement, now=now, by=by)
    tell_contacts("maintenance_cancelled", window=window, event=row, at=now)
    return window
