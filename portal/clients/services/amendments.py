"""Amendments of an agreement: from now on, or from a day ahead, until which they can be taken back.

What is planned lies beside the journal, which keeps what happened; the amendment is written there once its day begins.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from portal.accounts.models import User
from portal.clients.amendment_notices import tell_amended, tell_planned, tell_withdrawn
from portal.clients.errors import (
    AmendmentDayError,
    AmendmentOverError,
    AmendmentPlannedError,
    NothingAmendedError,
    TermsRefusedError,
)
from portal.clients.models import Agreement, PlannedAmendment
from portal.clients.queries import terms_in_force
from portal.clients.services.agreements import Targets, different_targets, own_terms, retime_subjects
from portal.clients.services.changes import locked_active
from portal.contract.events import AgreementAmended
from portal.contract.terms import Terms
from portal.journal.models import Event
from portal.journal.services import append
from portal.web.figures import day_text
from portal.web.rounds import one_by_one

BATCH = 200


def amended_terms(before: Terms, targets: Targets) -> Terms:
    """Return the terms with other targets.

    Raises:
        NothingAmendedError: The targets are those of before.
        TermsRefusedError: A target can't be run.
    """
    after = own_terms(before.to_json(), targets)
    if after.document == before.document:
        raise NothingAmendedError("These targets hold already. Change one of them, or leave.")
    return after


@transaction.atomic
def amend_agreement(*, agreement_id: int, targets: Targets, by: User, at: datetime) -> Agreement:
    """Let other targets hold for what begins from `at` on, and tell both sides; what has begun keeps its terms.

    Raises:
        NotActiveError: A draft is changed, not amended, and an ended agreement stays as it was.
        NothingAmendedError: The targets are those in force.
        TermsRefusedError: A target can't be run.
    """
    agreement = locked_active(agreement_id, at)
    before = terms_in_force(agreement, at=at)
    after = amended_terms(before, targets)
    event = _amend(agreement, after, by=by, at=at, recorded_at=at)
    tell_amended(agreement, event, before=before, after=after, by=by, at=at)
    return agreement


def _amend(agreement: Agreement, after: Terms, *, by: User, at: datetime, recorded_at: datetime) -> Event:
    event = AgreementAmended(at=at, terms=after.to_json())
    return append(agreement=agreement, event=event, actor=by, recorded_at=recorded_at)


@transaction.atomic
def plan_amendment(*, agreement_id: int, targets: Targets, on: date, by: User, at: datetime) -> PlannedAmendment:
    """Let other targets hold for what begins from a day on, as it begins in the agreement's zone, and tell both sides.

    Until then it can be taken back. Of the targets only those that differ today are kept, so that an amendment between
    now and then is not undone by it.

    Raises:
        NotActiveError: It is a draft, or has ended.
        AmendmentDayError: The day has begun, or the agreement has ended by then.
        AmendmentPlannedError: Another one is planned.
        NothingAmendedError: The targets are those in force.
        TermsRefusedError: A target can't be run.
    """
    agreement = locked_active(agreement_id, at)
    begins = datetime.combine(on, time(), ZoneInfo(agreement.zone)).astimezone(UTC)
    if begins <= at:
        raise AmendmentDayError(
            f"{day_text(on)} has begun. Give a later day, or leave it empty to amend from now on.", field="on"
        )
    if (agreement.ended_at is not None and agreement.ended_at <= begins) or (
        agreement.last_day is not None and agreement.last_day < on
    ):
        raise AmendmentDayError(f"{agreement.ref} has ended by {day_text(on)}. Give an earlier day.", field="on")
    other = agreement.planned_amendments.open().first()
    if other is not None:
        raise AmendmentPlannedError(f"An amendment from {day_text(other.begins_on)} is planned. Take it back first.")
    before = terms_in_force(agreement, at=at)
    after = amended_terms(before, targets)
    planned = PlannedAmendment.objects.create(
        agreement=agreement,
        targets=different_targets(before, targets),
        begins_on=on,
        begins_at=begins,
        planned_by=by,
        planned_at=at,
    )
    tell_planned(planned, before=before, after=after, by=by, at=at)
    return planned


def planned_terms(planned: PlannedAmendment, *, at: datetime) -> Terms | None:
    """Return the terms that a planned amendment would make of those in force; None where it would change nothing.

    Another amendment may have brought it about since it was planned, or have made it one that can't be run.
    """
    try:
        return amended_terms(terms_in_force(planned.agreement, at=at), planned.targets)
    except (NothingAmendedError, TermsRefusedError):
        return None


@transaction.atomic
def withdraw_amendment(*, amendment_id: int, by: User, at: datetime) -> PlannedAmendment:
    """Take a planned amendment back before its day begins, and tell both sides.

    Taking it back twice is taking it back once.

    Raises:
        AmendmentOverError: Its day has begun.
    """
    agreement_id = PlannedAmendment.objects.values_list("agreement_id", flat=True).get(pk=amendment_id)
    Agreement.objects.locked().get(pk=agreement_id)
    planned = PlannedAmendment.objects.select_related("agreement").get(pk=amendment_id)
    if planned.withdrawn_at is not None:
        return planned
    if planned.settled_at is not None or planned.begins_at <= at:
        raise AmendmentOverError(f"It holds since {day_text(planned.begins_on)}. Amend the agreement again instead.")
    planned.withdrawn_at, planned.withdrawn_by = at, by
    planned.save(update_fields=["withdrawn_at", "withdrawn_by"])
    # What it was when it was told of: another amendment since may have changed what it would change.
    before = terms_in_force(planned.agreement, at=planned.planned_at)
    after = planned_terms(planned, at=planned.planned_at)
    tell_withdrawn(planned, before=before, after=after, by=by, at=at)
    return planned


def begin_amendments(*, now: datetime) -> int:
    """Write the planned amendments into the journal whose day has begun, and return how many.

    Level-triggered: a round that was missed is made up for by the next, at the instant at which the day began.
    """
    due = PlannedAmendment.objects.open().filter(begins_at__lte=now).order_by("begins_at", "pk")
    rows = list(due.values_list("pk", "agreement_id")[:BATCH])
    return one_by_one(rows, lambda row: _begin(*row, now=now), failed="amendment_not_begun")


@transaction.atomic
def _begin(pk: int, agreement_id: int, *, now: datetime) -> bool:
    agreement = Agreement.objects.locked().get(pk=agreement_id)
    planned = PlannedAmendment.objects.open().filter(pk=pk).select_related("planned_by").first()
    if planned is None:
        return False
    planned.settled_at = now
    if agreement.is_active(planned.begins_at):
        try:
            after = amended_terms(terms_in_force(agreement, at=planned.begins_at), planned.targets)
            planned.event = _amend(agreement, after, by=planned.planned_by, at=planned.begins_at, recorded_at=now)
        except (NothingAmendedError, TermsRefusedError):
            pass  # Another amendment brought it about meanwhile, or made it one that can't be run: nothing to write.
        else:
            # What was reported since the day began is judged by it.
            retime_subjects(agreement, now=now)
    planned.save(update_fields=["settled_at", "event"])
    return planned.event_id is not None
