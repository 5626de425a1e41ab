"""Exercising the right to end an order form. Clause: JB-11."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from credits.errors import AlreadyEndedError, EndDayError, MayNotError, NameMissingError, NoRightError
from credits.models import Proposal, Termination
from credits.queries.rights import Right, last_day, may_exercise, right_of, termination_of, today_of
from credits.refund import REFUND, RefundPayload
from credits.rules.units import Amount
from credits.services.proposals import prepare_proposal
from credits.termination_notices import tell
from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.clients.services import end_agreement
from portal.contract.money import Money
from portal.web.figures import day_text

LONGEST_NAME = 150


@transaction.atomic
def exercise_termination(*, agreement_id: int, on: date, name: str, by: User, now: datetime) -> Termination:
    """Take the client's written notice: the order form ends as a day begins, and the refund waits for its approval.

    Given twice for the same day it is one notice. What is open stays promised; nothing new begins from that day on.

    Raises:
        NoRightError: There is no such agreement for this user, or no right arose.
        MayNotError: The role doesn't give notice for the client.
        AlreadyEndedError: Notice was given for another day, or it has ended.
        EndDayError: The day is over, beyond the term, or beyond the last day by a notice of discontinuation.
        NameMissingError: Nobody signs.
    """
    if not may_exercise(by):
        raise MayNotError(
            f"Your role, {by.get_role_display().lower()}, gives no notice. Ask an administrator of your company."
        )
    if not Agreement.objects.visible_to(by).filter(pk=agreement_id).exists():
        raise NoRightError("There is no such agreement.")
    agreement = Agreement.objects.locked().select_related("client").get(pk=agreement_id)
    given = termination_of(agreement)
    if given is not None:
        if given.ends_on == on:
            return given
        raise AlreadyEndedError(f"Notice was given already: it ends on {day_text(given.ends_on)}.", field="on")
    right = right_of(agreement)
    if right is None:
        raise NoRightError(f"No right to end {agreement.ref} arose.")
    if not agreement.is_active(now):
        raise AlreadyEndedError(f"{agreement.ref} has ended.")
    check_day(agreement, on, now=now)
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise NameMissingError(f"Write your name, in at most {LONGEST_NAME} characters.", field="name")
    end_agreement(agreement_id=agreement.pk, on=on, at=now)
    refund = right.refund(on)
    termination = Termination.objects.create(
        client=agreement.client,
        agreement=agreement,
        given_by=by,
        name=name,
        given_at=now,
        ends_on=on,
        months=right.months,
        right_at=right.at,
        refund_minor=refund.minor if refund is not None else None,
        unit_id=refund.currency if refund is not None else None,
        proposal=_propose(right, on, refund, now=now) if refund is not None and refund.minor else None,
    )
    tell("termination_given", termination, at=now)
    return termination


def check_day(agreement: Agreement, on: date, *, now: datetime) -> None:
    """Refuse a day on which the order form can't end.

    Raises:
        EndDayError: The day is over, or beyond the term.
    """
    today = today_of(agreement, now)
    last = last_day(agreement, today)
    if not today <= on <= last:
        raise EndDayError(
            f"It can't end on {on}. Choose a day from {today} to {last}, the last on which it runs.", field="on"
        )


def _propose(right: Right, on: date, refund: Money, *, now: datetime) -> Proposal:
    """Prepare the refund for a second person, in the portal's own name: the contract obliges."""
    terms = right.refund_on
    assert terms is not None  # noqa: S101  # There is a refund.
    return prepare_proposal(
        kind=REFUND,
        client=right.agreement.client,
        agreement=right.agreement,
        amount=Amount.of(refund),
        reason=right.message,
        payload=RefundPayload(
            clause=right.clause,
            ends_on=str(on),
            days_left=terms.days_left(on),
            days=terms.days,
            prepaid_minor=terms.prepaid.minor,
            months=tuple(right.months),
        ),
        scope=REFUND,
        key=f"termination:{right.agreement.pk}",
        by=None,
        now=now,
    )
