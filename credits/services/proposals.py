"""Proposing what costs money, and deciding on it: approved, waived or declined by a second person, once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from credits.errors import (
    AlreadyDecidedError,
    BadAmountError,
    KeyReusedError,
    MayNotError,
    NotApprovedError,
    OwnWorkError,
    ReasonMissingError,
    UnknownProposalError,
    UnknownUnitError,
)
from credits.models import Decision, Proposal, Verdict
from credits.proposals import Payload, kind_of
from credits.rules.seals import hash_of
from credits.rules.units import UNITS, Amount
from credits.services.approvals import approve, require_second_person
from credits.services.posting import check_whole
from incidents.rules.months import Month
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement, Client

LONGEST_REASON = 2000


def prepare_proposal(
    *,
    kind: str,
    client: Client,
    agreement: Agreement | None,
    amount: Amount,
    reason: str,
    payload: Payload,
    scope: str,
    key: str,
    month: Month | None = None,
    by: User | None,
    now: datetime,
) -> Proposal:
    """Propose something to a second person, once: repeated with the same scope and key it is the same proposal.

    `by` is None for the portal itself. The kind has to be registered (`credits.proposals`).

    Raises:
        MayNotError: The user's role prepares no money.
        BadAmountError: Zero, too much, or no whole number of minor units.
        UnknownUnitError: The ledger has no such unit.
        KeyReusedError: The key stands for another proposal.
        ReasonMissingError: No reason is given, or one of over 2,000 characters.
        UnknownKindError: No module registered the kind.
    """
    if by is not None and not may(by, Act.PREPARE_MONEY):
        raise MayNotError(f"Your role, {by.get_role_display().lower()}, prepares no money. Ask somebody of finance.")
    kind_of(kind)
    if amount.unit not in UNITS:
        raise UnknownUnitError(
            f"The ledger has no unit {amount.unit[:40]!r}. Choose one of {', '.join(UNITS)}.", field="unit"
        )
    check_whole(amount.minor)
    if not amount.minor:
        raise BadAmountError(f"The amount is {amount}. Give one that moves something.", field="amount")
    content: dict[str, Any] = msgspec.to_builtins(payload)
    proposal = Proposal(
        client=client,
        agreement=agreement,
        kind=kind,
        scope=scope,
        key=key,
        month=None if month is None else date(month.year, month.number, 1),
        unit_id=amount.unit,
        minor=amount.minor,
        prepared_by=by,
        prepared_at=now,
        reason=require_reason(reason),
        payload=content,
    )
    proposal.payload_hash = payload_hash_of(proposal)
    if found := _find(proposal):
        return found
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError:
        # Somebody proposed it at the same time.
        if found := _find(proposal):
            return found
        raise
    return proposal


def payload_hash_of(proposal: Proposal) -> str:
    """Return the hash of everything that makes a proposal this one and no other."""
    return hash_of(
        {
            "kind": proposal.kind,
            "client": proposal.client_id,
            "agreement": proposal.agreement_id,
            "month": proposal.month,
            "amount": [proposal.minor, proposal.unit_id],
            "payload": proposal.payload,
        }
    )


def _find(proposal: Proposal) -> Proposal | None:
    found = Proposal.objects.filter(scope=proposal.scope, key=proposal.key).first()
    if found is not None and found.payload_hash != proposal.payload_hash:
        raise KeyReusedError(f"The key {proposal.key!r} stands for another proposal. Take a new key.", field="key")
    return found


@transaction.atomic
def approve_proposal(*, proposal_id: int, reason: str = "", by: User, now: datetime) -> Decision:
    """Approve a proposal and post it, in one transaction.

    Raises:
        UnknownProposalError: There is none for this user.
        NotApprovedError, OwnWorkError, BeyondLimitError: They may not decide on it.
        AlreadyDecidedError: Somebody did before.
        LedgerError: What the ledger refuses, such as more than is owed.
    """
    proposal = _undecided(proposal_id, by=by)
    approval = approve(client=proposal.client, prepared_by=proposal.prepared_by, amount=proposal.amount, by=by, now=now)
    entry = kind_of(proposal.kind).post(proposal, approval=approval, by=by, now=now)
    return _decide(proposal, Verdict.APPROVED, reason, by=by, now=now, approval=approval, entry=entry)


@transaction.atomic
def waive_proposal(*, proposal_id: int, reason: str, by: User, now: datetime) -> Decision:
    """Say that what is proposed is due and will not be asked for or given. The client reads the reason.

    Raises as `approve_proposal` does, and:
        ReasonMissingError: No reason is given.
        MayNotError: This kind of proposal can only be declined.
    """
    proposal = _undecided(proposal_id, by=by)
    require_second_person(prepared_by=proposal.prepared_by, amount=proposal.amount, by=by)
    if not kind_of(proposal.kind).waivable:
        raise MayNotError(f"A {kind_of(proposal.kind).label.lower()} is not waived. Decline it.")
    return _decide(proposal, Verdict.WAIVED, require_reason(reason), by=by, now=now)


@transaction.atomic
def decline_proposal(*, proposal_id: int, reason: str, by: User, now: datetime) -> Decision:
    """Say that what is proposed is not due, with the reason. Raises as `approve_proposal` does, and:
    ReasonMissingError: No reason is given.
    """
    proposal = _undecided(proposal_id, by=by)
    require_second_person(prepared_by=proposal.prepared_by, amount=proposal.amount, by=by)
    return _decide(proposal, Verdict.DECLINED, require_reason(reason), by=by, now=now)


@transaction.atomic
def withdraw_proposal(*, proposal_id: int, reason: str, by: User, now: datetime) -> Decision:
    """Take back what one proposed oneself, before anybody decided.

    Raises:
        UnknownProposalError: There is none for this user.
        OwnWorkError: Somebody else proposed it, or the portal, or a month's close that the user made by hand.
        NotApprovedError: The user's role prepares no money any more.
        AlreadyDecidedError: Somebody decided on it.
        ReasonMissingError: No reason is given.
    """
    proposal = _undecided(proposal_id, by=by)
    if not may(by, Act.PREPARE_MONEY):
        raise NotApprovedError(f"Your role, {by.get_role_display().lower()}, prepares no money.")
    if proposal.prepared_by_id != by.pk:
        raise OwnWorkError("You did not prepare this. Decline it instead.")
    if not kind_of(proposal.kind).is_withdrawable(proposal):
        raise OwnWorkError("The month that you closed gives this. Ask a second person to decline it.")
    return _decide(proposal, Verdict.WITHDRAWN, require_reason(reason), by=by, now=now)


def withdraw_overtaken(proposals: Iterable[Proposal], *, reason: str, now: datetime) -> int:
    """Withdraw, in the portal's name, undecided proposals that later evidence overtook; return how many.

    In the caller's transaction. One that somebody decided on meanwhile is left as it is.
    """
    waiting = Proposal.objects.undecided().filter(pk__in=[one.pk for one in proposals])
    locked = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    # Under the locks: whoever decided first has committed by now.
    undecided = Proposal.objects.undecided().filter(pk__in=[one.pk for one in locked]).order_by("pk")
    for proposal in undecided:
        _decide(proposal, Verdict.WITHDRAWN, require_reason(reason), by=None, now=now)
    return len(undecided)


def lock_month(agreement_id: int, month: date, kind: str) -> list[Proposal]:
    """Lock and return a month's proposals of a kind, in the one order in which everybody locks them.

    Who closes the month, and who decides on any of it, sees what was decided by then.
    """
    rows = Proposal.objects.filter(agreement=agreement_id, month=month, kind=kind)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _undecided(proposal_id: int, *, by: User) -> Proposal:
    """Return a proposal that waits, locked with the others of its month; who decides then finds it decided."""
    proposals = Proposal.objects.visible_to(by).filter(pk=proposal_id)
    proposal: Proposal | None = proposals.select_related("client", "agreement", "prepared_by").first()
    if proposal is None or not may(by, Act.SEE_MONEY) or not by.is_provider:
        raise UnknownProposalError("There is no such proposal.")
    if proposal.agreement_id is not None and proposal.month is not None:
        lock_month(proposal.agreement_id, proposal.month, proposal.kind)
    else:
        proposals.select_for_update(of=("self",)).get()
    decision = Decision.objects.filter(proposal=proposal).select_related("decided_by").first()
    if decision is not None:
        who = decision.decided_by or "the portal"
        raise AlreadyDecidedError(
            f"This was {decision.get_verdict_display().lower()} by {who} before. Load the page again."
        )
    return proposal


def _decide(
    proposal: Proposal, verdict: Verdict, reason: str, *, by: User | None, now: datetime, **posted: Any
) -> Decision:
    decision = Decision.objects.create(
        proposal=proposal, verdict=verdict, decided_by=by, decided_at=now, reason=reason, **posted
    )
    kind_of(proposal.kind).decided(proposal, decision, now=now)
    return decision


def require_reason(reason: str) -> str:
    """Return a reason without the space around it. Raises: ReasonMissingError."""
    if not reason.strip():
        raise ReasonMissingError(
            "No reason is given. Say why, in a sentence that the other side can read.", field="reason"
        )
    if len(reason) > LONGEST_REASON:
        raise ReasonMissingError(
            f"The reason has {len(reason):,} characters. Shorten it to {LONGEST_REASON:,}.", field="reason"
        )
    return reason.strip()
