"""JS-15: a credit is on the client's balance until it is applied to an invoice or paid out; both are postings."""

from __future__ import annotations

from typing import Any

import pytest

from credits.models import Code, Entry, Kind, Proposal, Statement
from credits.services import credit_client, issue_statements
from portal.contract.money import Money
from tests.contracts.judging import ny
from tests.contracts.paid import PaidDesk
from tests.credits.books import approval_for, held, order


@pytest.fixture
def desk(db: None) -> PaidDesk:
    """Live platform support, with those who decide on money, and 1,500.00 of service credit."""
    made = PaidDesk("juno-live-support")
    credit_client(
        agreement=made.agreement,
        money=Money(150_000, "USD"),
        approval=approval_for(made.agreement.client),
        **order("credit"),
    )
    return made


def balance(desk: PaidDesk, code: Code = Code.CREDIT_OWED) -> int:
    """Return what an account of the client holds, in cents."""
    return held(desk.agreement.client, code, "USD")


def invoice(desk: PaidDesk, number: str, amount: str, on: str = "2026-03-01") -> None:
    """Let finance enter an invoice."""
    page = f"/money/clients/{desk.agreement.client_id}/invoice/"
    desk.do("16:00", page, by=desk.finance, number=number, issued_on=on, currency="USD", amount=amount)


def offset(desk: PaidDesk, amount: str, **fields: Any) -> Any:
    """Let finance apply credit, or only look."""
    page = f"/money/clients/{desk.agreement.client_id}/offset/"
    return desk.send("16:10", page, by=desk.finance, currency="USD", amount=amount, **fields)


def payout(desk: PaidDesk, amount: str) -> Proposal:
    """Let the manager propose a payout."""
    page = f"/money/clients/{desk.agreement.client_id}/payout/"
    desk.do("16:20", page, by=desk.manager, owed="credit", currency="USD", amount=amount, reason="The client left.")
    return Proposal.objects.latest("pk")


def test_credit_is_applied_to_the_oldest_invoice_first_and_stays_on_the_balance_until_then(desk: PaidDesk) -> None:
    invoice(desk, "2026-0302", "900.00", on="2026-03-02")
    invoice(desk, "2026-0208", "1000.00", on="2026-02-08")

    preview = offset(desk, "1200.00", preview="1")
    before = balance(desk)
    response = offset(desk, "1200.00")

    shown = " ".join(preview.content.decode().split())
    assert shown.index("2026-0208") < shown.index("2026-0302")
    assert "$200.00" in shown
    assert response.status_code == 302
    assert (before, balance(desk), balance(desk, Code.INVOICES_OWED)) == (150_000, 30_000, 70_000)
    page = desk.read("16:30", f"/money/clients/{desk.agreement.client_id}/", by=desk.finance)
    assert "2026-0302" in page
    assert "$700.00" in page


def test_more_than_is_open_or_owed_is_refused_with_what_is_there(desk: PaidDesk) -> None:
    invoice(desk, "2026-0302", "900.00")

    response = offset(desk, "1000.00")

    assert "Only $900.00 is open on invoices" in response.context["form"].errors["amount"][0]
    assert balance(desk) == 150_000


def test_a_payout_leaves_the_balance_once_a_second_person_approved_it(desk: PaidDesk) -> None:
    proposal = payout(desk, "1500.00")
    before = balance(desk)

    desk.do("16:30", f"/money/proposals/{proposal.pk}/", by=desk.finance, verdict="approve", reason="")

    assert (before, balance(desk)) == (150_000, 0)
    entry = Entry.objects.get(kind=Kind.PAYOUT)
    assert entry.approval is not None
    assert (entry.approval.prepared_by, entry.approval.approved_by) == (desk.manager, desk.finance)
    assert "Service credit paid out" in desk.read("16:40", f"/money/entries/{entry.pk}/", by=desk.finance)


def test_who_proposed_a_payout_does_not_approve_it(desk: PaidDesk) -> None:
    page = f"/money/clients/{desk.agreement.client_id}/payout/"
    desk.do("16:20", page, by=desk.finance, owed="credit", currency="USD", amount="10.00", reason="Asked for.")
    proposal = Proposal.objects.latest("pk")

    desk.send("16:30", f"/money/proposals/{proposal.pk}/", by=desk.finance, verdict="approve", reason="")

    assert balance(desk) == 150_000
    assert not Entry.objects.filter(kind=Kind.PAYOUT).exists()


def test_two_payouts_of_the_same_credit_are_paid_once(desk: PaidDesk) -> None:
    first, second = payout(desk, "1500.00"), payout(desk, "1500.00")
    desk.do("16:30", f"/money/proposals/{first.pk}/", by=desk.finance, verdict="approve", reason="")

    response = desk.send("16:40", f"/money/proposals/{second.pk}/", by=desk.finance, verdict="approve", reason="")

    assert "Credit owed has $0.00" in " ".join(response.content.decode().split())
    assert balance(desk) == 0
    assert Entry.objects.filter(kind=Kind.PAYOUT).count() == 1


def test_a_sum_more_precise_than_the_currency_is_refused_with_its_scale(desk: PaidDesk) -> None:
    page = f"/money/clients/{desk.agreement.client_id}/payout/"

    for amount in ("0.005", "1e309", "NaN", "1,000", "-5", "0"):
        errors = desk.refused(
            "16:20", page, by=desk.manager, owed="credit", currency="USD", amount=amount, reason="Asked for."
        )
        assert amount in errors["amount"][0]

    assert not Proposal.objects.exists()


def test_both_are_lines_of_the_clients_statement(desk: PaidDesk) -> None:
    invoice(desk, "2026-0302", "900.00")
    offset(desk, "900.00")
    proposal = payout(desk, "600.00")
    desk.do("16:30", f"/money/proposals/{proposal.pk}/", by=desk.finance, verdict="approve", reason="")
    issue_statements(now=ny("04-01 12:00"))
    statement = Statement.objects.get(unit="USD")
    page = desk.read("04-01 12:00", f"/statements/{statement.pk}/", by=desk.boss)

    assert "Applied to invoice 2026-0302" in page
    assert "Service credit paid out" in page
    assert page.count("JS-15") >= 2


def test_a_payout_of_more_than_is_owed_is_not_even_proposed(desk: PaidDesk) -> None:
    page = f"/money/clients/{desk.agreement.client_id}/payout/"
    said = {"owed": "credit", "currency": "USD", "amount": "1500.01", "reason": "The client left."}

    response = desk.send("16:20", page, by=desk.manager, **said)

    assert "Credit owed has $1,500.00, and $1,500.01 would be taken. Take less." in response.content.decode()
    assert not Proposal.objects.exists()


def test_the_form_begins_with_all_that_can_be_applied_and_offers_no_more_than_is_owed(desk: PaidDesk) -> None:
    invoice(desk, "2026-0302", "2000.00")
    page = f"/money/clients/{desk.agreement.client_id}/offset/"

    form = desk.read("16:05", page, by=desk.finance)
    over = offset(desk, "1500.01", preview="1").content.decode()

    assert 'value="1500.00"' in form
    assert "Credit owed has $1,500.00, and $1,500.01 would be taken. Take less." in over
    assert "What $1,500.01 pays" not in over
