"""Statements: what they tell, when they are issued, and that nothing of them ever changes. Clause: T-8, JS-15."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from credits import tasks
from credits.errors import LedgerError
from credits.models import Balance, Code, Entry, Invoice, Line, Statement, StatementLine
from credits.models.accounts import FLOORED
from credits.rules.units import Amount
from credits.services import (
    capture,
    consume_entitlement,
    credit_client,
    enter_invoice,
    grant_entitlement,
    issue_statements,
    offset_invoices,
    pay_out,
    record_payment,
    release,
    reserve,
    reverse_entry,
    verify,
)
from incidents.rules.months import Month
from portal.clients.models import Agreement, Client
from portal.contract.money import Money
from portal.journal.append_only import suspended
from tests.credits.books import approval_for, order
from tests.factories import AgreementFactory, ClientFactory

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""When February is over everywhere."""
FEBRUARY = Month(2026, 2)


def credit(agreement: Agreement, minor: int, on: date, *, key: str = "", now: datetime = MARCH) -> Entry:
    """Owe the client a service credit that counts for a day."""
    return credit_client(
        agreement=agreement,
        money=Money(minor, "USD"),
        approval=approval_for(agreement.client),
        **order(key or f"{on} {minor}", effective_on=on, now=now),
    )


def told(statement: Statement) -> list[tuple[str, str, int]]:
    """Return what a statement tells, line by line: the day, what, how much."""
    lines = statement.lines.select_related("entry").order_by("number")
    return [(line.entry.effective_on.isoformat(), line.what, line.minor) for line in lines]


def balances(statement: Statement, code: Code = Code.CREDIT_OWED) -> tuple[int, int]:
    """Return what an account held before and after a statement."""
    part = statement.parts.get(account__code=code)
    return part.opening, part.closing


def test_a_month_that_is_over_is_told_line_by_line_between_its_balances() -> None:
    agreement = AgreementFactory()
    credit(agreement, 100_000, date(2026, 1, 31))
    enter_invoice(
        client=agreement.client,
        number="2026-0208",
        issued_on=date(2026, 2, 5),
        money=Money(250_000, "USD"),
        by=None,
        now=MARCH,
    )
    offset_invoices(
        client=agreement.client, money=Money(100_000, "USD"), **order("o", effective_on=date(2026, 2, 5), now=MARCH)
    )
    credit(agreement, 50_000, date(2026, 2, 28))

    january, february = issue_statements(now=MARCH)

    assert told(january) == [("2026-01-31", "Service credit", 100_000)]
    assert told(february) == [
        ("2026-02-05", "Invoice 2026-0208", 250_000),
        ("2026-02-05", "Applied to invoice 2026-0208", -100_000),
        ("2026-02-05", "Service credit applied to invoice 2026-0208", -100_000),
        ("2026-02-28", "Service credit", 50_000),
    ]
    assert (balances(january), balances(february)) == ((0, 100_000), (100_000, 50_000))
    assert balances(february, Code.INVOICES_OWED) == (0, 150_000)
    assert february.previous == january
    assert february.number == f"ST-2026-02-{february.pk:04d}"
    assert verify().wrong == ()


def test_it_is_issued_once_and_the_second_run_finds_nothing() -> None:
    credit(AgreementFactory(), 100, date(2026, 2, 1))

    first = issue_statements(now=MARCH)

    assert [statement.month for statement in first] == [FEBRUARY]
    assert issue_statements(now=MARCH) == []


def test_what_counts_for_a_month_that_was_told_is_a_late_line_of_the_next_statement() -> None:
    agreement = AgreementFactory()
    credit(agreement, 100, date(2026, 2, 1))
    (february,) = issue_statements(now=MARCH)
    before = february.digest
    credit(agreement, 7, date(2026, 2, 27), now=MARCH + timedelta(days=3))
    credit(agreement, 20, date(2026, 3, 5), now=MARCH + timedelta(days=3))

    (march,) = issue_statements(now=MARCH + timedelta(days=40))

    assert [(day, minor) for day, _, minor in told(march)] == [("2026-02-27", 7), ("2026-03-05", 20)]
    assert balances(march) == (100, 127)
    february.refresh_from_db()
    assert (february.digest, told(february)) == (before, [("2026-02-01", "Service credit", 100)])
    assert verify().wrong == ()


