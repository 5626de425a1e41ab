"""How an agreement goes on or ends: renewed for another term, discontinued by notice, ended with its last day.

Clause: JS-22.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef

from portal.accounts.models import User
from portal.clients.errors import (
    AlreadyDiscontinuedError,
    NoDiscontinuationError,
    NotDiscontinuedError,
    NoTermError,
    NoticeTooShortError,
    TermDatesError,
)
from portal.clients.models import Agreement
from portal.clients.notices import CONTINUED, DISCONTINUED, ENDED, tell_contacts
from portal.clients.queries import days_of_notice, terms_in_force
from portal.clients.rules.endings import earliest_last_day
from portal.clients.services.agreements import retime_subjects
from portal.clients.services.changes import locked_active
from portal.contract.events import AgreementContinued, AgreementDiscontinued, AgreementEnded, AgreementRenewed
from portal.journal.models import Event
from portal.journal.services import append
from portal.web.figures import day_text
from portal.web.rounds import one_by_one

DAY = timedelta(days=1)
BATCH = 200
_ENDED_TAG = AgreementEnded.__struct_config__.tag
LONGEST_TERM = timedelta(days=366 * 20)


def local_day(agreement: Agreement, at: datetime) -> date:
    """Return an instant's date where the agreement's months are counted. Clause: T-10."""
    return at.astimezone(ZoneInfo(agreement.zone)).date()


def first_instant_after(agreement: Agreement, last_day: date) -> datetime:
    """Return when a day is over in the agreement's zone, in UTC."""
    return datetime.combine(last_day + DAY, time(), tzinfo=ZoneInfo(agreement.zone)).astimezone(UTC)


@transaction.atomic
def renew_agreement(*, agreement_id: int, ends_on: date, by: User, at: datetime) -> Agreement:
    """Let another term follow the present one without a gap; a term that is over gives way at once.

    Raises:
        NotActiveError: It is a draft, or has ended.
        NoTermError: It has no term that could be followed.
        AlreadyDiscontinuedError: Notice of discontinuation was given, or it ends on a day that lies ahead.
        TermDatesError: The new term ends before it starts, or is longer than 20 years.
    """
    agreement = locked_active(agreement_id, at)
    before = agreement.term_ends_on
    if before is None:
        raise NoTermError(f"{agreement.ref} has no term, so that none can follow. Its draft should have named one.")
    if agreement.discontinued_at is not None:
        raise AlreadyDiscontinuedError(
            f"Notice was given that {agreement.ref} ends. Withdraw the notice first.", field="ends_on"
        )
    _require_no_end(agreement)
    starts_on = before + DAY
    if not starts_on <= ends_on <= starts_on + LONGEST_TERM:
        raise TermDatesError(
            f"The new term starts on {day_text(starts_on)} and would end on {day_text(ends_on)}. "
            "Give a day after its start, within 20 years.",
            field="ends_on",
        )
    append(
        agreement=agreement,
        event=AgreementRenewed(at=at, starts_on=starts_on, ends_on=ends_on),
        actor=by,
        recorded_at=at,
    )
    agreement.renewed_until = ends_on
    agreement.save(update_fields=["renewed_until"])
    _follow(agreement, at=at)
    return agreement


def _require_no_end(agreement: Agreement) -> None:
    """Refuse where the client ended it (JB-11): such an end is not taken back."""
    if agreement.ended_at is not None:
        first_day_without = local_day(agreement, agreement.ended_at)
        raise AlreadyDiscontinuedError(
            f"{agreement.ref} ends already: {day_text(first_day_without)} is the first day without it. "
            "Draft a new agreement instead."
        )


def _follow(agreement: Agreement, *, at: datetime) -> None:
    """Make the next term the present one once the present one is over."""
    while agreement.ends_on is not None and agreement.renewed_until is not None:
        if local_day(agreement, at) <= agreement.ends_on:
            return
        agreement.starts_on, agreement.ends_on = agreement.ends_on + DAY, agreement.renewed_until
        agreement.renewed_until = None
        agreement.save(update_fields=["starts_on", "ends_on", "renewed_until"])


@transaction.atomic
def discontinue_agreement(*, agreement_id: int, last_day: date, by: User, at: datetime, reason: str = "") -> Agreement:
    """Give the client notice that the agreement ends with a day, and mail it to everybody designated.

    Clause: JS-22, T-9.

    Raises:
        NotActiveError: It is a draft, or has ended.
        NoDiscontinuationError: The terms have no such clause.
        AlreadyDiscontinuedError: Such a notice stands, or it ends on a day that lies ahead.
        NoticeTooShortError: The notice is too short, or the day lies within a term; it names the earliest day.
    """
    agreement = locked_active(agreement_id, at)
    notice = days_of_notice(terms_in_force(agreement, at=at))
    if notice is None:
        raise NoDiscontinuationError(f"The terms of {agreement.ref} have no clause by which it could be discontinued.")
    if agreement.discontinued_at is not None and agreement.last_day is not None:
        raise AlreadyDiscontinuedError(f"Notice was given already: it ends with {day_text(agreement.last_day)}.")
    _require_no_end(agreement)
    _check_notice(agreement, last_day, notice.value, noticed_on=local_day(agreement, at), clause=notice.clause)
    event = append(
        agreement=agreement,
        event=AgreementDiscontinued(at=at, last_day=last_day, reason=reason.strip()),
        actor=by,
        recorded_at=at,
    )
    agreement.discontinued_at, agreement.last_day = at, last_day
    agreement.save(update_fields=["discontinued_at", "last_day"])
    tell_contacts(DISCONTINUED, agreement=agreement, event=event, at=at)
    return agreement


