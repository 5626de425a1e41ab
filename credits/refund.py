"""The refund of prepaid fees as a proposal: the contract obliges, the portal prepares, a second person approves.

Clause: JB-11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.urls import reverse

from credits.models import Approval, Decision, Entry, Proposal, Termination, Verdict
from credits.months import month_words
from credits.proposals import Evidence, Kind, Payload, Shown, Title, payload_of, source_of, today_for
from credits.services.money import owe_refund
from credits.termination_notices import tell
from portal.accounts.models import User
from portal.contract.money import Money
from portal.web.figures import day_text, money_text

REFUND = "refund"
"""The kind's name, and the scope of what it proposes and posts."""


class RefundPayload(Payload, frozen=True):
    """What a refund rests on: the first day without the order form, its last, its days, and the months under target."""

    clause: str
    ends_on: str
    days_left: int
    days: int
    prepaid_minor: int
    months: tuple[str, ...]


class RefundKind(Kind):
    """What is left of prepaid fees, owed back."""

    label = "Refund"
    payload = RefundPayload
    waivable = False

    def titles(self, proposals: Sequence[Proposal]) -> Mapping[int, Title]:
        """Return what each is called. No query."""
        payloads: dict[int, RefundPayload] = {proposal.pk: payload_of(proposal) for proposal in proposals}
        return {
            proposal.pk: Title(
                "Refund of prepaid fees",
                f"{payloads[proposal.pk].days_left} of {payloads[proposal.pk].days} days not used",
                payloads[proposal.pk].clause,
                reverse("termination", args=[proposal.agreement_id]) if proposal.agreement_id else "",
            )
            for proposal in proposals
        }

    def describe(self, proposal: Proposal, user: User) -> Shown:
        """Return the months, each with its page, and the days that are paid and not used. No query."""
        payload: RefundPayload = payload_of(proposal)
        page = reverse("availability", args=[proposal.agreement_id])
        return Shown(
            facts=(
                ("Prepaid", money_text(Money(payload.prepaid_minor, proposal.unit_id))),
                ("First day without it", day_text(date.fromisoformat(payload.ends_on))),
            ),
            evidence=tuple(
                Evidence(month_words(month), "under target", f"{page}?month={month}", "JB-10")
                for month in payload.months
            ),
            url=reverse("termination", args=[proposal.agreement_id]),
            url_label="Open the notice",
        )

    def post(self, proposal: Proposal, *, approval: Approval, by: User, now: datetime) -> Entry:
        """Owe the client the refund."""
        assert proposal.agreement is not None  # noqa: S101  # A refund is always an agreement's.
        return owe_refund(
            agreement=proposal.agreement,
            money=Money(proposal.minor, proposal.unit_id),
            approval=approval,
            scope=proposal.scope,
            key=proposal.key,
            effective_on=today_for(proposal, now),
            by=by,
            now=now,
            source=source_of(proposal),
        )

    def decided(self, proposal: Proposal, decision: Decision, *, now: datetime) -> None:
        """Tell both sides that the refund is owed."""
        if decision.verdict == Verdict.APPROVED:
            tell("refund_posted", Termination.objects.get(proposal=proposal), at=now)
