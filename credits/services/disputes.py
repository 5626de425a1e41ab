"""Disputes of money: the client says what is wrong or missing, staff answer; both are facts. Clause: JS-15."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from credits.dispute_notices import tell_of_answer, tell_of_dispute
from credits.errors import (
    AlreadyAnsweredError,
    AlreadyDisputedError,
    MonthNotOverError,
    UnknownAgreementError,
    UnknownLineError,
)
from credits.models import Dispute, DisputeAnswer, Statement, StatementLine
from credits.services.permission import require, words
from incidents.models import Incident
from incidents.rules.months import Month
from incidents.service_page import month_title
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Agreement, Client

LONGEST_TEXT = 2000


@transaction.atomic
def raise_dispute(*, line_id: int, reason: str, by: User, now: datetime) -> Dispute:
    """Say as the client that a line of a statement is wrong, and why; those who answer are mailed.

    Raises:
        MayNotError: The user's role decides on no money, or staff act in the person's name.
        UnknownLineError: There is no such line for this user.
        AlreadyDisputedError: A dispute of it waits for an answer; the sentence says whose.
        NoWordsError: No reason is given, or one of over 2,000 characters.
    """
    require(by, Act.DECIDE_OFFER)
    reason = words(reason, field="reason", what="The reason", longest=LONGEST_TEXT)
    line = StatementLine.objects.visible_to(by).select_related("statement__client").filter(pk=line_id).first()
    if line is None or by.is_provider:
        raise UnknownLineError("There is no such line.")
    return _raise(Dispute(line=line, reason=reason, raised_by=by, raised_at=now), line.statement.client)


@transaction.atomic
def report_missing(*, statement_id: int, reason: str, by: User, now: datetime) -> Dispute:
    """Say as the client what should stand on a statement and does not, such as a credit; those who answer are mailed.

    Raises:
        MayNotError: The user's role decides on no money, or staff act in the person's name.
        UnknownLineError: There is no such statement for this user.
        AlreadyDisputedError: Something else that is missing on it waits for an answer; the sentence says who said so.
        NoWordsError: It is not said what, or in over 2,000 characters.
    """
    require(by, Act.DECIDE_OFFER)
    reason = words(reason, field="reason", what="What is missing", longest=LONGEST_TEXT)
    statement = Statement.objects.visible_to(by).select_related("client").filter(pk=statement_id).first()
    if statement is None or by.is_provider:
        raise UnknownLineError("There is no such statement.")
    return _raise(Dispute(statement=statement, reason=reason, raised_by=by, raised_at=now), statement.client)


@transaction.atomic
def report_missing_in_month(
    *, agreement_id: int, month: Month, incident: str = "", reason: str, by: User, now: datetime
) -> Dispute:
    """Say as the client what should have been credited or posted for a month and was not; those who answer are mailed.

    It needs no statement: one may have been issued for the month, or none. `incident` is the number of the one that it
    should have been for, '' for none.

    Raises:
        MayNotError: The user's role decides on no money, or staff act in the person's name.
        UnknownAgreementError: There is no such agreement for this user.
        MonthNotOverError: The month is not over in the agreement's zone, or the agreement did not run in it.
        UnknownLineError: There is no such incident under the agreement.
        AlreadyDisputedError: The same was said of the month before, and waits for an answer.
        NoWordsError: It is not said what, or in over 2,000 characters.
    """
    require(by, Act.DECIDE_OFFER)
    reason = words(reason, field="reason", what="What is missing", longest=LONGEST_TEXT)
    agreements = Agreement.objects.visible_to(by).filter(activated_at__isnull=False).select_related("client")
    agreement = agreements.filter(pk=agreement_id).first()
    if agreement is None or by.is_provider:
        raise UnknownAgreementError("That agreement does not exist. Choose one of the list.", field="agreement")
    _require_over(agreement, month, now)
    incident = incident.strip()
    if incident and not Incident.objects.visible_to(by).filter(agreement=agreement, ref=incident).exists():
        raise UnknownLineError(
            f"“{incident[:40]}” is no incident under {agreement.ref}. Write its number as its page has it, or none.",
            field="incident",
        )
    return _raise(
        Dispute(
            agreement=agreement,
            month=date(month.year, month.number, 1),
            subject=f"incident:{incident}" if incident else "",
            reason=reason,
            raised_by=by,
            raised_at=now,
        ),
        agreement.client,
    )


def _require_over(agreement: Agreement, month: Month, now: datetime) -> None:
    """Refuse a month of which nothing can be missing yet, or never."""
    zone = ZoneInfo(agreement.zone)
    assert agreement.activated_at is not None  # noqa: S101  # No other is found.
    begun = agreement.activated_at.astimezone(zone).date()
    if agreement.starts_on is not None:
        begun = min(begun, agreement.starts_on)
    if month.end(zone) > now:
        raise MonthNotOverError(
            f"{month_title(month)} is not over in {agreement.zone}. What it brings is reckoned once it is.",
            field="month",
        )
    ended = agreement.ended_at is not None and agreement.ended_at <= month.start(zone)
    if ended or month < Month(begun.year, begun.month):
        raise MonthNotOverError(
            f"{agreement.ref} did not run in {month_title(month)}. Choose a month in which it did.", field="month"
        )


def _raise(dispute: Dispute, client: Client) -> Dispute:
    # Of two at the same time the second finds what the first said.
    Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    same = Dispute.objects.filter(
        line=dispute.line,
        statement=dispute.statement,
        agreement=dispute.agreement,
        month=dispute.month,
        subject=dispute.subject,
    )
    earlier = list(same.select_related("answer", "raised_by").order_by("ordinal"))
    waiting = next((one for one in earlier if not hasattr(one, "answer")), None)
    if waiting is not None:
        what = "disputed this line" if dispute.line else "said that something is missing"
        raise AlreadyDisputedError(f"{waiting.raised_by.name} {what} before, and it waits for an answer.")
    dispute.ordinal = len(earlier) + 1
    dispute.save(force_insert=True)
    tell_of_dispute(dispute, at=dispute.raised_at)
    return dispute


@transaction.atomic
def answer_dispute(*, dispute_id: int, outcome: str, text: str, by: User, now: datetime) -> DisputeAnswer:
    """Answer a dispute: the statement stands, or a further entry will put it right; the client is mailed.

    Raises:
        MayNotError: The user's role prepares no money.
        UnknownLineError: There is no such dispute, or the outcome is none.
        AlreadyAnsweredError: Somebody answered it before; the sentence says who.
        NoWordsError: Nothing is said, or over 2,000 characters.
    """
    require(by, Act.PREPARE_MONEY)
    text = words(text, field="text", what="The answer", longest=LONGEST_TEXT)
    if outcome not in DisputeAnswer.Outcome.values:
        raise UnknownLineError(f"“{outcome[:40]}” is no outcome. Choose one of the list.", field="outcome")
    dispute = (
        Dispute.objects.visible_to(by).select_for_update(of=("self",)).with_statements().filter(pk=dispute_id).first()
    )
    if dispute is None:
        raise UnknownLineError("There is no such dispute.")
    told = DisputeAnswer.objects.filter(dispute=dispute).select_related("answered_by").first()
    if told is not None:
        raise AlreadyAnsweredError(f"{told.answered_by.name} answered this dispute before.")
    answer: DisputeAnswer = DisputeAnswer.objects.create(
        dispute=dispute, outcome=outcome, text=text, answered_by=by, answered_at=now
    )
    tell_of_answer(answer, at=now)
    return answer
