"""Who is told of disputes, and in which words: what concerns a client's money can't be muted by it. Clause: JS-15."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from credits.models import Dispute, DisputeAnswer
from credits.words import amount_text
from portal.accounts.models import STAFF_ROLES, Role, User
from portal.accounts.permissions import ALLOWED, Act
from portal.alerts.kinds import Mail, zone_of
from portal.alerts.models import Message
from portal.alerts.services import Notice, enqueue
from portal.web.figures import instant_text

CLAUSE = "JS-15"
"""Of a line that no clause of its own brought about."""

RAISED, ANSWERED = "dispute_raised", "dispute_answered"


def tell_of_dispute(dispute: Dispute, *, at: datetime) -> None:
    """Tell finance and whoever answers for the client. One query, and those of the outbox."""
    client = dispute.client
    roles = [role for role in STAFF_ROLES if role == Role.FINANCE and Act.PREPARE_MONEY in ALLOWED[role]]
    people = User.objects.filter(Q(role__in=roles) | Q(pk=client.relationship_manager_id), is_active=True)
    _tell(
        RAISED,
        dispute,
        [
            (user, "You answer for money." if user.role in roles else f"You answer for {client}.")
            for user in people.order_by("pk")
        ],
        at=at,
    )


def tell_of_answer(answer: DisputeAnswer, *, at: datetime) -> None:
    """Tell whoever raised the dispute, and who decides on money for the client. One query, and those of the outbox."""
    dispute = answer.dispute
    client = dispute.client
    roles = [role for role, acts in ALLOWED.items() if Act.DECIDE_OFFER in acts and role not in STAFF_ROLES]
    people = User.objects.filter(Q(role__in=roles) | Q(pk=dispute.raised_by_id), client=client, is_active=True)
    _tell(
        ANSWERED,
        dispute,
        [
            (user, "You raised it." if user.pk == dispute.raised_by_id else f"You decide on money for {client}.")
            for user in people.order_by("pk")
        ],
        at=at,
    )


def path_of(dispute: Dispute) -> str:
    """Return where both sides read a dispute: on its statement, or on a page of its own."""
    if dispute.told_on is None:
        return reverse("dispute", args=[dispute.pk])
    return reverse("statement", args=[dispute.told_on.pk])


def _tell(kind: str, dispute: Dispute, people: Iterable[tuple[User, str]], *, at: datetime) -> None:
    enqueue(
        (
            Notice(
                key=f"{kind}:{dispute.pk}:{user.email}",
                kind=kind,
                address=user.email,
                recipient_id=user.pk,
                subject_kind="dispute" if dispute.told_on is None else "statement",
                subject_ref=str(dispute.pk if dispute.told_on is None else dispute.told_on.pk),
                context={"why": why, "dispute": dispute.pk},
                mutable=False,
            )
            for user, why in people
        ),
        at=at,
    )


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write messages about disputes. One query."""
    rows = (
        Dispute.objects.with_statements()
        .select_related("answer")
        .in_bulk({message.context["dispute"] for message in messages})
    )
    return [_mail(message, rows[message.context["dispute"]]) for message in messages]


def _mail(message: Message, dispute: Dispute) -> Mail:
    line, statement, client = dispute.line, dispute.told_on, dispute.client
    answer: DisputeAnswer | None = getattr(dispute, "answer", None)
    facts = [("Client", client.name)]
    if statement is not None:
        facts.append(("Statement", statement.number))
    if dispute.agreement is not None:
        facts += [("Agreement", str(dispute.agreement)), ("Month", f"{dispute.month:%B %Y}")]
    if dispute.subject:
        facts.append(("Incident", dispute.subject.partition(":")[2]))
    if line is not None:
        facts += [("Line", f"{line.number}: {line.what}"), ("Amount", amount_text(line.amount))]
    if message.kind == RAISED or answer is None:
        raised = instant_text(dispute.raised_at, zone_of(message))
        subject = f"Disputed: {dispute.place}, {client.name}, {raised}"
        ask = f"Answer {dispute.raised_by.name} on {dispute.place}."
        paragraphs = [dispute.reason]
    else:
        answered = instant_text(answer.answered_at, zone_of(message))
        subject = f"Answered: {dispute.place}, {answered}"
        ask = f"Read the answer to your dispute: {answer.verdict[:1].lower()}{answer.verdict[1:]}."
        paragraphs = [answer.text]
    return Mail(
        subject=subject,
        kicker="Something is missing" if statement is None else f"Statement {statement.number}",
        ask=ask,
        paragraphs=paragraphs,
        facts=facts,
        clause=dispute.clause or CLAUSE,
        why=f"Why you get this: {message.context['why']}",
        link_path=path_of(dispute),
        link_label="Open it" if statement is None else "Open the statement",
        state="risk" if message.kind == RAISED else "met",
    )