def _check_notice(agreement: Agreement, last_day: date, days: int, *, noticed_on: date, clause: str) -> None:
    ends_on = agreement.term_ends_on
    earliest = earliest_last_day(noticed_on, days, ends_on)
    if last_day >= earliest:
        return
    given = (last_day - noticed_on).days
    remedy = f"The earliest day is {day_text(earliest)} ({clause})."
    if ends_on is not None and last_day < ends_on:
        raise NoticeTooShortError(
            f"{day_text(last_day)} lies within the term, which runs to {day_text(ends_on)}. {remedy}", field="last_day"
        )
    raise NoticeTooShortError(
        f"That is a notice of {given} days, and {days} are due. {remedy}" if given > 0 else f"Too soon. {remedy}",
        field="last_day",
    )


@transaction.atomic
def continue_agreement(*, agreement_id: int, by: User, at: datetime) -> Agreement:
    """Withdraw a notice of discontinuation, and tell whoever was told of it. Clause: JS-22.

    Raises:
        NotActiveError: It is a draft, or has ended.
        NotDiscontinuedError: No notice stands.
        AlreadyDiscontinuedError: The client ended it meanwhile.
    """
    agreement = locked_active(agreement_id, at)
    if agreement.discontinued_at is None:
        raise NotDiscontinuedError(f"No notice of discontinuation stands for {agreement.ref}.")
    _require_no_end(agreement)
    event = append(agreement=agreement, event=AgreementContinued(at=at), actor=by, recorded_at=at)
    agreement.discontinued_at = agreement.last_day = None
    agreement.save(update_fields=["discontinued_at", "last_day"])
    tell_contacts(CONTINUED, agreement=agreement, event=event, at=at)
    return agreement


def turn_pages(*, now: datetime) -> int:
    """End agreements whose last day is over, tell the journal of ends that have come, and begin terms that were agreed
    before; return how many agreements.

    Level-triggered: a round that was missed is made up for by the next, and what was done is not found again.
    """
    # No zone is more than a day ahead of UTC or behind it; each agreement's own decides below.
    tomorrow = now.date() + DAY
    over = Agreement.objects.active(now).filter(last_day__lt=tomorrow)
    renewed = Agreement.objects.active(now).filter(ends_on__lt=tomorrow, renewed_until__isnull=False)
    told = Event.objects.filter(agreement=OuterRef("pk"), subject_kind="agreement", kind=_ENDED_TAG)
    ended = Agreement.objects.filter(~Exists(told), ended_at__lte=now, activated_at__isnull=False)
    turned = 0
    for found in (over | renewed, ended):
        pks = list(found.order_by("pk").values_list("pk", flat=True)[:BATCH])
        turned += one_by_one(pks, lambda pk: _turn(pk, now=now), failed="agreement_not_turned")
    return turned


@transaction.atomic
def _turn(agreement_id: int, *, now: datetime) -> bool:
    agreement = Agreement.objects.locked().select_related("client").get(pk=agreement_id)
    if agreement.ended_at is not None:
        return agreement.ended_at <= now and _tell_the_journal(agreement, at=agreement.ended_at, now=now) is not None
    if agreement.last_day is not None:
        over = first_instant_after(agreement, agreement.last_day)
        if over <= now:
            _end(agreement, at=over, now=now)
            return True
    before = agreement.ends_on
    _follow(agreement, at=now)
    return agreement.ends_on != before


def _end(agreement: Agreement, *, at: datetime, now: datetime) -> None:
    """End an agreement at the instant at which its last day is over. Clause: JS-22.

    Nothing new begins under it; what was promised before stays promised, as where a client ends the order form.
    """
    agreement.ended_at = at
    agreement.save(update_fields=["ended_at"])
    event = _tell_the_journal(agreement, at=at, now=now)
    if event is not None:
        tell_contacts(ENDED, agreement=agreement, event=event, at=now)


def _tell_the_journal(agreement: Agreement, *, at: datetime, now: datetime) -> Event | None:
    """Record that a locked agreement has ended, once, and let its clocks feel it; None where it was told before."""
    if Event.objects.filter(agreement=agreement, subject_kind="agreement", kind=_ENDED_TAG).exists():
        return None
    event = append(agreement=agreement, event=AgreementEnded(at=at), actor=None, recorded_at=now)
    retime_subjects(agreement, now=now)
    return event
