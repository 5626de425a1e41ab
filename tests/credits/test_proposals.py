"""Proposals: a second person decides, once, within a limit; what is approved is posted in the same transaction."""

from __future__ import annotations

from typing import Any

import pytest

from credits.credit_payload import CreditPayload
from credits.errors import (
    AlreadyDecidedError,
    BadAmountError,
    BeyondLimitError,
    InsufficientError,
    KeyReusedError,
    LedgerError,
    MayNotError,
    OwnWorkError,
    ReasonMissingError,
    UnknownProposalError,
    UnknownUnitError,
)
from credits.models import Approval, Code, Decision, Entry, Proposal, Verdict
from credits.proposals import UnknownKindError
from credits.rules.units import Amount
from credits.services import (
    approve_proposal,
    decline_proposal,
    pay_out,
    prepare_proposal,
    verify,
    waive_proposal,
    withdraw_proposal,
)
from portal.accounts.models import Role, User
from portal.clients.models import Agreement
from portal.contract.money import Money
from tests.credits.books import NOW, approval_for, held, order, propose
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement() -> Agreement:
    made: Agreement = AgreementFactory()
    return made


@pytest.fixture
def finance() -> User:
    made: User = StaffFactory(role=Role.FINANCE)
    return made


def prepare(agreement: Agreement, **changes: Any) -> Proposal:
    """Propose a service credit, with what a test changes of it."""
    told: dict[str, Any] = {
        "kind": "service_credit",
        "client": agreement.client,
        "agreement": agreement,
        "amount": Amount(100_00, "USD"),
        "reason": "Late.",
        "payload": CreditPayload(rule="critical_response", clause="JS-13", percent="10"),
        "scope": "service_credit",
        "key": "1",
        "by": None,
        "now": NOW,
    }
    return prepare_proposal(**{**told, **changes})


def test_what_a_second_person_approves_is_posted_with_its_approval_and_its_source(
    agreement: Agreement, finance: User
) -> None:
    proposal = propose(agreement)

    decision = approve_proposal(proposal_id=proposal.pk, by=finance, now=NOW)

    entry = Entry.objects.get()
    assert decision.entry == entry
    assert (entry.scope, entry.key, entry.source) == (proposal.scope, proposal.key, f"proposal:{proposal.pk}")
    assert entry.approval == decision.approval == Approval.objects.get()
    assert held(agreement.client, Code.CREDIT_OWED, "USD") == 100_00
    assert verify().wrong == ()


def test_who_prepares_a_proposal_does_not_decide_on_it_and_may_withdraw_it(agreement: Agreement, finance: User) -> None:
    proposal = propose(agreement, by=finance)

    for decide in (approve_proposal, waive_proposal, decline_proposal):
        with pytest.raises(OwnWorkError):
            decide(proposal_id=proposal.pk, reason="Mine.", by=finance, now=NOW)
    with pytest.raises(OwnWorkError, match="You did not prepare this"):
        withdraw_proposal(proposal_id=proposal.pk, reason="No.", by=StaffFactory(role=Role.FINANCE), now=NOW)
    decision = withdraw_proposal(proposal_id=proposal.pk, reason="A slip.", by=finance, now=NOW)

    assert decision.verdict == Verdict.WITHDRAWN
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("role", "minor", "refusal"),
    [
        (Role.AGENT, 1, UnknownProposalError),
        (Role.MANAGER, 500_00, None),
        (Role.MANAGER, 500_01, BeyondLimitError),
        (Role.MANAGER, -500_01, BeyondLimitError),
        (Role.FINANCE, 25_000_00, None),
        (Role.FINANCE, 25_000_01, BeyondLimitError),
        (Role.ADMINISTRATOR, 10**12, None),
    ],
)
def test_each_role_decides_up_to_its_limit(
    agreement: Agreement, role: Role, minor: int, refusal: type[LedgerError] | None
) -> None:
    proposal, person = propose(agreement, minor), StaffFactory(role=role)

    if refusal is None:
        assert approve_proposal(proposal_id=proposal.pk, by=person, now=NOW).verdict == Verdict.APPROVED
        return
    for decide in (approve_proposal, waive_proposal, decline_proposal):
        with pytest.raises(refusal):
            decide(proposal_id=proposal.pk, reason="No.", by=person, now=NOW)
    assert not Decision.objects.exists()