def test_a_month_in_which_nothing_moved_is_told_while_something_is_owed_and_not_when_all_is_zero() -> None:
    agreement = AgreementFactory()
    credit(agreement, 100, date(2026, 1, 5))

    months = [statement.month for statement in issue_statements(now=MARCH)]
    pay_out(
        client=agreement.client,
        money=Money(100, "USD"),
        approval=approval_for(agreement.client),
        **order("p", effective_on=date(2026, 3, 1), now=MARCH),
    )

    assert months == [Month(2026, 1), FEBRUARY]
    later = issue_statements(now=MARCH + timedelta(days=150))
    assert [statement.month for statement in later] == [Month(2026, 3)]


@pytest.mark.parametrize(("hour", "issued"), [(7, []), (8, [FEBRUARY])])
def test_a_month_is_over_once_it_is_over_in_each_zone_of_the_client(hour: int, issued: list[Month]) -> None:
    """Midnight of 1 March is 05:00 UTC in New York, and 08:00 in Los Angeles."""
    agreement = AgreementFactory()
    AgreementFactory(client=agreement.client, zone="America/Los_Angeles")
    AgreementFactory(client=agreement.client, zone="Pacific/Honolulu", draft=True)
    credit(agreement, 100, date(2026, 2, 1), now=datetime(2026, 2, 2, tzinfo=UTC))

    statements = issue_statements(now=datetime(2026, 3, 1, hour, tzinfo=UTC))

    assert [statement.month for statement in statements] == issued
    assert {statement.zone for statement in statements} <= {"America/Los_Angeles"}


def test_a_reversal_is_a_further_line() -> None:
    agreement = AgreementFactory()
    entry = credit(agreement, 100, date(2026, 2, 1))
    approval = approval_for(agreement.client)
    reverse_entry(entry=entry, approval=approval, **order("undo", effective_on=date(2026, 2, 9), now=MARCH))

    (february,) = issue_statements(now=MARCH)

    assert told(february) == [
        ("2026-02-01", "Service credit", 100),
        ("2026-02-09", f"Reversed: service credit of entry {entry.pk}", -100),
    ]
    assert balances(february) == (0, 0)


def test_prepaid_units_are_told_with_what_may_be_spent_and_what_is_reserved() -> None:
    agreement = AgreementFactory()
    grant_entitlement(
        agreement=agreement,
        amount=Amount(1000, "hours"),
        effective_at=MARCH,
        expires_at=None,
        **order("g", effective_on=date(2026, 2, 1), now=MARCH),
    )
    held = reserve(
        agreement=agreement, amount=Amount(300, "hours"), **order("r", effective_on=date(2026, 2, 2), now=MARCH)
    )
    capture(reservation=held, amount=Amount(200, "hours"), **order("c", effective_on=date(2026, 2, 3), now=MARCH))

    (february,) = issue_statements(now=MARCH)

    assert (february.unit_id, balances(february, Code.ENTITLEMENT), balances(february, Code.HELD)) == (
        "hours",
        (0, 800),
        (0, 0),
    )
    assert [what for _, what, _ in told(february)] == [
        "Bought",
        "Reserved",
        "Reserved",
        "Reservation ended",
        "Reservation ended",
        "Used from what was reserved",
    ]
    assert set(february.lines.values_list("clause", flat=True)) == {"JI-8"}


