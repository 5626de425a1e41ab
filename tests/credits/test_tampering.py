"""Each kind of tampering, done with the triggers dropped, is named by `verify_ledger`."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from credits.models import Account, Code, Entry, Lot, Proposal
from credits.rules.units import Amount
from credits.services import (
    add_rate,
    approve_proposal,
    charge_client,
    close_months,
    enter_invoice,
    grant_entitlement,
    issue_statements,
    log_time,
    make_digests,
    offset_invoices,
    verify,
)
from portal.accounts.models import Role
from portal.contract.money import Money
from portal.journal.append_only import suspended
from tests.contracts.judging import ny
from tests.credits.books import NOW, approval_for, order
from tests.credits.test_closing import late, loaded
from tests.factories import ClientFactory, StaffFactory

pytestmark = pytest.mark.django_db

LATER = ny("07-02 09:00")


@pytest.fixture(autouse=True)
def ledger() -> None:
    """Post one of each: a closed month's credits, an invoice with an offset, a grant, a charge, statements, digests."""
    agreement = loaded(*late())
    client, finance = agreement.client, StaffFactory(role=Role.ADMINISTRATOR)
    close_months(now=ny("05-02 09:00"))
    for proposal in Proposal.objects.all():
        approve_proposal(proposal_id=proposal.pk, by=finance, now=ny("05-02 10:00"))
    enter_invoice(
        client=client, number="A-1", issued_on=date(2026, 5, 1), money=Money(900, "USD"), by=finance, now=LATER
    )
    offset_invoices(client=client, money=Money(400, "USD"), **order("offset"))
    grant_entitlement(
        agreement=agreement,
        amount=Amount(50, "hours"),
        effective_at=NOW,
        expires_at=NOW + timedelta(days=400),
        **order("grant"),
    )
    add_rate(name="Engineer", hourly=Money(200_00, "USD"), from_on=date(2026, 1, 1), by=finance)
    time = log_time(
        agreement=agreement,
        subject="incident:A",
        worked_by=finance,
        worked_on=date(2026, 3, 1),
        minutes=30,
        rate="Engineer",
        currency="USD",
        by=finance,
        now=NOW,
    )
    charge_client(
        agreement=agreement,
        subject="incident:A",
        reason="Not ours.",
        fixed=Money(5_00, "USD"),
        time=[time],
        approval=approval_for(client),
        **order("charge"),
    )
    issue_statements(now=LATER)
    make_digests(now=LATER)
    ClientFactory(name="Another")
    assert verify().wrong == ()


ANOTHER = "(SELECT id FROM clients_client WHERE name = 'Another')"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM credits_balance WHERE account_id = {owed}", "has no balance"),
        ("DELETE FROM credits_lotbalance WHERE lot_id = {lot}", "has no balance"),
        ("UPDATE credits_account SET client_id = {another} WHERE id = {offset}", "a line of another client"),
        ("UPDATE credits_account SET unit_id = 'EUR' WHERE id = {offset}", "of another unit than its account"),
        ("UPDATE credits_account SET unit_id = 'hours' WHERE id = {offset}", "does not count hours"),
        ("UPDATE credits_lot SET expires_at = NULL WHERE id = {lot}", "its validity or its agreement was changed"),
        ("UPDATE credits_lot SET agreement_id = NULL WHERE id = {lot}", "its validity or its agreement was changed"),
        ("UPDATE credits_invoice SET issued_on = '2026-01-01'", "its number, its day or its client was changed"),
        ("UPDATE credits_invoice SET number = 'A-2'", "its number, its day or its client was changed"),
        ("INSERT INTO credits_seal (digest) VALUES ('left over')", "has no entry"),
        ("UPDATE credits_proposal SET minor = minor + 1 WHERE id = {proposal}", "is not what its hash says"),
        ("UPDATE credits_proposal SET payload = '{{}}' WHERE id = {proposal}", "is not what its hash says"),
        ("UPDATE credits_proposal SET prepared_by_id = {person} WHERE id = {proposal}", "the second person who"),
        ("UPDATE credits_decision SET decided_by_id = {person} WHERE proposal_id = {proposal}", "the second person"),
        ("UPDATE credits_approval SET client_id = {another}", "not approved by a second person for its client"),
        ("UPDATE credits_monthclose SET inputs_hash = 'another'", "does not rest on what its hash says"),
        ("UPDATE credits_monthclose SET terms_hash = 'another'", "does not rest on what its hash says"),
        ("UPDATE credits_rate SET hourly = hourly + 1000", "is not the sum of its time and its expenses"),
        ("UPDATE credits_timeentry SET minutes = 60", "is not the sum of its time and its expenses"),
        ("UPDATE credits_charge SET fixed_minor = 0", "is not the sum of its time and its expenses"),
        ("UPDATE credits_line SET minor = minor + 1 WHERE account_id = {owed}", "is not what its seal says"),
        ("UPDATE credits_entry SET source = 'none' WHERE id = {entry}", "is not what its seal says"),
        ("UPDATE credits_entry SET posted_by_id = {person} WHERE id = {entry}", "is not what its seal says"),
        ("UPDATE credits_balance SET minor = minor + 1 WHERE account_id = {owed}", "and its lines sum to"),
        ("UPDATE credits_balance SET floor0 = NOT floor0 WHERE account_id = {offset}", "lost its floor"),
        ("UPDATE credits_statementline SET minor = minor + 1", "is not what its hash says"),
        ("UPDATE credits_statementline SET what = 'Nothing'", "is not what its hash says"),
        ("UPDATE credits_statementpart SET opening = 1, closing = closing + 1", "is not what its hash says"),
        ("UPDATE credits_digest SET digest = 'another'", "does not hold"),
    ],
)
def test_what_was_tampered_with_is_named(statement: str, told: str) -> None:
    ids = {
        "owed": Account.objects.get(code=Code.CREDIT_OWED).pk,
        "offset": Account.objects.get(code=Code.OFFSET).pk,
        "lot": Lot.objects.get(account__code=Code.ENTITLEMENT).pk,
        "proposal": Proposal.objects.order_by("pk")[0].pk,
        "entry": Entry.objects.get(key="charge").pk,
        "person": StaffFactory().pk,
        "another": ANOTHER,
    }

    with suspended(), connection.cursor() as cursor:
        cursor.execute(statement.format(**ids))
        connection.check_constraints()

    assert [line for line in verify().wrong if told in line]