def test_a_currency_without_a_limit_is_left_to_administrators(
    agreement: Agreement, finance: User, settings: Any
) -> None:
    settings.APPROVAL_LIMITS = {"finance": {"USD": 100}}
    proposal = prepare(agreement, amount=Amount(1, "EUR"))

    with pytest.raises(BeyondLimitError, match=r"up to €0\.00"):
        approve_proposal(proposal_id=proposal.pk, by=finance, now=NOW)
    approve_proposal(proposal_id=proposal.pk, by=StaffFactory(role=Role.ADMINISTRATOR), now=NOW)


def test_a_proposal_is_decided_on_once(agreement: Agreement, finance: User) -> None:
    proposal = propose(agreement)
    waive_proposal(proposal_id=proposal.pk, reason="The client asked us to.", by=finance, now=NOW)

    for decide in (approve_proposal, waive_proposal, decline_proposal):
        with pytest.raises(AlreadyDecidedError, match=f"waived by {finance}"):
            decide(proposal_id=proposal.pk, reason="Again.", by=StaffFactory(role=Role.FINANCE), now=NOW)

    assert Decision.objects.get().reason == "The client asked us to."
    assert not Entry.objects.exists()


def test_what_the_ledger_refuses_stays_undecided(agreement: Agreement, finance: User) -> None:
    approve_proposal(proposal_id=propose(agreement, 100).pk, by=finance, now=NOW)
    pay_out(
        client=agreement.client,
        money=Money(100, "USD"),
        approval=approval_for(agreement.client),
        **order("paid"),
    )
    proposal = propose(agreement, -1, key="back")
    approvals = Approval.objects.count()

    with pytest.raises(InsufficientError, match="was applied or paid out since"):
        approve_proposal(proposal_id=proposal.pk, by=finance, now=NOW)

    assert list(Proposal.objects.undecided()) == [proposal]
    assert Approval.objects.count() == approvals


@pytest.mark.parametrize("decide", [waive_proposal, decline_proposal])
@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2001])
def test_a_word_against_a_proposal_needs_a_reason(
    agreement: Agreement, finance: User, decide: Any, reason: str
) -> None:
    with pytest.raises(ReasonMissingError):
        decide(proposal_id=propose(agreement).pk, reason=reason, by=finance, now=NOW)


def test_nobody_of_a_client_decides_on_a_proposal(agreement: Agreement) -> None:
    proposal = propose(agreement)

    for role in (Role.MEMBER, Role.SUPPORT_CONTACT, Role.CLIENT_ADMINISTRATOR):
        person = ClientUserFactory(role=role, client=agreement.client)
        with pytest.raises(UnknownProposalError):
            approve_proposal(proposal_id=proposal.pk, by=person, now=NOW)


def test_nobody_decides_on_money_in_another_persons_name(agreement: Agreement, finance: User) -> None:
    proposal = propose(agreement)
    finance.acted_by = StaffFactory(role=Role.MANAGER)

    with pytest.raises(UnknownProposalError):
        approve_proposal(proposal_id=proposal.pk, by=finance, now=NOW)


def test_proposed_again_with_the_same_key_it_is_the_same_proposal(agreement: Agreement) -> None:
    first = prepare(agreement)

    assert prepare(agreement, now=NOW.replace(hour=20)) == first
    with pytest.raises(KeyReusedError):
        prepare(agreement, amount=Amount(1, "USD"))
    with pytest.raises(KeyReusedError):
        prepare(agreement, payload=CreditPayload(rule="major_response", clause="JS-13", percent="5"))


def test_a_proposal_that_can_not_be_meant_is_refused(agreement: Agreement) -> None:
    with pytest.raises(BadAmountError, match=r"0\.00 USD"):
        prepare(agreement, amount=Amount(0, "USD"))
    with pytest.raises(BadAmountError):
        prepare(agreement, amount=Amount(10**18, "USD"))
    with pytest.raises(UnknownUnitError):
        prepare(agreement, amount=Amount(1, "XAU"))
    with pytest.raises(UnknownKindError):
        prepare(agreement, kind="gift")
    with pytest.raises(ReasonMissingError):
        prepare(agreement, reason=" ")
    with pytest.raises(MayNotError, match="Your role, agent, prepares no money"):
        prepare(agreement, by=StaffFactory())
    assert not Proposal.objects.exists()
