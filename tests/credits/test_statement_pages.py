"""Statements on their pages and in their files, and what clients dispute of them."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credits import dispute_notices
from credits.errors import AlreadyAnsweredError, AlreadyDisputedError, MayNotError, NoWordsError, UnknownLineError
from credits.models import Dispute, DisputeAnswer, Statement, StatementLine
from credits.services import (
    answer_dispute,
    credit_client,
    enter_invoice,
    issue_statements,
    offset_invoices,
    raise_dispute,
    report_missing,
)
from portal.accounts.models import Role, User
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.contract.money import Money
from tests.credits.books import NOW, TODAY, approval_for, order
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=40)


@pytest.fixture
def agreement() -> Agreement:
    made: Agreement = AgreementFactory(client__name="Alder & Finch Events")
    return made


@pytest.fixture
def boss(agreement: Agreement) -> User:
    made: User = ClientUserFactory(client=agreement.client, role=Role.CLIENT_ADMINISTRATOR, name="Dana Alder")
    return made


@pytest.fixture
def finance() -> User:
    made: User = StaffFactory(role=Role.FINANCE)
    return made


@pytest.fixture
def statement(agreement: Agreement) -> Statement:
    """Return March's statement: 1,500.00 credited, 900.00 of it applied to an invoice whose number is a formula."""
    return issued(agreement)


def issued(agreement: Agreement) -> Statement:
    client, usd = agreement.client, Money(90_000, "USD")
    credit_client(
        agreement=agreement,
        money=Money(150_000, "USD"),
        approval=approval_for(client),
        **order(f"credit {agreement.pk}"),
    )
    enter_invoice(client=client, number='=HYPERLINK("x")', issued_on=TODAY, money=usd, by=None, now=NOW)
    offset_invoices(client=client, money=usd, **order(f"offset {agreement.pk}"))
    issue_statements(now=LATER)
    return Statement.objects.get(client=client)


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def page(user: User, url: str) -> str:
    """Return a page's text, white space in one."""
    response = browser_of(user).get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def send(user: User, url: str, **fields: Any) -> Any:
    return browser_of(user).post(url, {"submission": str(uuid4()), **fields})


def file_of(user: User, statement: Statement, kind: str) -> Any:
    response = browser_of(user).get(reverse("statement_file", args=[statement.pk, kind]))
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="{statement.number}.{kind}"'
    return response


def line_of(statement: Statement, number: int = 1) -> StatementLine:
    return statement.lines.get(number=number)


def test_the_list_says_what_each_statement_closes_with(statement: Statement, finance: User, boss: User) -> None:
    for reader in (finance, boss):
        page = " ".join(browser_of(reader).get(reverse("statements")).content.decode().split())
        assert "$600.00" in page
        assert "Service credit owed to the client" in page


def test_the_client_reads_opening_lines_with_clause_closing_and_hash(statement: Statement, boss: User) -> None:
    shown = page(boss, reverse("statement", args=[statement.pk]))

    assert "Statement, March 2026" in shown
    assert "Service credit" in shown
    assert "$1,500.00" in shown
    assert "\N{MINUS SIGN}$900.00" in shown
    assert "$600.00" in shown
    assert "JS-15" in shown
    assert statement.digest[:4] + " " + statement.digest[4:8] in shown
    assert "Entry " not in shown


def test_the_list_shows_own_statements_newest_first_and_narrows(statement: Statement, boss: User) -> None:
    issue_statements(now=LATER + timedelta(days=31))
    foreign = issued(AgreementFactory(client__name="Coastline"))

    shown = page(boss, reverse("statements"))

    assert shown.index("April 2026") < shown.index("March 2026")
    assert foreign.number not in shown
    assert "April" not in page(boss, f"{reverse('statements')}?month=2026-03").split("<tbody>")[1]


@pytest.mark.parametrize("query", ["unit=doubloons", "month=2026-13", "client=999999999", "month=../../etc"])
def test_an_unknown_filter_is_refused(finance: User, query: str) -> None:
    assert browser_of(finance).get(f"{reverse('statements')}?{query}").status_code == 400


