"""Disputes of statements: the client says what is wrong or missing, staff answer; both are facts. Clause: JS-15."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from credits.dispute_notices import tell_of_answer, tell_of_dispute
from credits.errors import AlreadyAnsweredError, AlreadyDisputedError, UnknownLineError
from credits.models import Dispute, DisputeAnswer, Statement, StatementLine
from credits.services.permission import require, words
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Client

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


def _raise(dispute: Dispute, client: Client) -> Dispute:
    # Of two at the same time the second finds what the first said.
    Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    same = Dispute.objects.filter(line=dispute.line, statement=dispute.statement)
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
