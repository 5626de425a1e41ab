"""Service credits, charges, invoices, offsets and payouts. Clause: JS-2, JS-14, JS-15."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from credits.errors import (
    AlreadyReversedError,
    BadAmountError,
    FutureError,
    InsufficientError,
    KeyReusedError,
    NotApprovedError,
    NotReversibleError,
    OwnWorkError,
    UnbalancedError,
    UnknownUnitError,
)
from credits.models import Account, Approval, Code, Entry, Invoice, Kind
from credits.rules.units import Amount
from credits.services import (
    Movement,
    approve,
    charge_client,
    credit_client,
    enter_invoice,
    offset_invoices,
    pay_out,
    post_entry,
    reverse_entry,
    verify,
)
from portal.accounts.models import Role, User
from portal.clients.models import Agreement, Client
from portal.contract.money import Money
from tests.credits.books import NOW, TODAY, approval_for, held, order
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory

pytestmark = pytest.mark.django_db

TEN = Amount(1000, "USD")


@pytest.fixture
def agreement() -> Agreement:
    """Return an agreement whose client is owed 100.00 US dollars."""
    made: Agreement = AgreementFactory()
    credit_client(agreement=made, money=Money(10_000, "USD"), approval=approval_for(made.client), **order("credit"))
    return made


def enter(client: Client, number: str, issued_on: date, minor: int) -> Invoice:
    """Enter an invoice."""
    return enter_invoice(client=client, number=number, issued_on=issued_on, money=Money(minor, "USD"), by=None, now=NOW)


def open_on_invoices() -> dict[str, int]:
    """Return what is open on each invoice, in minor units."""
    return dict(Invoice.objects.values_list("number", "lot__balance__remaining"))


def test_a_credit_is_owed_until_it_is_offset_or_paid_out(agreement: Agreement) -> None:
    client = agreement.client
    enter(client, "INV-1", TODAY, 3000)

    offset_invoices(client=client, money=Money(3000, "USD"), **order("offset"))
    pay_out(client=client, money=Money(7000, "USD"), approval=approval_for(client), **order("payout"))

    assert held(client, Code.CREDIT_OWED, "USD") == 0
    assert held(client, Code.OFFSET, "USD") == 3000
    assert held(client, Code.PAID_OUT, "USD") == 7000
    assert held(client, Code.CREDITS_GRANTED, "USD") == -10_000
    assert verify().wrong == ()


def test_the_oldest_invoice_is_offset_first_whatever_the_order_in_which_they_were_entered(
    agreement: Agreement,
) -> None:
    enter(agreement.client, "FEBRUARY", date(2026, 2, 1), 4000)
    enter(agreement.client, "JANUARY", date(2026, 1, 1), 4000)

    offset_invoices(client=agreement.client, money=Money(5000, "USD"), **order("offset"))

    assert open_on_invoices() == {"JANUARY": 0, "FEBRUARY": 3000}
    assert held(agreement.client, Code.INVOICES_OWED, "USD") == 3000


def test_no_more_is_offset_than_is_owed_or_open(agreement: Agreement) -> None:
    enter(agreement.client, "INV-1", TODAY, 3000)
    with pytest.raises(InsufficientError, match=r"Only \$30\.00 is open on invoices, not \$30\.01"):
        offset_invoices(client=agreement.client, money=Money(3001, "USD"), **order("more than is open"))
    enter(agreement.client, "INV-2", TODAY, 20_000)

    with pytest.raises(InsufficientError, match=r"Credit owed has \$100\.00, and \$100\.01 would be taken"):
        offset_invoices(client=agreement.client, money=Money(10_001, "USD"), **order("more than is owed"))

    assert open_on_invoices() == {"INV-1": 3000, "INV-2": 20_000}


def test_no_more_is_paid_out_than_is_owed(agreement: Agreement) -> None:
    approval = approval_for(agreement.client)

    with pytest.raises(InsufficientError):
        pay_out(client=agreement.client, money=Money(10_001, "USD"), approval=approval, **order("payout"))

    assert held(agreement.client, Code.CREDIT_OWED, "USD") == 10_000


def test_a_currency_is_not_paid_out_of_another(agreement: Agreement) -> None:
    with pytest.raises(InsufficientError, match=r"Credit owed has €0\.00"):
        pay_out(
            client=agreement.client,
            money=Money(1, "EUR"),
            approval=approval_for(agreement.client),
            **order("payout"),
        )


def test_an_invoice_is_entered_once_and_its_number_names_no_other(agreement: Agreement) -> None:
    first = enter(agreement.client, "INV-1", TODAY, 3000)

    assert enter(agreement.client, "INV-1", TODAY, 3000) == first
    with pytest.raises(KeyReusedError):
        enter(agreement.client, "INV-1", TODAY, 3001)
    assert held(agreement.client, Code.INVOICES_OWED, "USD") == 3000


def test_late_evidence_posts_the_difference_down_to_what_is_still_owed(agreement: Agreement) -> None:
    approval = approval_for(agreement.client)

    credit_client(agreement=agreement, money=Money(-2500, "USD"), approval=approval, **order("difference"))

    assert held(agreement.client, Code.CREDIT_OWED, "USD") == 7500
    with pytest.raises(InsufficientError):
        credit_client(agreement=agreement, money=Money(-7501, "USD"), approval=approval, **order("too much"))


def test_a_charge_is_owed_by_the_client(agreement: Agreement) -> None:
    charge_client(
        agreement=agreement,
        subject="incident:INC-7",
        reason="Not caused by us: investigated on request.",
        fixed=Money(18_000, "USD"),
        approval=approval_for(agreement.client),
        **order("charge"),
    )

    assert held(agreement.client, Code.CHARGES_OWED, "USD") == 18_000
    assert held(agreement.client, Code.CREDIT_OWED, "USD") == 10_000


@pytest.mark.parametrize("minor", [0, -1])
def test_a_charge_or_a_payout_is_above_zero(agreement: Agreement, minor: int) -> None:
    approval = approval_for(agreement.client)

    with pytest.raises(BadAmountError):
        charge_client(
            agreement=agreement,
            subject="incident:INC-7",
            reason="Investigated on request.",
            fixed=Money(minor, "USD"),
            approval=approval,
            **order("charge"),
        )
    with pytest.raises(BadAmountError):
        pay_out(client=agreement.client, money=Money(minor, "USD"), approval=approval, **order("payout"))


def test_a_reversal_negates_exactly_and_happens_once(agreement: Agreement) -> None:
    credit = Entry.objects.get()

    with pytest.raises(NotApprovedError, match="A reversal needs the approval of a second person"):
        reverse_entry(entry=credit, **order("undo"))
    approved = {"approval": approval_for(agreement.client)}

    reversal = reverse_entry(entry=credit, **approved, **order("undo"))

    assert reverse_entry(entry=credit, **approved, **order("undo")) == reversal
    assert list(reversal.lines.order_by("id").values_list("minor", flat=True)) == [10_000, -10_000]
    assert held(agreement.client, Code.CREDIT_OWED, "USD") == 0
    with pytest.raises(AlreadyReversedError):
        reverse_entry(entry=credit, **approved, **order("undo again"))
    with pytest.raises(NotReversibleError):
        reverse_entry(entry=reversal, **order("undo the undoing"))


def test_a_reversed_offset_opens_the_invoice_again(agreement: Agreement) -> None:
    enter(agreement.client, "INV-1", TODAY, 3000)
    offset = offset_invoices(client=agreement.client, money=Money(2000, "USD"), **order("offset"))

    reverse_entry(entry=offset, **order("undo"))

    assert open_on_invoices() == {"INV-1": 3000}
    assert held(agreement.client, Code.CREDIT_OWED, "USD") == 10_000


def test_who_repeats_an_act_is_told_what_came_of_it_before_any_other_check(agreement: Agreement) -> None:
    approval = approval_for(agreement.client)
    money = Money(10_000, "USD")
    paid = pay_out(client=agreement.client, money=money, approval=approval, **order("payout"))

    again = pay_out(
        client=agreement.client, money=money, approval=approval, **order("payout", by=StaffFactory(), now=NOW)
    )

    assert again == paid
    assert Entry.objects.filter(kind=Kind.PAYOUT).count() == 1


def test_a_key_that_stands_for_something_else_is_a_conflict(agreement: Agreement) -> None:
    approval = approval_for(agreement.client)
    pay_out(client=agreement.client, money=Money(1, "USD"), approval=approval, **order("payout"))

    for changed in (
        order("payout", source="test:2"),
        order("payout", effective_on=TODAY - timedelta(days=1)),
    ):
        with pytest.raises(KeyReusedError, match="The key 'payout' stands for another posting") as refusal:
            pay_out(client=agreement.client, money=Money(1, "USD"), approval=approval, **changed)
        assert (refusal.value.status, refusal.value.code) == (409, "key_reused")


def test_a_day_that_has_come_nowhere_is_refused(agreement: Agreement) -> None:
    approval = approval_for(agreement.client)
    told: dict[str, Any] = {"agreement": agreement, "money": Money(1, "USD"), "approval": approval}

    credit_client(**told, **order("first in the east", now=NOW.replace(hour=10), effective_on=date(2026, 3, 3)))
    with pytest.raises(FutureError, match="2026-03-03 has not come yet"):
        credit_client(
            **told,
            **order("nowhere", now=NOW.replace(hour=9, minute=59), effective_on=date(2026, 3, 3)),
        )


def test_an_entry_is_two_lines_or_more_that_sum_to_zero_of_whole_amounts(agreement: Agreement) -> None:
    def post(*lines: Movement) -> Entry:
        return post_entry(
            kind=Kind.OFFSET, client=agreement.client, agreement=agreement, lines=lines, **order("by hand")
        )

    with pytest.raises(UnbalancedError, match="two lines at least"):
        post()
    with pytest.raises(UnbalancedError, match=r"0\.01 USD apart"):
        post(Movement(Code.CREDIT_OWED, "USD", -1), Movement(Code.OFFSET, "USD", 2))
    with pytest.raises(UnbalancedError):
        post(Movement(Code.CREDIT_OWED, "USD", -1), Movement(Code.OFFSET, "EUR", 1))
    with pytest.raises(BadAmountError, match="moves nothing"):
        post(Movement(Code.CREDIT_OWED, "USD", 0), Movement(Code.OFFSET, "USD", 0))
    with pytest.raises(BadAmountError, match="too many"):
        post(Movement(Code.CREDIT_OWED, "USD", -(10**18)), Movement(Code.OFFSET, "USD", 10**18))
    with pytest.raises(UnknownUnitError, match=r"has no unit 'XYZ'\. Choose one of USD, EUR"):
        post(Movement(Code.CREDIT_OWED, "XYZ", -1), Movement(Code.OFFSET, "XYZ", 1))
    with pytest.raises(UnknownUnitError, match="Credit owed does not count hours"):
        post(Movement(Code.CREDIT_OWED, "hours", -1), Movement(Code.OFFSET, "hours", 1))
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("minor", [0.5, 1.0, True, "1", None])
def test_an_amount_that_is_no_whole_number_is_refused(agreement: Agreement, minor: object) -> None:
    with pytest.raises(BadAmountError, match="is no whole number of minor units"):
        pay_out(
            client=agreement.client,
            money=Money(minor, "USD"),  # type: ignore[arg-type]
            approval=approval_for(agreement.client),
            **order("payout"),
        )


def test_money_is_approved_by_a_second_person_whose_role_allows_it() -> None:
    client = AgreementFactory().client
    finance, other, agent = StaffFactory(role=Role.FINANCE), StaffFactory(role=Role.FINANCE), StaffFactory()

    approved = approve(client=client, prepared_by=other, amount=TEN, by=finance, now=NOW)

    assert approved.approved_by == finance
    assert approve(client=client, prepared_by=None, amount=TEN, by=finance, now=NOW).prepared_by is None
    with pytest.raises(OwnWorkError):
        approve(client=client, prepared_by=finance, amount=TEN, by=finance, now=NOW)
    with pytest.raises(NotApprovedError, match="Your role, agent, does not approve money"):
        approve(client=client, prepared_by=other, amount=TEN, by=agent, now=NOW)


def test_nothing_that_costs_money_is_posted_without_approval(agreement: Agreement) -> None:
    lines = [Movement(Code.CREDIT_OWED, "USD", -1), Movement(Code.PAID_OUT, "USD", 1)]

    with pytest.raises(NotApprovedError, match=r"A payout needs the approval of a second person"):
        post_entry(kind=Kind.PAYOUT, client=agreement.client, agreement=None, lines=lines, **order("without"))


def test_staff_see_every_entry_and_a_client_its_own(agreement: Agreement) -> None:
    stranger: User = ClientUserFactory()
    own: User = ClientUserFactory(client=agreement.client)
    gone: User = StaffFactory(is_active=False)

    for model in (Entry, Account, Approval):
        everything = set(model.objects.all())
        assert set(model.objects.visible_to(own)) == everything == set(model.objects.visible_to(StaffFactory()))
        assert not model.objects.visible_to(stranger).exists()
        assert not model.objects.visible_to(gone).exists()
