"""The staff's pages of money: balances with their age, invoices typed in or of a sheet, reversals. BAD_INPUTS."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credits.models import Code, Entry, Invoice, Kind, Proposal
from credits.services import approve_proposal, credit_client, enter_invoice, reverse_entry, verify
from portal.accounts.models import Role, User
from portal.clients.models import Agreement
from portal.contract.money import Money
from tests.credits.books import NOW, TODAY, approval_for, held, order, propose
from tests.factories import AgreementFactory, StaffFactory

pytestmark = pytest.mark.django_db
HEADER = "client,number,issued_on,currency,amount\n"


@pytest.fixture
def agreement() -> Agreement:
    made: Agreement = AgreementFactory(client__name="Alder & Finch Events")
    return made


@pytest.fixture
def finance() -> User:
    made: User = StaffFactory(role=Role.FINANCE, zone="America/New_York")
    return made


def credit(agreement: Agreement, minor: int, on: date, key: str = "") -> Entry:
    return credit_client(
        agreement=agreement,
        money=Money(minor, "USD"),
        approval=approval_for(agreement.client),
        **order(key or f"{agreement.pk} {on} {minor}", effective_on=on),
    )


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def get(user: User, url: str, at: datetime = NOW) -> Any:
    with time_machine.travel(at, tick=False):
        return browser_of(user).get(url)


def post(user: User, url: str, **fields: Any) -> Any:
    with time_machine.travel(NOW, tick=False):
        return browser_of(user).post(url, {"submission": str(uuid4()), **fields})


def sheet(text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("invoices.csv", text if isinstance(text, bytes) else text.encode())


def test_credit_is_aged_by_the_parts_that_are_left_when_the_oldest_is_used_first(
    agreement: Agreement, finance: User
) -> None:
    for days, minor in ((100, 10_000), (80, 20_000), (45, 30_000), (5, 40_000)):
        credit(agreement, minor, TODAY - timedelta(days=days))
    client = agreement.client
    enter_invoice(
        client=client, number="1", issued_on=TODAY - timedelta(days=95), money=Money(90_000, "USD"), by=None, now=NOW
    )
    browser_of(finance).post(
        reverse("offset_new", args=[client.pk]),
        {"submission": str(uuid4()), "currency": "USD", "amount": "250.00"},
    )

    rows = list(csv.DictReader(io.StringIO(get(finance, reverse("money_sheet")).content.decode())))

    (row,) = rows
    assert (row["client"], row["credit_owed"]) == ("Alder & Finch Events", "750.00")
    ages = ("0_30", "31_60", "61_90", "over_90")
    assert [row[f"credit_{age}"] for age in ages] == ["400.00", "300.00", "50.00", "0.00"]
    assert [row[f"invoices_{age}"] for age in ages] == ["0.00", "0.00", "0.00", "650.00"]


def test_the_overview_sums_up_each_currency_over_all_clients_and_what_waits(
    agreement: Agreement, finance: User
) -> None:
    other = AgreementFactory()
    credit(agreement, 10_000, TODAY)
    credit(other, 5_000, TODAY)
    enter_invoice(client=other.client, number="1", issued_on=TODAY, money=Money(90_000, "EUR"), by=None, now=NOW)
    propose(agreement, 700)

    page = " ".join(get(finance, reverse("money")).content.decode().split())

    for sum_ in ("Service credit that we owe, USD</dt><dd>", "Service credit that we owe, EUR</dt><dd>"):
        assert sum_ in page
    assert "$150.00" in page
    assert "$7.00" in page
    assert "\N{EURO SIGN}900.00" in page


def test_each_entry_of_a_client_says_what_it_is_for(agreement: Agreement, finance: User) -> None:
    approve_proposal(proposal_id=propose(agreement).pk, by=StaffFactory(role=Role.FINANCE), now=NOW)
    enter_invoice(client=agreement.client, number="2026-0302", issued_on=TODAY, money=Money(9, "USD"), by=None, now=NOW)

    page = get(finance, reverse("money_client", args=[agreement.client_id])).content.decode()

    assert "Critical response late, 10\N{NO-BREAK SPACE}% of the month&#x27;s fee, February 2026" in page
    assert "Invoice 2026-0302" in page


def test_what_was_reversed_makes_no_credit_look_younger(agreement: Agreement, finance: User) -> None:
    credit(agreement, 10_000, TODAY - timedelta(days=100))
    credit(agreement, 10_000, TODAY)
    wrong = Entry.objects.get(effective_on=TODAY)
    reverse_entry(entry=wrong, approval=approval_for(agreement.client), **order("undo"))

    (row,) = csv.DictReader(io.StringIO(get(finance, reverse("money_sheet")).content.decode()))

    assert (row["credit_owed"], row["credit_0_30"], row["credit_over_90"]) == ("100.00", "0.00", "100.00")


def test_what_moved_stands_by_account_and_a_reversal_is_decided_on_by_its_largest_sum(
    agreement: Agreement, finance: User
) -> None:
    client = agreement.client
    credit(agreement, 20_000, TODAY)
    enter_invoice(client=client, number="1", issued_on=TODAY, money=Money(90_000, "USD"), by=None, now=NOW)
    post(finance, reverse("offset_new", args=[client.pk]), currency="USD", amount="150.00")
    offset = Entry.objects.get(kind=Kind.OFFSET)

    page = get(finance, reverse("money_client", args=[client.pk])).content.decode()
    post(finance, reverse("entry_reverse", args=[offset.pk]), reason="The invoice was paid before.")

    assert page.count("\N{MINUS SIGN}$150.00") == 2
    assert "$300.00" not in page
    assert Proposal.objects.get().money == Money(15_000, "USD")


def test_the_overview_costs_the_same_queries_however_many_clients(finance: User) -> None:
    counts = []
    for number in (2, 9):
        for _ in range(number):
            credit(AgreementFactory(), 100, TODAY)
        browser = browser_of(finance)
        browser.get(reverse("money"))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse("money")).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_an_empty_ledger_says_what_would_stand_here(finance: User) -> None:
    assert "Nothing is owed" in get(finance, reverse("money")).content.decode()


def test_what_is_paid_of_an_invoice_is_not_open_any_more_and_takes_no_credit(
    agreement: Agreement, finance: User
) -> None:
    client = agreement.client
    credit(agreement, 20_000, TODAY)
    invoice = enter_invoice(client=client, number="1", issued_on=TODAY, money=Money(10_000, "USD"), by=None, now=NOW)
    page = reverse("payment_new", args=[invoice.pk])

    offered = get(finance, page).content.decode()
    paid = post(finance, page, currency="USD", amount="60.00", effective_on=TODAY.isoformat())
    offset = post(finance, reverse("offset_new", args=[client.pk]), currency="USD", amount="50.00")

    assert 'value="100.00"' in offered
    assert paid.status_code == 302
    assert Invoice.objects.get().open == Money(4_000, "USD")
    assert "Only $40.00 is open on invoices" in offset.content.decode()
    assert verify().wrong == ()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"amount": "100.01"}, "Invoice 1 has $100.00 open, and $100.01 would be paid. Record less."),
        ({"amount": "0"}, "is not above zero"),
        ({"amount": "1.001"}, "USD"),
        ({"currency": "EUR"}, "EUR"),
        ({"effective_on": (TODAY + timedelta(days=9)).isoformat()}, "has not come yet"),
        ({"effective_on": "soon"}, "soon"),
    ],
)
def test_a_payment_that_can_not_be_is_refused_in_words(
    agreement: Agreement, finance: User, fields: dict[str, str], sentence: str
) -> None:
    invoice = enter_invoice(
        client=agreement.client, number="1", issued_on=TODAY, money=Money(10_000, "USD"), by=None, now=NOW
    )
    page = reverse("payment_new", args=[invoice.pk])

    response = post(
        finance, page, **{"currency": "USD", "amount": "10.00", "effective_on": TODAY.isoformat(), **fields}
    )

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert Invoice.objects.get().open == Money(10_000, "USD")


def test_two_clicks_record_a_payment_once_and_it_is_reversed_like_any_entry(
    agreement: Agreement, finance: User
) -> None:
    invoice = enter_invoice(
        client=agreement.client, number="1", issued_on=TODAY, money=Money(10_000, "USD"), by=None, now=NOW
    )
    fields = {"currency": "USD", "amount": "60.00", "effective_on": TODAY.isoformat(), "submission": str(uuid4())}

    for _ in range(2):
        assert post(finance, reverse("payment_new", args=[invoice.pk]), **fields).status_code == 302
    entry = Entry.objects.get(kind=Kind.PAYMENT)
    post(finance, reverse("entry_reverse", args=[entry.pk]), reason="Of another client.")
    approve_proposal(proposal_id=Proposal.objects.get().pk, by=StaffFactory(role=Role.FINANCE), now=NOW)

    assert Invoice.objects.get().open == Money(10_000, "USD")
    assert verify().wrong == ()


def test_a_sheet_of_invoices_is_entered_and_the_same_again_is_left_alone(agreement: Agreement, finance: User) -> None:
    first = "Alder & Finch Events,2026-0208,2026-02-08,usd,1000.00\n"
    text = f"{HEADER}{first}alder & finch events,2026-0302,2026-03-02,USD,5\n"

    for _ in range(2):
        response = post(finance, reverse("invoices_import"), sheet=sheet("\ufeff" + text))
        assert response.status_code == 302

    assert Invoice.objects.count() == 2
    assert held(agreement.client, Code.INVOICES_OWED, "USD") == 100_500


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("Nobody,1,2026-03-01,USD,5", "row 2: client: 'Nobody' is no client"),
        ("Alder & Finch Events,1,2026-02-31,USD,5", "row 2: issued_on: '2026-02-31' is no date"),
        ("Alder & Finch Events,1,0000-01-01,USD,5", "row 2: issued_on: '0000-01-01' is no date"),
        ("Alder & Finch Events,1,9999-12-31,USD,5", "is out of range"),
        ("Alder & Finch Events,1,2026-03-01,GOLD,5", "row 2: currency: 'GOLD' is no currency"),
        ("Alder & Finch Events,1,2026-03-01,USD,0.005", "row 2: amount: '0.005' is refused"),
        ('Alder & Finch Events,1,2026-03-01,USD,"1,000"', "row 2: amount: '1,000' is refused"),
        ("Alder & Finch Events,1,2026-03-01,USD,NaN", "row 2: amount: 'NaN' is refused"),
        ("Alder & Finch Events,1,2026-03-01,USD,-5", "is not above zero"),
        ("Alder & Finch Events,,2026-03-01,USD,5", "row 2: number: '' is no number"),
        ("Alder & Finch Events,1,2026-03-01,USD", "row 2: 4 cells; the header has 5"),
        ('"Alder,1,2026-03-01,USD,5', "a quote that is opened and never closed"),
        ("Alder & Finch Events,1,2027-03-01,USD,5", "row 2: 2027-03-01 has not come yet"),
    ],
)
def test_a_sheet_with_a_bad_row_says_which_and_enters_nothing(
    agreement: Agreement, finance: User, rows: str, sentence: str
) -> None:
    text = HEADER + rows + "\nAlder & Finch Events,9,2026-03-01,USD,7\n"

    response = post(finance, reverse("invoices_import"), sheet=sheet(text))

    assert response.status_code == 200
    assert sentence in "\n".join(response.context["form"].errors["sheet"])
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    "data", [b"\xff\xfe" + b"x" * 9, b"\x00" * 50, ("a," * 600_000).encode(), b"", HEADER.encode() * 2]
)
def test_what_is_no_sheet_is_refused_in_words(finance: User, data: bytes) -> None:
    response = post(finance, reverse("invoices_import"), sheet=sheet(data))

    assert response.status_code in (200, 302)
    assert not Invoice.objects.exists()


def test_a_reversal_is_proposed_approved_by_a_second_person_and_posted_once(
    agreement: Agreement, finance: User
) -> None:
    entry = credit(agreement, 5000, TODAY)
    manager = StaffFactory(role=Role.MANAGER)

    response = post(manager, reverse("entry_reverse", args=[entry.pk]), reason="Answered in time after all.")
    proposal = Proposal.objects.get(kind="reversal")
    before = held(agreement.client, Code.CREDIT_OWED, "USD")
    approve_proposal(proposal_id=proposal.pk, by=finance, now=NOW)

    assert response["Location"] == reverse("proposal", args=[proposal.pk])
    assert (before, held(agreement.client, Code.CREDIT_OWED, "USD")) == (5000, 0)
    reversal = Entry.objects.get(kind=Kind.REVERSAL)
    assert reversal.approval is not None
    assert (reversal.reverses, reversal.approval.approved_by) == (entry, finance)
    again = post(manager, reverse("entry_reverse", args=[entry.pk]), reason="Twice.")
    assert again["Location"] == reverse("entry", args=[entry.pk])
    assert Proposal.objects.filter(kind="reversal").count() == 1
    assert "Reversed" in get(finance, reverse("money_client", args=[agreement.client_id])).content.decode()


def test_an_invoice_of_a_known_number_with_another_sum_is_refused(agreement: Agreement, finance: User) -> None:
    form = {"number": "1", "issued_on": "2026-03-01", "currency": "USD"}
    url = reverse("invoice_new", args=[agreement.client_id])
    post(finance, url, **form, amount="10.00")

    response = post(finance, url, **form, amount="11.00")

    assert response.status_code == 200
    assert "stands for another posting" in str(response.context["form"].errors)
    assert held(agreement.client, Code.INVOICES_OWED, "USD") == 1000