def test_as_many_queries_for_many_clients_as_for_a_few() -> None:
    counts = []
    for number in (1, 2, 6):  # The first run alone finds no statements before.
        for _ in range(number):
            agreement = AgreementFactory()
            credit(agreement, 100, date(2026, 2, 1), key=f"{agreement.pk}")
            credit(agreement, 200, date(2026, 2, 2), key=f"{agreement.pk} more")
        with CaptureQueriesContext(connection) as queries:
            assert len(issue_statements(now=MARCH)) == number
        counts.append(len(queries))

    assert counts[1] == counts[2]


def test_the_command_and_beat_issue_what_is_missing() -> None:
    agreement = AgreementFactory(client__name="Alder")
    credit(agreement, 100, date(2026, 1, 5))
    out = StringIO()

    call_command("issue_statements", "--until", "2026-01", stdout=out)

    statement = Statement.objects.get()
    assert out.getvalue() == f"{statement.number}: Alder, USD\n1 statements issued.\n"
    tasks.issue_statements()
    assert Statement.objects.count() > 1


@pytest.mark.parametrize("text", ["2026-13", "february", "../../etc", "99999999-01", ""])
def test_the_command_refuses_what_is_no_month(text: str) -> None:
    with pytest.raises(CommandError, match=r"is no month\. Write one such as 2027-02"):
        call_command("issue_statements", "--until", text)


@pytest.mark.parametrize("seed", range(4))
def test_statements_of_any_history_add_up_to_the_ledger(seed: int) -> None:
    """The oracle reads the ledger's lines alone, and never what a statement holds."""
    random = Random(seed)
    clients = [ClientFactory(), ClientFactory(zone="Asia/Tokyo")]
    agreements = [AgreementFactory(client=client) for client in clients]
    seen: dict[int, str] = {}
    day = date(2026, 1, 1)

    for number in range(120):
        day += timedelta(days=random.choice((0, 0, 1, 3)))
        now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        _act(
            random, random.choice(agreements), f"{seed}.{number}", now, day - timedelta(days=random.choice((0, 0, 40)))
        )
        if random.random() < 0.15:
            issue_statements(now=now)
        for statement in Statement.objects.prefetch_related("lines", "parts"):
            content = repr([(line.number, line.what, line.minor) for line in statement.lines.all()])
            assert seen.setdefault(statement.pk, statement.digest + content) == statement.digest + content

    issue_statements(now=now + timedelta(days=60))
    _assert_adds_up()
    assert verify().wrong == ()


def _act(random: Random, agreement: Agreement, key: str, now: datetime, on: date) -> None:
    """Let one random thing happen to the ledger, if it may."""
    client, minor = agreement.client, random.randint(1, 900)
    told_ = order(key, effective_on=on, now=now)
    money, amount = Money(minor, "USD"), Amount(minor, "hours")
    try:
        kinds = ("credit", "credit", "invoice", "settle", "offset", "pay", "grant", "use", "hold", "end", "undo")
        match random.choice(kinds):
            case "credit":
                credit_client(agreement=agreement, money=money, approval=approval_for(client), **told_)
            case "invoice":
                enter_invoice(client=client, number=key, issued_on=on, money=money, by=None, now=now)
            case "settle":
                if invoice := Invoice.objects.filter(client=client).order_by("?").first():
                    record_payment(invoice=invoice, money=money, **told_)
            case "offset":
                offset_invoices(client=client, money=money, **told_)
            case "pay":
                pay_out(client=client, money=money, approval=approval_for(client), **told_)
            case "grant":
                grant_entitlement(agreement=agreement, amount=amount, effective_at=now, expires_at=None, **told_)
            case "use":
                consume_entitlement(agreement=agreement, amount=amount, **told_)
            case "hold":
                reserve(agreement=agreement, amount=amount, **told_)
            case "end":
                if held := Entry.objects.filter(client=client, kind="reserve", settlement=None).first():
                    release(reservation=held, **told_)
            case "undo":
                if entry := Entry.objects.filter(client=client, reversal=None).order_by("?").first():
                    reverse_entry(entry=entry, approval=approval_for(client), **told_)
    except LedgerError:
        pass  # It was not there to be taken.