def test_the_json_is_exact_and_leads_to_the_statement_before(statement: Statement, boss: User) -> None:
    issue_statements(now=LATER + timedelta(days=31))
    april = Statement.objects.get(client=statement.client, month_on=date(2026, 4, 1))

    told = json.loads(file_of(boss, statement, "json").content)

    credit = next(account for account in told["accounts"] if account["account"] == "credit_owed")
    assert (credit["opening"], credit["closing"]) == ("0.00", "600.00")
    assert [line["amount"] for line in credit["lines"]] == ["1500.00", "-900.00"]
    assert [line["balance"] for line in credit["lines"]] == ["1500.00", "600.00"]
    assert told["digest"] == statement.digest
    assert json.loads(file_of(boss, april, "json").content)["previous_digest"] == statement.digest


def test_the_sheet_keeps_numbers_numbers_and_makes_formulas_harmless(statement: Statement, finance: User) -> None:
    rows = list(csv.DictReader(io.StringIO(file_of(finance, statement, "csv").content.decode())))

    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]
    assert any("HYPERLINK" in row["what"] for row in rows)
    amounts = [row["amount"] for row in rows if row["amount"]]
    assert "-900.00" in amounts
    assert "1500.00" in amounts


def test_the_pdf_is_one_tagged_document(statement: Statement, boss: User) -> None:
    document = file_of(boss, statement, "pdf").content

    assert document.startswith(b"%PDF-")
    assert b"/MarkInfo" in document
    assert b"pdfuaid" in document


def test_a_page_costs_the_same_queries_however_many_lines(agreement: Agreement, finance: User) -> None:
    counts = []
    for number in (2, 12):
        for index in range(number):
            credit_client(
                agreement=agreement,
                money=Money(100 + index, "USD"),
                approval=approval_for(agreement.client),
                **order(f"{number} {index}"),
            )
        (statement,) = issue_statements(now=LATER + timedelta(days=31 * (number > 2)))
        browser = browser_of(finance)
        browser.get(reverse("statement", args=[statement.pk]))
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("statement", args=[statement.pk]))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_dispute_is_answered_both_sides_are_mailed_and_the_line_shows_it(
    statement: Statement, boss: User, finance: User
) -> None:
    line = line_of(statement)

    send(boss, reverse("statement_dispute", args=[line.pk]), reason="We paid <b>that</b>.")
    dispute = Dispute.objects.get()
    waiting = page(finance, reverse("statement", args=[statement.pk]))
    today = page(finance, "/")
    send(finance, reverse("dispute_answer", args=[dispute.pk]), outcome="right", text="It is another invoice.")

    assert "We paid &lt;b&gt;that&lt;/b&gt;." in waiting
    assert f"on line 1 of {statement.number}" in today
    shown = page(boss, reverse("statement", args=[statement.pk]))
    assert "The line stands" in shown
    assert "It is another invoice." in shown
    assert Message.objects.filter(kind="dispute_raised", address=finance.email).exists()
    assert Message.objects.filter(kind="dispute_answered", address=boss.email).exists()
    assert DisputeAnswer.objects.get().answered_by == finance


def test_a_second_dispute_waits_for_the_answer_and_a_second_answer_finds_the_first(
    statement: Statement, boss: User, finance: User
) -> None:
    line = line_of(statement)
    dispute = raise_dispute(line_id=line.pk, reason="Wrong.", by=boss, now=NOW)

    with pytest.raises(AlreadyDisputedError, match="Dana Alder disputed this line before"):
        raise_dispute(line_id=line.pk, reason="Wrong.", by=boss, now=NOW)
    answer_dispute(dispute_id=dispute.pk, outcome="wrong", text="Yes.", by=finance, now=NOW)
    with pytest.raises(AlreadyAnsweredError):
        answer_dispute(dispute_id=dispute.pk, outcome="right", text="No.", by=finance, now=NOW)

    assert raise_dispute(line_id=line.pk, reason="Still.", by=boss, now=NOW).ordinal == 2


def test_only_the_clients_administrator_disputes_and_only_who_prepares_money_answers(
    statement: Statement, boss: User
) -> None:
    line = line_of(statement)
    contact = ClientUserFactory(client=statement.client)
    stranger = ClientUserFactory(role=Role.CLIENT_ADMINISTRATOR)

    with pytest.raises(MayNotError):
        raise_dispute(line_id=line.pk, reason="Wrong.", by=contact, now=NOW)
    with pytest.raises(UnknownLineError):
        raise_dispute(line_id=line.pk, reason="Wrong.", by=stranger, now=NOW)
    dispute = raise_dispute(line_id=line.pk, reason="Wrong.", by=boss, now=NOW)
    with pytest.raises(MayNotError):
        answer_dispute(dispute_id=dispute.pk, outcome="right", text="No.", by=StaffFactory(), now=NOW)


