"""Attempts to rewrite the ledger, by SQL, by the ORM and through the admin: all refused, no row changed.

Bad input 41.
"""

# ruff: noqa: S608  (The attacks are SQL, made of this module's own constants.)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import ProtectedError
from django.test import RequestFactory

from credits.jobs import job_of
from credits.models import (
    Account,
    Balance,
    Charge,
    Code,
    Dispute,
    DisputeAnswer,
    Entry,
    EntryNote,
    Invoice,
    Kind,
    Line,
    Lot,
    LotBalance,
    MonthClose,
    MonthHold,
    Quote,
    Rate,
    Seal,
    ServiceRequest,
    Termination,
)
from credits.rules.quotes import FixedPrice
from credits.rules.units import Amount
from credits.services import (
    accept_quote,
    charge_client,
    close_months,
    consume_entitlement,
    credit_client,
    decline_proposal,
    enter_invoice,
    grant_entitlement,
    issue_statements,
    log_time,
    make_digests,
    offset_invoices,
    quote_work,
    request_service,
    reserve,
    reverse_entry,
    strike_time,
    verify,
)
from portal.accounts.models import Role
from portal.clients.models import Agreement
from portal.contract.money import Money
from portal.journal.append_only import check_triggers, make_triggers
from tests.credits.books import NOW, TODAY, approval_for, order, propose
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory

DAY = timedelta(days=1)
UPDATE = "UPDATE is refused|keeps its|by each later entry once|duplicate key"
OTHERS = (Charge, EntryNote, MonthHold, Quote, ServiceRequest)
"""The words of a charge or a note may be put right; what holds a month up is a notice that goes; a quote says nothing
but by its versions; and a request is closed."""
LEDGER = [model for model in apps.get_app_config("credits").get_models() if model not in OTHERS]


@dataclass(frozen=True)
class Books:
    """A ledger with something of everything, and the rows that the attacks aim at."""

    agreement: Agreement
    stranger: Agreement
    credit: Entry
    reversed: Entry
    reservation: Entry
    lot: Lot
    expired: Lot

    def account(self, code: Code, agreement: Agreement | None = None) -> int:
        """Return the id of one of the accounts."""
        return Account.objects.get(client=(agreement or self.agreement).client, code=code).pk


