"""What happens to an active agreement: suspension, reinstatement, betas, its end."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from portal.accounts.models import User
from portal.clients.errors import (
    AlreadySuspendedError,
    EndDateError,
    NoSuspensionError,
    NotActiveError,
    NotSuspendedError,
)
from portal.clients.models import Agreement
from portal.clients.notices import REINSTATED, SUSPENDED, tell_contacts
from portal.clients.queries import terms_in_force
from portal.clients.services.agreements import retime_subjects
from portal.contract.events import (
    AgreementBetasChosen,
    AgreementReinstated,
    AgreementSuspended,
)
from portal.journal.services import append


@transaction.atomic
def suspend_agreement(*, agreement_id: int, by: User, at: datetime) -> Agreement:
    """Suspend support while fees are overdue: every open clock of its incidents pauses at `at`. Clause: JS-22.

    Raises:
        NotActiveError: It is a draft, or has ended.
        NoSuspensionError: The terms have no such clause.
        AlreadySuspendedError: Support is suspended.
    """
    agreement = locked_active(agreement_id, at)
    support = terms_in_force(agreement, at=at).document.support
    if support is None or support.suspension is None or not support.suspension.value:
        raise NoSuspensionError(f"The terms of {agreement.ref} have no clause that suspends support.")
    if agreement.suspended_at is not None:
        raise AlreadySuspendedError(f"Support under {agreement.ref} is suspended already.")
    event = append(agreement=agreement, event=AgreementSuspended(at=at), actor=by, recorded_at=at)
    agreement.suspended_at = at
    agreement.save(update_fields=["suspended_at"])
    retime_subjects(agreement, now=at)
    tell_contacts(SUSPENDED, agreement=agreement, event=event, at=at)
    return agreement


@transaction.atomic
def choose_betas(*, agreement_id: int, asked: bool, by: User, at: datetime) -> Agreement:
    """Ask for beta releases from `at` on, or for none any more; what was chosen already changes nothing.

    Clause: JB-15.

    Raises:
        NotActiveError: It is a draft, or has ended.
    """
    agreement = locked_active(agreement_id, at)
    if asked == (agreement.betas_since is not None):
        return agreement
    append(agreement=agreement, event=AgreementBetasChosen(at=at, asked=asked), actor=by, recorded_at=at)
    agreement.betas_since = at if asked else None
    agreement.save(update_fields=["betas_since"])
    return agreement


@transaction.atomic
def reinstate_agreement(*, agreement_id: int, by: User, at: datetime) -> Agreement:
    """Let suspended support go on: the paused clocks run again from `at`. Clause: JS-22.

    Raises:
        NotActiveError: It is a draft, or has ended.
        NotSuspendedError: Support is not suspended.
    """
    agreement = locked_active(agreement_id, at)
    if agreement.suspended_at is None:
        raise NotSuspendedError(f"Support under {agreement.ref} is not suspended.")
    event = append(agreement=agreement, event=AgreementReinstated(at=at), actor=by, recorded_at=at)
    agreement.suspended_at = None
    agreement.save(update_fields=["suspended_at"])
    retime_subjects(agreement, now=at)
    tell_contacts(REINSTATED, agreement=agreement, event=event, at=at)
    return agreement


@transaction.atomic
def end_agreement(*, agreement_id: int, on: date, at: datetime) -> Agreement:
    """End an agreement as a day begins, in its zone: the day is the first without it. Today ends it at once.

    Nothing new begins under it from then on; what was promised before stays promised, and its clocks run on, but for
    those of backups. The journal has the end once it has come. A notice of discontinuation that stands is overtaken, so
    the day may not come after its last one.

    Raises:
        NotActiveError: It is a draft, or has an end already.
        EndDateError: The day is over, or it has ended by then by a notice of discontinuation.
    """
    agreement = locked_active(agreement_id, at)
    if agreement.ended_at is not None:
        raise NotActiveError(f"{agreement.ref} ends already, at {agreement.ended_at:%Y-%m-%d %H:%M} UTC.")
    zone = ZoneInfo(agreement.zone)
    if on < at.astimezone(zone).date():
        raise EndDateError(f"{on} is over. Choose a day from today on.", field="on")
    if agreement.last_day is not None and on > agreement.last_day:
        raise EndDateError(
            f"It ends with {agreement.last_day} by notice. Choose that day or an earlier one.", field="on"
        )
    agreement.ended_at = max(at, datetime.combine(on, time(), zone).astimezone(UTC))
    agreement.save(update_fields=["ended_at"])
    retime_subjects(agreement, now=at)
    return agreement


def locked_active(agreement_id: int, at: datetime) -> Agreement:
    """Lock an active agreement.

    Raises:
        NotActiveError: It is a draft, or has ended.
    """
    agreement = Agreement.objects.locked().get(pk=agreement_id)
    if agreement.activated_at is None or (agreement.ended_at is not None and agreement.ended_at <= at):
        state = "a draft" if agreement.activated_at is None else "ended"
        raise NotActiveError(f"{agreement.ref} is {state}. Only an active agreement can be changed this way.")
    return agreement
