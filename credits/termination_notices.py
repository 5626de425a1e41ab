"""Who is told that an order form ends, and in which words: contractual notices that nobody can mute. Clause: JB-11."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from credits.models import Termination
from incidents.services.watching import people_answering_for
from portal.accounts.models import Role, User
from portal.accounts.permissions import ALLOWED, Act
from portal.alerts.kinds import Mail, zone_of
from portal.alerts.models import Message
from portal.alerts.services import Notice, enqueue
from portal.clients.audience import client_people
from portal.clients.models import Agreement
from portal.contract.money import Money
from portal.journal.subjects import Recipient
from portal.web.figures import day_text, instant_text, money_text

KINDS = ("termination_given", "refund_posted")
CLAUSE = "JB-11"

_OF_MONEY = [role for role in (Role.FINANCE, Role.MANAGER) if Act.APPROVE_MONEY in ALLOWED[role]]


def _people(agreement: Agreement) -> Iterator[Recipient]:
    """Yield both sides: the team and those who decide on money, then the client's people. Six queries."""
    seen: set[str] = set()
    deciding = User.objects.filter(role__in=_OF_MONEY, is_active=True).order_by("pk")
    ours = [Recipient(user.email, user.name, user.pk, True, "You decide on money.") for user in deciding]
    for one in (*people_answering_for(agreement), *ours, *client_people(agreement.client_id)):
        if one.address.lower() not in seen:
            seen.add(one.address.lower())
            yield one


def tell(kind: str, termination: Termination, *, at: datetime) -> None:
    """Queue a notice for both sides, who gave it included: it is the written confirmation."""
    enqueue(
        (
            Notice(
                key=f"{kind}:{termination.pk}:{one.address}",
                kind=kind,
                address=one.address,
                recipient_id=one.user_id,
                agreement_id=termination.agreement_id,
                subject_kind="termination",
                subject_ref=str(termination.pk),
                context={"why": one.why, "termination": termination.pk, "ours": one.is_provider},
                mutable=False,
            )
            for one in _people(termination.agreement)
        ),
        at=at,
    )


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write notices of ends. One query."""
    rows = Termination.objects.select_related("agreement__client", "given_by").in_bulk(
        {message.context["termination"] for message in messages}
    )
    return [_mail(message, rows) for message in messages]


def _mail(message: Message, rows: Mapping[int, Termination]) -> Mail:
    row = rows[message.context["termination"]]
    agreement, when = row.agreement, day_text(row.ends_on)
    refund = money_text(Money(row.refund_minor, row.unit_id)) if row.refund_minor and row.unit_id else ""
    given = message.kind == "termination_given"
    if given:
        subject = f"{agreement.title} ends on {when}"
        ours = "Approve the refund." if refund else "Nothing was prepaid, so nothing is refunded."
        theirs = f"Your notice is recorded. {agreement.title} ends on {when}."
        ask = ours if message.context["ours"] else theirs
    else:
        posted = instant_text(message.queued_at, zone_of(message))
        subject = f"Refund of {refund}: {agreement.title}, {posted}"
        ask = f"{refund} of prepaid fees are owed back to {agreement.client.name}."
    return Mail(
        subject=subject,
        kicker=f"Notice on {agreement.ref}",
        ask=ask,
        paragraphs=[
            "Nothing new begins under it from that day on. What was promised before stays promised.",
        ]
        if given
        else [],
        facts=[
            ("Agreement", f"{agreement.title} ({agreement.ref})"),
            ("Client", agreement.client.name),
            ("Given by", row.name),
            ("First day without it", when),
            ("Months under target", ", ".join(row.months)),
            *([("Refund", refund)] if refund else []),
        ],
        clause=CLAUSE,
        why=f"Why you get this: {message.context['why']}",
        link_path=f"/money/terminations/{agreement.pk}/",
        link_label="Open the notice",
        state="breached" if given else "met",
    )