@pytest.fixture
def books(db: None) -> Books:
    """Return a ledger with something of everything."""
    agreement, stranger = AgreementFactory(), AgreementFactory()
    client = agreement.client
    for number, minor in enumerate((5000, 300)):
        credit_client(
            agreement=agreement, money=Money(minor, "USD"), approval=approval_for(client), **order(f"credit {number}")
        )
    credit_client(
        agreement=stranger, money=Money(700, "USD"), approval=approval_for(stranger.client), **order("stranger")
    )
    credit, small, _ = Entry.objects.order_by("id")
    reverse_entry(entry=small, approval=approval_for(client), **order("undo"))
    for number, end in enumerate((None, NOW + DAY)):
        grant_entitlement(
            agreement=agreement,
            amount=Amount(1000, "hours"),
            effective_at=NOW,
            expires_at=end,
            **order(f"grant {number}"),
        )
    consume_entitlement(agreement=agreement, amount=Amount(100, "hours"), **order("use"))
    reservation = reserve(agreement=agreement, amount=Amount(200, "hours"), **order("reserve"))
    enter_invoice(client=client, number="INV-1", issued_on=TODAY, money=Money(900, "USD"), by=None, now=NOW)
    offset_invoices(client=client, money=Money(400, "USD"), **order("offset"))
    staff = StaffFactory()
    Rate.objects.create(name="Engineer", unit_id="USD", hourly=18_000, from_on=TODAY)
    charged, struck = (
        log_time(
            agreement=agreement,
            subject="incident:INC-7",
            worked_by=staff,
            worked_on=TODAY,
            minutes=30,
            rate="Engineer",
            currency="USD",
            by=staff,
            now=NOW,
        )
        for _ in range(2)
    )
    strike_time(time_entry=struck, by=staff, now=NOW)
    charge_client(
        agreement=agreement,
        subject="incident:INC-7",
        reason="Asked for.",
        fixed=Money(0, "USD"),
        time=[charged],
        approval=approval_for(client),
        **order("charge"),
    )
    wanted = request_service(
        agreement_id=agreement.pk,
        kind="training",
        title="Train our admins",
        wish="Six people.",
        wanted_on=None,
        by=ClientUserFactory(client=client),
        now=NOW,
    )
    version = quote_work(
        job=job_of("service_request", wanted.pk, user=staff),
        price=FixedPrice(Money(900, "USD")),
        text="One session.",
        valid_until=TODAY,
        by=StaffFactory(role=Role.MANAGER),
        now=NOW,
    )
    accept_quote(version_id=version.pk, by=ClientUserFactory(client=client, role=Role.CLIENT_ADMINISTRATOR), now=NOW)
    declined = propose(agreement)
    decline_proposal(proposal_id=declined.pk, reason="Not late.", by=StaffFactory(role=Role.FINANCE), now=NOW)
    Termination.objects.create(
        client=client,
        agreement=agreement,
        given_by=ClientUserFactory(client=client),
        name="Elena",
        given_at=NOW,
        ends_on=TODAY,
        months=["2025-12", "2026-01", "2026-02"],
        right_at=NOW,
    )
    close_months(now=NOW, agreements=Agreement.objects.filter(pk=agreement.pk))
    make_digests(now=NOW)
    line = issue_statements(now=NOW + 40 * DAY)[0].lines.get(number=1)
    dispute = Dispute.objects.create(
        line=line, ordinal=1, reason="Not ours.", raised_by=ClientUserFactory(client=client), raised_at=NOW
    )
    DisputeAnswer.objects.create(dispute=dispute, outcome="right", text="It is.", answered_by=staff, answered_at=NOW)
    connection.check_constraints()
    lot, expired = Lot.objects.filter(account__code=Code.ENTITLEMENT).order_by("id")
    return Books(agreement, stranger, credit, small, reservation, lot, expired)


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table of the ledger."""
    return {model.__name__: sorted(model._default_manager.values_list()) for model in LEDGER}


def refused(why: str, attack: Callable[[], object]) -> None:
    """Assert that the database refuses an attack for this reason, deferred constraints included; no row changed."""
    before = rows()
    with pytest.raises(DatabaseError, match=why):
        _commit(attack)
    assert rows() == before
    assert verify().wrong == ()


@transaction.atomic
def _commit(attack: Callable[[], object]) -> None:
    attack()
    connection.check_constraints()


def run(*statements: str) -> None:
    """Run SQL as anybody might who has the connection."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize("model", LEDGER, ids=lambda model: model.__name__)
def test_no_row_is_changed_deleted_or_truncated_by_sql(books: Books, model: type[models.Model]) -> None:
    table, key = model._meta.db_table, model._meta.pk
    assert key is not None
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]

    assert model._default_manager.exists()
    refused("DELETE is refused", lambda: run(f"DELETE FROM {table}"))
    for column in columns:
        refused(UPDATE, lambda column=column: run(f"UPDATE {table} SET {column} = {column}"))  # type: ignore[misc]
    if connection.vendor == "postgresql":
        refused("TRUNCATE is refused", lambda: run(f"TRUNCATE {table} CASCADE"))
        refused(
            UPDATE,
            lambda: run(
                f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key.column}) DO UPDATE SET {key.column} = 1"
            ),
        )
    else:
        refused("DELETE is refused", lambda: run(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))
        refused("DELETE is refused", lambda: run(f"REPLACE INTO {table} SELECT * FROM {table}"))


@pytest.mark.parametrize("model", LEDGER, ids=lambda model: model.__name__)
def test_no_row_is_changed_or_deleted_by_the_orm(books: Books, model: type[models.Model]) -> None:
    row = model._default_manager.order_by("pk").last()
    assert row is not None
    field = (
        next(field.name for field in model._meta.concrete_fields if not field.primary_key) if model is not Seal else ""
    )

    if field:
        refused(UPDATE, lambda: model._default_manager.update(**{field: models.F(field)}))
        refused(UPDATE, row.save)
    refused("DELETE is refused", lambda: model._default_manager.all()._raw_delete(using="default"))
    before = rows()
    with pytest.raises((ProtectedError, DatabaseError)), transaction.atomic():
        row.delete()
    assert rows() == before


def test_no_cascade_reaches_the_ledger(books: Books) -> None:
    for row in (books.agreement, books.agreement.client, books.credit.approval and books.credit.approval.approved_by):
        before = rows()
        assert row is not None
        with pytest.raises(ProtectedError):
            row.delete()
        assert rows() == before
    refused("(?i)foreign key", lambda: run(f"DELETE FROM clients_agreement WHERE id = {books.agreement.pk}"))


