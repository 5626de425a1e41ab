"""What happens to an active agreement: amendments, suspension, reinstatement; each is an event in the journal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal.accounts.models import User
from portal.clients.errors import (
    AlreadySuspendedError,
    NoSuspensionError,
    NotActiveError,
    NothingAmendedError,
    NotSuspendedError,
)
from portal.clients.models import Agreement
from portal.clients.queries import terms_in_force
from portal.clients.services.agreements import Targets, own_terms, retime_subjects
from portal.contract.events import AgreementAmended, AgreementReinstated, AgreementSuspended
from portal.journal.services import append


@transaction.atomic
def amend_agreement(*, agreement_id: int, targets: Targets, by: User, at: datetime) -> Agreement:
    """Let other targets hold for what begins from `at` on; what has begun keeps its terms.

    Raises:
        NotActiveError: A draft is changed, not amended, and an ended agreement stays as it was.
        NothingAmendedError: The targets are those in force.
        TermsRefusedError: A target can't be run.
    """
    agreement = _locked_active(agreement_id)
    before = terms_in_force(agreement, at=at)
    after = own_terms(before.to_json(), targets)
    if after.document == before.document:
        raise NothingAmendedError("These targets hold already. Change one of them, or leave.")
    append(agreement=agreement, event=AgreementAmended(at=at, terms=after.to_json()), actor=by, recorded_at=at)
    return agreement


@transaction.atomic
def suspend_agreement(*, agreement_id: int, by: User, at: datetime) -> Agreement:
    """Suspend support while fees are overdue: every open clock of its incidents pauses at `at`. Clause: JS-22.

    Raises:
        NotActiveError: It is a draft, or has ended.
        NoSuspensionError: The terms have no such clause.
        AlreadySuspendedError: Support is suspended.
    """
    agreement = _locked_active(agreement_id)
    support = terms_in_force(agreement, at=at).document.support
    if support is None or support.suspension is None or not support.suspension.value:
        raise NoSuspensionError(f"The terms of {agreement.ref} have no clause that suspends support.")
    if agreement.suspended_at is not None:
        raise AlreadySuspendedError(f"Support under {agreement.ref} is suspended already.")
    append(agreement=agreement, event=AgreementSuspended(at=at), actor=by, recorded_at=at)
    agreement.suspended_at = at
    agreement.save(update_fields=["suspended_at"])
    retime_subjects(agreement, now=at)
    return agreement


@transaction.atomic
def reinstate_agreement(*, agreement_id: int, by: User, at: datetime) -> Agreement:
    """Let suspended support go on: the paused clocks run again from `at`. Clause: JS-22.

    Raises:
        NotActiveError: It is a draft, or has ended.
        NotSuspendedError: Support is not suspended.
    """
    agreement = _locked_active(agreement_id)
    if agreement.suspended_at is None:
        raise NotSuspendedError(f"Support under {agreement.ref} is not suspended.")
    append(agreement=agreement, event=AgreementReinstated(at=at), actor=by, recorded_at=at)
    agreement.suspended_at = None
    agreement.save(update_fields=["suspended_at"])
    retime_subjects(agreement, now=at)
    return agreement


def _locked_active(agreement_id: int) -> Agreement:
    agreement = Agreement.objects.select_for_update().get(pk=agreement_id)
    if agreement.activated_at is None or agreement.ended_at is not None:
        state = "a draft" if agreement.activated_at is None else "ended"
        raise NotActiveError(f"{agreement.ref} is {state}. Only an active agreement can be changed this way.")
    return agreement