def _assert_adds_up() -> None:
    moved: Counter[tuple[int, int]] = Counter()
    for line in Line.objects.filter(account__code__in=FLOORED):
        moved[line.entry_id, line.account_id] += line.minor
    lines = {(line.entry_id, line.account_id): line for line in StatementLine.objects.select_related("statement")}
    assert {place: line.minor for place, line in lines.items()} == {k: v for k, v in moved.items() if v}
    closing: dict[int, int] = defaultdict(int)
    for statement in Statement.objects.order_by("client", "unit", "month_on"):
        for part in statement.parts.all():
            own = [
                line.minor
                for (_, account), line in lines.items()
                if account == part.account_id and line.statement == statement
            ]
            assert part.opening == closing[part.account_id]
            closing[part.account_id] = part.opening + sum(own)
            assert part.closing == closing[part.account_id]
    for balance in Balance.objects.filter(account__code__in=FLOORED):
        assert balance.minor == closing[balance.account_id]


class TestNobodyRewrites:
    """What was issued, attacked."""

    @pytest.fixture(autouse=True)
    def issued(self) -> None:
        """Issue January and February of one client."""
        agreement = AgreementFactory(client__name="Alder")
        credit(agreement, 100, date(2026, 1, 5))
        credit(agreement, 50, date(2026, 2, 5))
        issue_statements(now=MARCH)
        connection.check_constraints()

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE credits_statement SET digest = 'x'",
            "UPDATE credits_statementline SET minor = 1",
            "UPDATE credits_statementpart SET closing = 1",
            "DELETE FROM credits_statementline",
            "DELETE FROM credits_statement",
        ],
    )
    def test_the_database_refuses_to_change_or_remove_it(self, statement: str) -> None:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_the_database_refuses_a_line_that_tells_another_amount_or_of_another_client(self) -> None:
        line = StatementLine.objects.order_by("pk").first()
        assert line is not None
        entry = credit(AgreementFactory(), 9, date(2026, 2, 5), key="foreign")
        own = credit(Agreement.objects.get(client__name="Alder"), 9, date(2026, 2, 6), key="own")

        for changes, sentence in (
            ({"entry": own, "minor": 8}, "a line tells what its entry moved"),
            ({"entry": entry, "account": entry.lines.get(minor=9).account, "minor": 9}, "its own client and unit"),
        ):
            row = StatementLine(statement=line.statement, number=9, account=line.account, what="Made up")
            for name, value in changes.items():
                setattr(row, name, value)
            with pytest.raises(DatabaseError, match=sentence), transaction.atomic():
                row.save()

    def test_the_database_refuses_a_second_first_statement(self) -> None:
        client = Client.objects.get(name="Alder")

        with pytest.raises(DatabaseError, match="only the first statement"), transaction.atomic():
            Statement.objects.create(
                client=client, unit_id="USD", month_on=date(2026, 3, 1), zone="UTC", digest="x", issued_at=MARCH
            )

    @pytest.mark.parametrize(
        ("statement", "sentence"),
        [
            ("UPDATE credits_statement SET zone = 'UTC' WHERE month_on = '2026-01-01'", "is not what its hash says"),
            ("UPDATE credits_statementline SET what = 'A gift'", "is not what its hash says"),
            ("UPDATE credits_statementline SET minor = 51 WHERE minor = 50", "tells 0.51 USD in line 1"),
            ("UPDATE credits_statementpart SET opening = 99 WHERE opening = 100", "does not open with what the one"),
            ("UPDATE credits_statementpart SET closing = 151 WHERE closing = 150", "closes with 1.51 USD"),
            ("DELETE FROM credits_statementline WHERE minor = 50", "closes with 1.50 USD, and its lines lead to 1.00"),
        ],
    )
    def test_verifying_finds_what_was_rewritten_without_triggers(self, statement: str, sentence: str) -> None:
        with suspended(), connection.cursor() as cursor:
            cursor.execute(statement)

        with pytest.raises(CommandError, match=sentence):
            call_command("verify_ledger")