def test_the_admin_offers_no_way_to_add_change_or_delete(books: Books) -> None:
    request = RequestFactory().get("/")
    request.user = StaffFactory(role=Role.ADMINISTRATOR)

    for model in LEDGER:
        if model in admin.site._registry and model is not Rate:  # Another price is another row.
            page = admin.site._registry[model]
            allowed = (page.has_add_permission, page.has_change_permission, page.has_delete_permission)
            assert not any(may(request) for may in allowed), model


def test_nothing_is_appended_to_a_sealed_entry(books: Books) -> None:
    owed, granted = books.account(Code.CREDIT_OWED), books.account(Code.CREDITS_GRANTED)

    refused(
        "before its seal",
        lambda: run(
            "INSERT INTO credits_line (entry_id, account_id, unit_id, minor) VALUES "
            f"({books.credit.pk}, {owed}, 'USD', 100), ({books.credit.pk}, {granted}, 'USD', -100)"
        ),
    )


def test_a_line_is_not_moved_to_another_entry_or_account(books: Books) -> None:
    stranger = books.account(Code.CREDIT_OWED, books.stranger)

    refused(UPDATE, lambda: run(f"UPDATE credits_line SET entry_id = entry_id + 1 WHERE entry_id = {books.credit.pk}"))
    refused(UPDATE, lambda: run(f"UPDATE credits_line SET account_id = {stranger} WHERE entry_id = {books.credit.pk}"))


def sql(value: int | None) -> str:
    """Return a number, or none, as SQL has it."""
    return "NULL" if value is None else str(value)


@dataclass(frozen=True)
class Forged:
    """An entry by SQL, with the lines that a test gives it."""

    books: Books
    kind: str = Kind.OFFSET
    reverses: int | None = None
    settles: int | None = None
    approval: int | None = None
    agreement: int | None = None
    key: str = "forged"

    def insert(self, *lines: tuple[int, str, str, int | None], seal: bool = True) -> None:
        """Insert the entry, its lines of (account, unit, minor, lot), and its seal."""
        approval, reverses, settles, agreement = map(sql, (self.approval, self.reverses, self.settles, self.agreement))
        run(
            "INSERT INTO credits_entry (client_id, agreement_id, kind, scope, key, payload_hash, source, effective_on, "
            "posted_at, approval_id, reverses_id, settles_id, seal_id) VALUES "
            f"({self.books.agreement.client_id}, {agreement}, '{self.kind}', 'forged', '{self.key}', '', '', "
            f"'2026-03-05', '2026-03-05 15:00:00', {approval}, {reverses}, {settles}, 'forged')"
        )
        entry = Entry.objects.get(scope="forged", key=self.key).pk
        for account, unit, minor, lot in lines:
            run(
                "INSERT INTO credits_line (entry_id, account_id, unit_id, minor, lot_id) "
                f"VALUES ({entry}, {account}, '{unit}', {minor}, {sql(lot)})"
            )
        if seal:
            run("INSERT INTO credits_seal (digest) VALUES ('forged')")


def test_a_well_formed_entry_by_sql_is_accepted_so_that_the_refusals_mean_something(books: Books) -> None:
    owed, offset = books.account(Code.CREDIT_OWED), books.account(Code.OFFSET)

    Forged(books).insert((owed, "USD", "-100", None), (offset, "USD", "100", None))
    connection.check_constraints()

    assert Balance.objects.get(account=owed).minor == 5000 - 400 - 100
    forged = Entry.objects.get(scope="forged")
    assert verify().wrong == (f"{forged} is not what its seal says.",)


def test_an_entry_that_does_not_sum_to_zero_is_not_sealed(books: Books) -> None:
    owed, offset, lot = books.account(Code.CREDIT_OWED), books.account(Code.OFFSET), books.lot.pk
    home, used = books.account(Code.ENTITLEMENT), books.account(Code.USED)

    refused("sum to zero", lambda: Forged(books).insert((owed, "USD", "-100", None), (offset, "USD", "101", None)))
    refused("two lines at least", lambda: Forged(books).insert((offset, "USD", "100", None)))
    refused("two lines at least", lambda: Forged(books).insert())
    refused("sum to zero", lambda: Forged(books).insert((owed, "USD", "-100", None), (used, "hours", "100", None)))
    # Zero in the unit, and not in the lots: it would move hours from one lot to another.
    refused(
        "sum to zero", lambda: Forged(books).insert((home, "hours", "-5", lot), (home, "hours", "5", books.expired.pk))
    )
    refused("sum to zero", lambda: Forged(books).insert((home, "hours", "-5", lot), (used, "hours", "5", None)))


