"""`verify_ledger` and the digests: what the triggers would have refused is found when it was done without them."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from credits import tasks
from credits.models import Balance, Digest, Entry, Kind, Line, LotBalance, Unit
from credits.rules.seals import chained
from credits.rules.units import Amount
from credits.services import credit_client, grant_entitlement, make_digests, reverse_entry
from portal.contract.money import Money
from portal.journal.append_only import suspended
from tests.credits.books import NOW, approval_for, order
from tests.factories import AgreementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ledger() -> None:
    """Post four entries for one client, with a digest after the second."""
    agreement = AgreementFactory(client__name="Alder")
    approval = approval_for(agreement.client)
    credit_client(agreement=agreement, money=Money(100, "USD"), approval=approval, **order("credit"))
    reverse_entry(entry=Entry.objects.get(), approval=approval, **order("undo"))
    make_digests(now=NOW)
    grant_entitlement(
        agreement=agreement,
        amount=Amount(50, "hours"),
        effective_at=NOW,
        expires_at=NOW + timedelta(days=1),
        **order("grant"),
    )
    credit_client(agreement=agreement, money=Money(7, "USD"), approval=approval, **order("another"))
    make_digests(now=NOW + timedelta(days=1))
    connection.check_constraints()


def verify_by_command() -> str:
    """Return what the command says."""
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    return out.getvalue()


def wrong_after(statement: str, *values: int) -> list[str]:
    """Rewrite the ledger without its triggers, and return what the command says is wrong."""
    with suspended(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        connection.check_constraints()
    with pytest.raises(CommandError) as failure:
        verify_by_command()
    assert failure.value.returncode == 1
    return str(failure.value).splitlines()


def changed_grant(entry: Entry) -> str:
    """Return what is said of the lot of a grant that does not fit it."""
    lot = LotBalance.objects.get().pk
    return f"Lot {lot} is not what entry {entry.pk} granted: its size, its validity or its agreement was changed."


def test_a_ledger_that_nobody_touched_holds() -> None:
    assert verify_by_command() == "The ledger holds: 4 entries verified.\n"


def test_an_amount_that_was_changed_is_found_in_its_entry_its_balance_and_its_seal() -> None:
    line = Line.objects.filter(entry__key="another", minor=7).get()

    wrong = wrong_after("UPDATE credits_line SET minor = 8 WHERE id = %s", line.pk)

    assert wrong == [
        f"{line.entry} is not what its seal says.",
        f"{line.entry} is 0.01 USD apart.",
        "Credit owed (USD) of Alder is stored as 0.07 USD, and its lines sum to 0.08 USD.",
    ]


def test_a_day_that_was_changed_is_found_by_the_seal() -> None:
    entry = Entry.objects.get(key="grant")

    wrong = wrong_after("UPDATE credits_entry SET effective_on = '2026-03-01' WHERE id = %s", entry.pk)

    assert wrong == [
        f"{entry} is not what its seal says.",
        changed_grant(entry),
    ]


def test_an_entry_that_was_sealed_anew_after_a_change_is_found_by_the_digests() -> None:
    entry = Entry.objects.get(key="credit")
    seal = entry.seal_id
    with suspended(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO credits_seal (digest) VALUES ('another')")

    wrong = wrong_after("UPDATE credits_entry SET seal_id = 'another' WHERE id = %s", entry.pk)

    assert wrong == [
        f"{entry} is not what its seal says.",
        f"Seal {seal[:12]} has no entry: one was taken away.",
        "Digest 1 of Alder does not hold: entries before it were changed.",
    ]


def test_an_entry_that_is_gone_is_found_by_the_digests_and_the_balances() -> None:
    entry = Entry.objects.get(key="another")
    with suspended(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM credits_line WHERE entry_id = %s", [entry.pk])
        cursor.execute("UPDATE credits_balance SET last_entry_id = NULL")
        cursor.execute("UPDATE credits_digest SET last_entry_id = last_entry_id - 1 WHERE number = 2")

    wrong = wrong_after("DELETE FROM credits_entry WHERE id = %s", entry.pk)

    assert wrong == [
        f"Seal {entry.seal_id[:12]} has no entry: one was taken away.",
        "Credit owed (USD) of Alder is stored as 0.07 USD, and its lines sum to 0.00 USD.",
        "Credits granted (USD) of Alder is stored as -0.07 USD, and its lines sum to 0.00 USD.",
        "Digest 2 of Alder does not hold: entries before it were changed.",
    ]


def test_a_balance_and_a_lot_that_were_changed_are_found() -> None:
    lot = LotBalance.objects.get()

    assert wrong_after("UPDATE credits_lotbalance SET remaining = 49") == [
        f"Lot {lot.pk} is stored with 49 minor units left, and its lines sum to 50."
    ]
    with suspended(), connection.cursor() as cursor:
        cursor.execute("UPDATE credits_lotbalance SET remaining = 50")
    assert wrong_after("UPDATE credits_lot SET granted = 51") == [
        f"Lot {lot.pk} is of 51 minor units, stored as 50, and was granted 50.",
        changed_grant(Entry.objects.get(kind=Kind.GRANT)),
    ]
    with suspended(), connection.cursor() as cursor:
        cursor.execute("UPDATE credits_lot SET granted = 50")
    assert wrong_after("UPDATE credits_balance SET minor = minor + 1 WHERE minor = 50") == [
        "Entitlement (hours) of Alder is stored as 0.51 hours, and its lines sum to 0.50 hours."
    ]


def test_a_unit_whose_scale_was_changed_is_found() -> None:
    wrong = wrong_after("UPDATE credits_unit SET scale = 3 WHERE code = 'JPY'")

    assert wrong == ["Unit JPY is stored as (3, 'currency') and counted as (0, 'currency')."]


def test_digests_chain_each_clients_seals_and_grow_only_where_something_was_posted() -> None:
    other = AgreementFactory()
    credit_client(
        agreement=other, money=Money(1, "USD"), approval=approval_for(other.client), **order("of another client")
    )

    grown = [make_digests(now=NOW), make_digests(now=NOW)]

    first, second = Digest.objects.filter(client__name="Alder")
    seals = list(Entry.objects.filter(client__name="Alder").order_by("id").values_list("seal_id", flat=True))
    assert grown == [1, 0]
    assert (first.number, second.number) == (1, 2)
    assert second.digest == chained(chained("", seals[:2]), seals[2:])
    assert Digest.objects.get(client=other.client).entries == 1


def test_the_nights_tasks_expire_lots_and_chain_digests() -> None:
    tasks.expire_lots()
    tasks.make_digests()

    expiry = Entry.objects.get(kind=Kind.EXPIRY)
    assert Digest.objects.latest("id").last_entry == expiry
    assert not Balance.objects.filter(account__code="entitlement").exclude(minor=0).exists()


def test_every_unit_was_made_by_migrating() -> None:
    assert dict(Unit.objects.values_list("code", "scale"))["hours"] == 2
    assert Unit.objects.count() == 17
