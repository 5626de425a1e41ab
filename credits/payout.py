"""A payout as a proposal: what is owed to the client leaves the ledger once a second person approved. Clause: JS-15."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from django.urls import reverse

from credits.models import Approval, Entry, Proposal
from credits.proposals import Kind, Payload, Shown, Title, payload_of, source_of, today_for
from credits.services.money import pay_out, pay_refund
from portal.accounts.models import User
from portal.contract.money import Money

PAYOUT = "payout"
"""The kind's name, and the scope of what it proposes and posts."""

Owed = Literal["credit", "refund"]
WORDS: Mapping[Owed, str] = {"credit": "Service credit paid out", "refund": "Refund of prepaid fees paid out"}
CLAUSES: Mapping[Owed, str] = {"credit": "JS-15", "refund": "JB-11"}


class PayoutPayload(Payload, frozen=True):
    """What is paid out: service credit, or a refund of prepaid fees."""

    owed: Owed


class PayoutKind(Kind):
    """Money that goes to the client instead of being offset."""

    label = "Payout"
    payload = PayoutPayload
    waivable = False

    def titles(self, proposals: Sequence[Proposal]) -> Mapping[int, Title]:
        """Return what each is called. No query."""
        owed: dict[int, Owed] = {proposal.pk: payload_of(proposal).owed for proposal in proposals}
        return {pk: Title(WORDS[kind], clause=CLAUSES[kind]) for pk, kind in owed.items()}

    def describe(self, proposal: Proposal, user: User) -> Shown:
        """Return where the client's accounts stand. No query."""
        return Shown(
            url=reverse("money_client", args=[proposal.client_id]), url_label=f"Open the accounts of {proposal.client}"
        )

    def post(self, proposal: Proposal, *, approval: Approval, by: User, now: datetime) -> Entry:
        """Pay out; more than is still owed by then is refused."""
        money = Money(proposal.minor, proposal.unit_id)
        payload: PayoutPayload = payload_of(proposal)
        if payload.owed == "refund":
            assert proposal.agreement is not None  # noqa: S101  # A refund is always an agreement's.
            return pay_refund(
                agreement=proposal.agreement,
                money=money,
                approval=approval,
                scope=proposal.scope,
                key=proposal.key,
                effective_on=today_for(proposal, now),
                by=by,
                now=now,
                source=source_of(proposal),
            )
        return pay_out(
            client=proposal.client,
            money=money,
            approval=approval,
            scope=proposal.scope,
            key=proposal.key,
            effective_on=today_for(proposal, now),
            by=by,
            now=now,
            source=source_of(proposal),
        )