def test_an_entry_without_a_seal_is_not_committed(books: Books) -> None:
    owed, offset = books.account(Code.CREDIT_OWED), books.account(Code.OFFSET)

    refused(
        "(?i)foreign key",
        lambda: Forged(books).insert((owed, "USD", "-100", None), (offset, "USD", "100", None), seal=False),
    )
    refused("(?i)foreign key", lambda: Forged(books).insert(seal=False))
    refused("two lines at least", lambda: run("INSERT INTO credits_seal (digest) VALUES ('of nothing')"))


def test_a_line_of_the_wrong_unit_client_lot_or_precision_is_refused(books: Books) -> None:
    owed, offset = books.account(Code.CREDIT_OWED), books.account(Code.OFFSET)
    stranger = books.account(Code.CREDIT_OWED, books.stranger)
    home, used = books.account(Code.ENTITLEMENT), books.account(Code.USED)
    invoice = Invoice.objects.get().lot_id

    refused(
        "unit of its account", lambda: Forged(books).insert((owed, "EUR", "-100", None), (offset, "EUR", "100", None))
    )
    refused(
        "unit of its account",
        lambda: Forged(books).insert((stranger, "USD", "-100", None), (offset, "USD", "100", None)),
    )
    refused("by its own lots", lambda: Forged(books).insert((home, "hours", "-5", None), (used, "hours", "5", None)))
    refused(
        "by its own lots", lambda: Forged(books).insert((home, "hours", "-5", invoice), (used, "hours", "5", invoice))
    )
    refused(
        "unit of the line",
        lambda: Forged(books).insert((owed, "USD", "-5", books.lot.pk), (offset, "USD", "5", books.lot.pk)),
    )
    refused("line_moves_something", lambda: Forged(books).insert((owed, "USD", "0", None), (offset, "USD", "0", None)))
    if connection.vendor == "sqlite":  # PostgreSQL's column of whole numbers rounds, and takes no words.
        refused(
            "whole minor units", lambda: Forged(books).insert((owed, "USD", "-0.5", None), (offset, "USD", "0.5", None))
        )
        refused(
            "whole minor units", lambda: Forged(books).insert((owed, "USD", "'x'", None), (offset, "USD", "'y'", None))
        )


def test_nothing_is_overdrawn(books: Books) -> None:
    owed, offset = books.account(Code.CREDIT_OWED), books.account(Code.OFFSET)
    home, used, sold = books.account(Code.ENTITLEMENT), books.account(Code.USED), books.account(Code.SOLD)
    lot = books.lot.pk

    refused(
        "balance_not_below_its_floor",
        lambda: Forged(books).insert((owed, "USD", "-4601", None), (offset, "USD", "4601", None)),
    )
    refused(
        "lot_never_below_zero",
        lambda: Forged(books).insert((home, "hours", "-1001", lot), (used, "hours", "1001", lot)),
    )
    refused(
        "lot_never_below_zero", lambda: Forged(books).insert((sold, "hours", "-1", lot), (home, "hours", "1", lot))
    )  # Above its grant.
    refused(
        "balance_", lambda: Forged(books).insert((owed, "USD", str(-(2**62)), None), (offset, "USD", str(2**62), None))
    )


def test_an_expired_lot_is_not_spent(books: Books) -> None:
    home, used, lot = books.account(Code.ENTITLEMENT), books.account(Code.USED), books.expired.pk

    refused(
        "until it expires",
        lambda: Forged(books, Kind.CONSUME).insert((home, "hours", "-5", lot), (used, "hours", "5", lot)),
    )
    refused(
        "until it expires",
        lambda: Forged(books, Kind.RESERVE).insert((home, "hours", "-5", lot), (used, "hours", "5", lot)),
    )


