"""An amount that is over-precise, a float or no number is refused with its reason, wherever one is taken.

Clause: JS-14. BAD_INPUTS: 13, 42. The fee of an agreement: tests/portal/clients/test_pages.py; of a run:
tests/portal/replay/test_pages.py; limits of approval: tests/portal/test_settings.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.urls import reverse

from credits.errors import BadAmountError
from credits.models import Entry, Invoice, Proposal, QuoteVersion, Rate, TimeEntry
from credits.rules.units import Amount
from credits.services import credit_client, grant_entitlement
from incidents.models import Incident
from portal.accounts.models import Role
from portal.clients.models import Client
from portal.contract.bad_line import BadLine
from portal.contract.money import Money
from portal.replay.history import read_history
from tests.credits.books import NOW, approval_for, order, propose
from tests.credits.test_statement_pages import browser_of
from tests.factories import AgreementFactory, ClientFactory, StaffFactory
from tests.test_every_url import MONDAY, one_hold, one_incident_not_ours, one_invoice, one_request

pytestmark = pytest.mark.django_db

WRONG = {
    "0.001": "too precise",
    "1e2": "plain number",
    "1.0e0": "plain number",
    "0x1": "plain number",
    "NaN": "plain number",
    "1,5": "plain number",
    "１": "plain number",
    "1" * 16: "too large",
}
"""What no amount of dollars, sessions or hours is, and a part of what is said to it."""
ROWS: tuple[type[Model], ...] = (Entry, Invoice, Proposal, QuoteVersion, Rate, TimeEntry)


def owed(client: Client) -> None:
    """Let the client be owed a credit."""
    agreement = AgreementFactory(client=client)
    credit_client(
        agreement=agreement, money=Money(500, "USD"), approval=approval_for(client), **order(f"owed {agreement.pk}")
    )


def invoice_new(client: Client) -> tuple[str, dict[str, Any]]:
    return reverse("invoice_new", args=[client.pk]), {"number": "7", "issued_on": "2026-03-02", "currency": "USD"}


def payment_new(client: Client) -> tuple[str, dict[str, Any]]:
    pk = one_invoice(client)["pk"]
    return reverse("payment_new", args=[pk]), {"effective_on": "2026-03-02", "currency": "USD"}


def offset_new(client: Client) -> tuple[str, dict[str, Any]]:
    owed(client)
    one_invoice(client)
    return reverse("offset_new", args=[client.pk]), {"currency": "USD"}


def payout_new(client: Client) -> tuple[str, dict[str, Any]]:
    owed(client)
    return reverse("payout_new", args=[client.pk]), {"owed": "credit", "currency": "USD", "reason": "So."}


def rate_new(client: Client) -> tuple[str, dict[str, Any]]:
    return reverse("rate_new"), {"name": "Engineer", "currency": "USD", "from_on": "2026-03-02"}


def quote_new(client: Client) -> tuple[str, dict[str, Any]]:
    url = reverse("quote_new", args=["service_request", one_request(client)["pk"]])
    return url, {"text": "Two sessions.", "basis": "fixed", "valid_until": "2026-03-20"}


def charge_new(client: Client) -> tuple[str, dict[str, Any]]:
    url = reverse("charge_new", kwargs=one_incident_not_ours(client))
    agreement = Incident.objects.get().agreement
    type(agreement).objects.filter(pk=agreement.pk).update(terms=AgreementFactory.build(preset="jbi-support").terms)
    return url, {"basis": "cause", "reason": "Not ours."}


def grant(client: Client) -> tuple[str, dict[str, Any]]:
    agreement = AgreementFactory(client=client)
    told = {"agreement": agreement.pk, "unit": "hours", "effective_on": "2026-03-02", "source": "PO-1", "reason": "So."}
    return reverse("entitlement_grant", args=[client.pk]), told


def spend(name: str) -> Callable[[Client], tuple[str, dict[str, Any]]]:
    def made(client: Client) -> tuple[str, dict[str, Any]]:
        one_hold(client)
        agreement = client.agreements.get()
        grant_entitlement(
            agreement=agreement,
            amount=Amount(500, "hours"),
            effective_at=NOW,
            expires_at=None,
            **order(f"hours {agreement.pk}"),
        )
        return reverse(name, args=[client.pk]), {"prepaid": f"{agreement.pk}:hours", "reason": "So."}

    return made


def hold_use(client: Client) -> tuple[str, dict[str, Any]]:
    return reverse("hold_use", kwargs=one_hold(client)), {"reason": "So."}


DOORS: dict[str, tuple[Callable[[Client], tuple[str, dict[str, Any]]], str]] = {
    "invoice": (invoice_new, "amount"),
    "payment": (payment_new, "amount"),
    "offset": (offset_new, "amount"),
    "payout": (payout_new, "amount"),
    "rate": (rate_new, "hourly"),
    "quote": (quote_new, "price"),
    "expenses": (charge_new, "expenses"),
    "grant": (grant, "amount"),
    "use": (spend("entitlement_use"), "amount"),
    "hold": (spend("entitlement_hold"), "amount"),
    "use of a hold": (hold_use, "amount"),
}
"""Each form that takes an amount, and the field in which."""


@pytest.mark.parametrize("door", DOORS)
def test_a_form_says_beside_its_field_why_an_amount_is_none_and_keeps_nothing(door: str) -> None:
    make, field = DOORS[door]
    with time_machine.travel(MONDAY, tick=False):
        url, fields = make(ClientFactory(name="Alder & Finch Events"))
        browser = browser_of(StaffFactory(role=Role.ADMINISTRATOR))
        before = [model._default_manager.count() for model in ROWS]

        told = {}
        for amount in WRONG:
            answer = browser.post(url, {"submission": str(uuid4()), **fields, field: amount})
            assert answer.status_code == 200, amount
            told[amount] = answer.context["form"].errors

        assert [model._default_manager.count() for model in ROWS] == before
    for amount, errors in told.items():
        assert list(errors) == [field], (amount, errors)
        assert WRONG[amount] in errors[field][0], (amount, errors)


def test_the_forms_are_all_that_take_an_amount_and_a_right_one_is_taken() -> None:
    with time_machine.travel(MONDAY, tick=False):
        for make, field in DOORS.values():
            url, fields = make(ClientFactory())
            answer = browser_of(StaffFactory(role=Role.ADMINISTRATOR)).post(
                url, {"submission": str(uuid4()), **fields, field: "1"}
            )
            assert answer.status_code == 302, (url, answer.context and answer.context["form"].errors)


def test_logged_time_is_whole_minutes() -> None:
    with time_machine.travel(MONDAY, tick=False):
        client = ClientFactory()
        url = reverse("time_new", args=["service_request", one_request(client)["pk"]])
        Rate.objects.create(name="Engineer", unit_id="USD", hourly=20_000, from_on=MONDAY.date())
        browser = browser_of(StaffFactory(role=Role.ADMINISTRATOR))

        for hours, why in {"1.005": "no whole minutes", "1e1": "no number of hours", "nan": "no number"}.items():
            told = {"worked_on": "2026-03-02", "hours": hours, "rate": "Engineer", "note": "Read the logs"}
            answer = browser.post(url, {"submission": str(uuid4()), **told})
            assert why in answer.context["form"].errors["hours"][0]

    assert not TimeEntry.objects.exists()


@pytest.mark.parametrize("amount", WRONG)
def test_a_sheet_of_invoices_names_the_row_and_enters_none(amount: str) -> None:
    ClientFactory(name="Alder")
    rows = f'client,number,issued_on,currency,amount\nAlder,1,2026-03-02,USD,5.00\nAlder,2,2026-03-02,USD,"{amount}"\n'
    sheet = SimpleUploadedFile("invoices.csv", rows.encode(), content_type="text/csv")

    with time_machine.travel(MONDAY, tick=False):
        answer = browser_of(StaffFactory(role=Role.FINANCE)).post(
            reverse("invoices_import"), {"submission": str(uuid4()), "sheet": sheet}
        )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "row 3" in page
    assert WRONG[amount] in page
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    ("place", "amount", "why"),
    [
        ("fee", 10000.0, "str"),
        ("fee", 10000, "str"),
        ("fee", "10000.001", "too precise"),
        ("fee", "1e4", "plain number"),
        ("prepaid", 10000.0, "str"),
        ("prepaid", "0.001", "too precise"),
    ],
)
def test_a_history_with_such_a_fee_is_refused_by_replay_and_by_load(
    tmp_path: Path, place: str, amount: object, why: str
) -> None:
    header: dict[str, Any] = {"replay": 1, "terms": "juno-live-support", "timezone": "America/New_York"}
    if place == "fee":
        header["fee"] = {"amount": amount, "currency": "USD", "per": "month"}
    else:
        header["term"] = {"starts": "2026-01-01", "ends": "2026-12-31", "prepaid": amount}
    line = json.dumps(header)
    path = tmp_path / "history.jsonl"
    path.write_text(line + "\n")
    agreement = AgreementFactory()

    with pytest.raises(BadLine, match=why):
        read_history([line.encode()])
    with pytest.raises(CommandError, match=why):
        call_command("replay", str(path))
    with pytest.raises(CommandError, match=why):
        call_command("load_history", str(path), agreement=agreement.ref)


@pytest.mark.parametrize("hourly", ["200.5", "1e3", "2e2"])
def test_the_admin_takes_whole_minor_units(hourly: str) -> None:
    propose(AgreementFactory())  # The units are there.
    answer = browser_of(StaffFactory(role=Role.ADMINISTRATOR)).post(
        reverse("admin:credits_rate_add"),
        {"name": "Engineer", "unit": "USD", "hourly": hourly, "from_on": "2026-03-02"},
    )

    assert "Enter a whole number" in answer.content.decode()
    assert not Rate.objects.exists()


@pytest.mark.parametrize("minor", [0.5, 100.0, True, "1", None])
def test_what_is_proposed_is_a_whole_number_of_minor_units(minor: Any) -> None:
    agreement = AgreementFactory()

    with pytest.raises(BadAmountError, match="Amounts never pass through float"):
        propose(agreement, minor)

    assert not Proposal.objects.exists()