def test_a_client_says_what_is_missing_staff_answer_and_both_are_mailed(
    statement: Statement, boss: User, finance: User
) -> None:
    url = reverse("statement_missing", args=[statement.pk])

    offered = page(boss, reverse("statement", args=[statement.pk]))
    send(boss, url, reason="The credit for <b>INC-7</b>, answered after an hour.")
    dispute = Dispute.objects.get()
    again = send(boss, url, reason="And once more.")
    today, waiting = page(finance, "/"), page(finance, reverse("statements"))
    form = page(finance, reverse("dispute_answer", args=[dispute.pk]))
    send(finance, reverse("dispute_answer", args=[dispute.pk]), outcome="wrong", text="You are right: it is proposed.")

    assert url in offered
    assert again["Location"] == reverse("statement", args=[statement.pk])
    assert (dispute.line, dispute.statement, Dispute.objects.count()) == (None, statement, 1)
    assert f"something missing on {statement.number}" in today
    assert f"Something missing on {statement.number}" in waiting
    assert "Is it missing?" in form
    shown = page(boss, reverse("statement", args=[statement.pk]))
    assert "The credit for &lt;b&gt;INC-7&lt;/b&gt;, answered after an hour." in shown
    assert "It is missing:" in shown
    assert "You are right: it is proposed." in shown
    assert url in shown
    assert Message.objects.filter(kind="dispute_raised", address=finance.email).exists()
    (mail,) = dispute_notices.render([Message.objects.get(kind="dispute_answered", address=boss.email)])
    assert mail.subject.startswith(f"Answered: something missing on {statement.number}, ")
    assert mail.ask == "Read the answer to your dispute: it is missing."


def test_what_is_missing_is_said_of_ones_own_statement_and_by_who_decides_on_money(
    statement: Statement, boss: User
) -> None:
    for somebody, refusal in (
        (ClientUserFactory(client=statement.client), MayNotError),
        (ClientUserFactory(role=Role.CLIENT_ADMINISTRATOR), UnknownLineError),
        (StaffFactory(role=Role.FINANCE), MayNotError),
    ):
        with pytest.raises(refusal):
            report_missing(statement_id=statement.pk, reason="A credit.", by=somebody, now=NOW)
    with pytest.raises(NoWordsError):
        report_missing(statement_id=statement.pk, reason=" ", by=boss, now=NOW)

    assert not Dispute.objects.exists()


def test_a_disputed_line_and_something_missing_wait_for_an_answer_each(statement: Statement, boss: User) -> None:
    raise_dispute(line_id=line_of(statement).pk, reason="Wrong.", by=boss, now=NOW)

    report_missing(statement_id=statement.pk, reason="A credit.", by=boss, now=NOW)

    with pytest.raises(AlreadyDisputedError, match="Dana Alder said that something is missing before"):
        report_missing(statement_id=statement.pk, reason="Another credit.", by=boss, now=NOW)
    assert Dispute.objects.visible_to(boss).unanswered().count() == 2
    assert not Dispute.objects.visible_to(ClientUserFactory(role=Role.CLIENT_ADMINISTRATOR)).exists()


def test_a_dispute_is_of_a_line_or_of_a_statement(statement: Statement, boss: User) -> None:
    said: dict[str, Any] = {"ordinal": 1, "reason": "Wrong.", "raised_by": boss, "raised_at": NOW}

    both: dict[str, Any] = {"statement": statement, "line": line_of(statement)}
    for place in ({}, both):
        with pytest.raises(IntegrityError), transaction.atomic():
            Dispute.objects.create(**place, **said)


def test_two_clicks_dispute_once(statement: Statement, boss: User) -> None:
    url, form = (
        reverse("statement_dispute", args=[line_of(statement).pk]),
        {"submission": str(uuid4()), "reason": "No."},
    )
    browser = browser_of(boss)

    first, second = browser.post(url, form), browser.post(url, form)

    assert first["Location"] == second["Location"] == reverse("statement", args=[statement.pk])
    assert Dispute.objects.count() == 1