def test_nothing_is_reversed_twice_or_otherwise_than_exactly(books: Books) -> None:
    owed, granted = books.account(Code.CREDIT_OWED), books.account(Code.CREDITS_GRANTED)
    undo = ((owed, "USD", "-300", None), (granted, "USD", "300", None))
    whole = ((owed, "USD", "-5000", None), (granted, "USD", "5000", None))
    reversal = Entry.objects.get(kind=Kind.REVERSAL).pk

    refused(
        "reverses_id|entry_reverses", lambda: Forged(books, Kind.REVERSAL, reverses=books.reversed.pk).insert(*undo)
    )
    approval = books.credit.approval_id
    refused(
        "exact negation",
        lambda: Forged(books, Kind.REVERSAL, reverses=books.credit.pk, approval=approval).insert(*undo),
    )
    refused(
        "reversed with an approval alone",
        lambda: Forged(books, Kind.REVERSAL, reverses=books.credit.pk).insert(*whole),
    )
    refused(
        "only an entry of the same client is reversed",
        lambda: Forged(books, Kind.REVERSAL, reverses=reversal).insert(*undo),
    )
    refused(
        "only an entry of the same client is reversed",
        lambda: Forged(books, Kind.REVERSAL, reverses=books.reservation.pk).insert(*undo),
    )
    refused("entry_reverses_if_a_reversal", lambda: Forged(books, Kind.REVERSAL).insert(*undo))
    refused("entry_reverses_if_a_reversal", lambda: Forged(books, Kind.OFFSET, reverses=books.credit.pk).insert(*whole))


def test_money_is_not_posted_without_approval_nor_on_a_foreign_one(books: Books) -> None:
    owed, granted = books.account(Code.CREDIT_OWED), books.account(Code.CREDITS_GRANTED)
    lines = ((owed, "USD", "100", None), (granted, "USD", "-100", None))
    foreign = approval_for(books.stranger.client).pk

    refused("entry_of_money_is_approved", lambda: Forged(books, Kind.SERVICE_CREDIT).insert(*lines))
    refused(
        "the approval is of another client", lambda: Forged(books, Kind.SERVICE_CREDIT, approval=foreign).insert(*lines)
    )
    refused("the agreement is of another client", lambda: Forged(books, agreement=books.stranger.pk).insert(*lines))


def test_a_key_is_taken_once(books: Books) -> None:
    owed, offset = books.account(Code.CREDIT_OWED), books.account(Code.OFFSET)
    Forged(books, key="once").insert((owed, "USD", "-100", None), (offset, "USD", "100", None))

    with pytest.raises(IntegrityError), transaction.atomic():
        Forged(books, key="once").insert((owed, "USD", "-100", None), (offset, "USD", "100", None))


def test_a_balance_moves_only_with_an_entry_and_only_once(books: Books) -> None:
    owed, offset = books.account(Code.CREDIT_OWED), books.account(Code.OFFSET)
    entry = books.credit.pk

    refused(
        "by each later entry once", lambda: run(f"UPDATE credits_balance SET minor = 999999 WHERE account_id = {owed}")
    )
    refused(
        "keeps its account and its floor",
        lambda: run(f"UPDATE credits_balance SET floor0 = (1 = 0) WHERE account_id = {owed}"),
    )
    refused(
        "by each later entry once",
        lambda: run(
            f"UPDATE credits_balance SET minor = minor + 5000, last_entry_id = {entry} WHERE account_id = {owed}"
        ),
    )
    refused("by each later entry once", lambda: run("UPDATE credits_lotbalance SET remaining = granted"))
    refused("keeps its grant", lambda: run("UPDATE credits_lotbalance SET granted = granted + 1"))

    def move_before_the_seal_does() -> None:
        Forged(books).insert((owed, "USD", "100", None), (offset, "USD", "-100", None), seal=False)
        forged = Entry.objects.latest("id").pk
        run(
            f"UPDATE credits_balance SET minor = minor + 100, last_entry_id = {forged} WHERE account_id = {owed}",
            "INSERT INTO credits_seal (digest) VALUES ('forged')",
        )

    refused("by each later entry once", move_before_the_seal_does)


def test_accounts_and_lots_are_opened_as_the_chart_has_them(books: Books) -> None:
    client, owed = books.agreement.client_id, books.account(Code.CREDIT_OWED)
    home = books.account(Code.ENTITLEMENT)
    account = "INSERT INTO credits_account (client_id, code, unit_id, floor0) VALUES"
    lot = "INSERT INTO credits_lot (account_id, agreement_id, granted, effective_at, expires_at) VALUES"

    refused("account_of_the_client_has_a_floor", lambda: run(f"{account} ({client}, 'credit_owed', 'EUR', (1 = 0))"))
    refused("does not count this kind", lambda: run(f"{account} ({client}, 'credit_owed', 'sessions', (1 = 1))"))
    refused("does not count this kind", lambda: run(f"{account} ({client}, 'entitlement', 'EUR', (1 = 1))"))
    refused("(?i)foreign key", lambda: run(f"{account} ({client}, 'credit_owed', 'XYZ', (1 = 1))"))
    refused("this account has no lots", lambda: run(f"{lot} ({owed}, NULL, 5, '2026-03-05 15:00:00', NULL)"))
    refused(
        "agreement is of another client",
        lambda: run(f"{lot} ({home}, {books.stranger.pk}, 5, '2026-03-05 15:00:00', NULL)"),
    )
    refused(
        "lot_expires_after_it_begins",
        lambda: run(f"{lot} ({home}, NULL, 5, '2026-03-05 15:00:00', '2026-03-05 15:00:00')"),
    )
    refused("lot_grants_something", lambda: run(f"{lot} ({home}, NULL, 0, '2026-03-05 15:00:00', NULL)"))


@pytest.mark.parametrize("model", [Entry, Line, Seal, Balance, LotBalance], ids=lambda model: model.__name__)
def test_a_trigger_that_is_missing_stops_the_start_and_comes_back_with_the_next_migrate(
    books: Books, model: type[models.Model]
) -> None:
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE", f"DROP TRIGGER {table}_no_rewriting ON {table}")
    else:
        run(f"DROP TRIGGER {table}_no_delete")

    found = check_triggers(["default"])
    make_triggers()

    assert [problem.id for problem in found] == ["journal.E001"]
    assert table in found[0].msg
    assert check_triggers(["default"]) == []


def test_a_trigger_whose_text_was_changed_is_noticed(books: Books) -> None:
    if connection.vendor == "postgresql":
        run(
            "CREATE OR REPLACE FUNCTION credits_entry_sealed() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN NULL; END $$"
        )
    else:
        run(
            "DROP TRIGGER credits_entry_sealed",
            "CREATE TRIGGER credits_entry_sealed AFTER INSERT ON credits_seal BEGIN SELECT 1; END",
        )

    found = check_triggers(["default"])
    make_triggers()

    assert "credits_entry_sealed" in found[0].msg
    assert check_triggers(["default"]) == []


def test_a_decision_by_sql_needs_a_second_person_and_the_approval_of_that_proposal(books: Books) -> None:
    preparer = StaffFactory(role=Role.FINANCE)
    own, stranger = propose(books.agreement, by=preparer, key="own"), propose(books.stranger, key="stranger")
    approval = approval_for(books.agreement.client)
    entry = Entry.objects.filter(approval__isnull=False, client=books.agreement.client).first()
    assert entry is not None

    def decide(proposal: int, verdict: str, by: int | None, approval: int | None, entry: int | None) -> None:
        run(
            "INSERT INTO credits_decision (proposal_id, verdict, decided_by_id, decided_at, reason, approval_id, "
            f"entry_id) VALUES ({proposal}, '{verdict}', {sql(by)}, '2026-03-05 15:00:00', 'forged', {sql(approval)}, "
            f"{sql(entry)})"
        )

    for verdict in ("waived", "declined"):
        refused("does not decide on it", lambda verdict=verdict: decide(own.pk, verdict, preparer.pk, None, None))  # type: ignore[misc]
    refused("posts_if_approved", lambda: decide(own.pk, "approved", approval.approved_by_id, None, None))
    refused(
        "of another proposal",
        lambda: decide(stranger.pk, "approved", approval.approved_by_id, approval.pk, entry.pk),
    )
    unprepared = propose(books.agreement, key="unprepared")
    refused(
        "not posted by this approval",
        lambda: decide(unprepared.pk, "approved", approval.approved_by_id, approval.pk, entry.pk),
    )
    refused("by_a_person", lambda: decide(unprepared.pk, "waived", None, None, None))


def test_a_close_by_sql_supersedes_only_the_one_before_it_of_its_month(books: Books) -> None:
    close = MonthClose.objects.filter(agreement=books.agreement).first()
    assert close is not None

    def insert(month: str, number: int, supersedes: int | None) -> None:
        run(
            "INSERT INTO credits_monthclose (agreement_id, month, number, supersedes_id, inputs, inputs_hash, "
            "terms_hash, lines, closed_at, reason) VALUES "
            f"({books.agreement.pk}, '{month}', {number}, {sql(supersedes)}, '{{}}', '', '', '[]', "
            "'2026-03-05 15:00:00', '')"
        )

    refused("supersedes the one before it", lambda: insert("2025-01-01", 2, close.pk))
    refused("supersedes the one before it", lambda: insert(f"{close.month:%Y-%m-%d}", 3, close.pk))
    refused("unless_the_first", lambda: insert("2025-01-01", 2, None))
    refused("first_day", lambda: insert("2025-01-02", 1, None))
