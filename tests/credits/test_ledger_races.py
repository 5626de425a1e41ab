"""Many at the same time: threads, and real processes. One act is posted once; nothing falls below zero."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from credits.errors import KeyReusedError, LedgerError
from credits.models import Account, Code, Entry, Kind, Line
from credits.rules.units import Amount
from credits.services import (
    capture,
    consume_entitlement,
    credit_client,
    expire_lots,
    grant_entitlement,
    make_digests,
    pay_out,
    reserve,
    verify,
)
from portal.clients.models import Agreement
from portal.contract.money import Money
from tests.credits.books import NOW, approval_for, held, left_in_lots, order
from tests.credits.spender import KEYS
from tests.factories import AgreementFactory
from tests.portal.clocks.workers import running, wait_for_ready

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 16


def at_once(act: Callable[[int], Entry]) -> list[Entry | LedgerError]:
    """Let sixteen threads do something at the same time, and return what came of each."""
    together = Barrier(THREADS)

    def one(number: int) -> Entry | LedgerError:
        try:
            together.wait(20)
            return act(number)
        except LedgerError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(one, range(THREADS)))


@pytest.fixture
def agreement() -> Agreement:
    """Return an agreement with one session left and one cent owed."""
    made: Agreement = AgreementFactory()
    credit_client(agreement=made, money=Money(1, "USD"), approval=approval_for(made.client), **order("credit"))
    grant(made, 1)
    return made


def grant(agreement: Agreement, minor: int) -> Entry:
    """Grant sessions without end."""
    amount = Amount(minor, "sessions")
    return grant_entitlement(
        agreement=agreement, amount=amount, effective_at=NOW, expires_at=None, **order(f"grant {minor}")
    )


def test_sixteen_with_the_same_key_post_one_entry_and_are_told_the_same(agreement: Agreement) -> None:
    approval = approval_for(agreement.client)

    told = at_once(
        lambda _: pay_out(client=agreement.client, money=Money(1, "USD"), approval=approval, **order("payout"))
    )

    assert set(told) == {Entry.objects.get(kind=Kind.PAYOUT)}
    assert held(agreement.client, Code.CREDIT_OWED, "USD") == 0


def test_sixteen_that_open_the_same_accounts_open_them_once() -> None:
    agreement = AgreementFactory()
    approval = approval_for(agreement.client)

    told = at_once(
        lambda number: credit_client(
            agreement=agreement, money=Money(1, "JPY"), approval=approval, **order(f"credit {number}")
        )
    )

    assert len(set(told)) == Entry.objects.count() == THREADS
    assert Account.objects.count() == 2
    assert held(agreement.client, Code.CREDIT_OWED, "JPY") == THREADS
    assert verify().wrong == ()


def test_sixteen_that_use_one_key_for_different_things_post_one_of_them() -> None:
    agreements = [AgreementFactory() for _ in range(THREADS)]
    approvals = [approval_for(agreement.client) for agreement in agreements]

    told = at_once(
        lambda number: credit_client(
            agreement=agreements[number], money=Money(1, "USD"), approval=approvals[number], **order("credit")
        )
    )

    assert Entry.objects.count() == 1
    assert sum(isinstance(answer, KeyReusedError) for answer in told) == THREADS - 1
    assert Line.objects.count() == 2


def test_the_last_session_is_spent_by_one_of_sixteen(agreement: Agreement) -> None:
    told = at_once(
        lambda number: consume_entitlement(agreement=agreement, amount=Amount(1, "sessions"), **order(f"use {number}"))
    )

    refusals = [answer.code for answer in told if isinstance(answer, LedgerError)]
    assert refusals == ["insufficient"] * (THREADS - 1)
    assert left_in_lots(agreement.client, "sessions") == [0]
    assert verify().wrong == ()


def test_a_reservation_is_captured_by_one_of_sixteen(agreement: Agreement) -> None:
    reservation = reserve(agreement=agreement, amount=Amount(1, "sessions"), **order("reserve"))

    told = at_once(lambda number: capture(reservation=reservation, **order(f"capture {number}")))

    refusals = [answer.code for answer in told if isinstance(answer, LedgerError)]
    assert refusals == ["reservation_ended"] * (THREADS - 1)
    assert held(agreement.client, Code.USED, "sessions") == 1
    assert verify().wrong == ()


def test_a_lot_expires_once_though_it_is_spent_meanwhile(agreement: Agreement) -> None:
    grant_entitlement(
        agreement=agreement,
        amount=Amount(THREADS, "hours"),
        effective_at=NOW.replace(hour=1),
        expires_at=NOW.replace(hour=16),
        **order("hours"),
    )

    def act(number: int) -> Entry:
        if number % 2:
            expire_lots(now=NOW.replace(hour=16))
        return consume_entitlement(agreement=agreement, amount=Amount(1, "hours"), **order(f"use {number}"))

    at_once(act)

    assert held(agreement.client, Code.ENTITLEMENT, "hours") == 0
    assert held(agreement.client, Code.USED, "hours") + held(agreement.client, Code.EXPIRED, "hours") == THREADS
    assert Entry.objects.filter(kind=Kind.EXPIRY).count() == 1
    assert verify().wrong == ()


def test_digests_made_while_others_post_leave_nothing_out(agreement: Agreement) -> None:
    approval = approval_for(agreement.client)

    def act(number: int) -> Entry:
        if number % 4 == 0:
            make_digests(now=NOW)
        return credit_client(agreement=agreement, money=Money(1, "USD"), approval=approval, **order(f"credit {number}"))

    at_once(act)
    make_digests(now=NOW)

    assert make_digests(now=NOW) == 0
    assert verify().wrong == ()


def spenders(agreement: Agreement, var: Path, prefixes: Sequence[str], *, threads: int = 1) -> list[int]:
    """Let real processes spend at the same time, in so many threads each; return how often each thread could."""
    command = [sys.executable, "-m", "tests.credits.spender", str(agreement.pk)]
    with ExitStack() as stack:
        processes = [stack.enter_context(running([*command, prefix, str(threads)], var)) for prefix in prefixes]
        wait_for_ready(*processes)
        return [int(one) for process in processes if process.stdout for one in process.stdout.readline().split()]


def test_four_processes_two_of_them_with_the_same_keys_spend_what_there_is_and_no_more(
    agreement: Agreement, tmp_path: Path
) -> None:
    grant(agreement, 2 * KEYS - 1)

    told = spenders(agreement, tmp_path, ("same ", "same ", "one ", "another "))

    assert told[0] == told[1]
    assert sum(told[1:]) == Entry.objects.filter(kind=Kind.CONSUME).count() == 2 * KEYS
    assert left_in_lots(agreement.client, "sessions") == [0, 0]
    assert verify().wrong == ()


def test_sixteen_threads_of_four_processes_with_the_same_keys_post_one_entry_for_each(
    agreement: Agreement, tmp_path: Path
) -> None:
    grant(agreement, KEYS)

    told = spenders(agreement, tmp_path, ["same "] * 4, threads=4)

    assert told == [KEYS] * THREADS
    assert Entry.objects.filter(kind=Kind.CONSUME).count() == KEYS
    assert sum(left_in_lots(agreement.client, "sessions")) == 1
    assert verify().wrong == ()


def test_the_last_session_is_spent_by_one_of_sixteen_threads_of_four_processes(
    agreement: Agreement, tmp_path: Path
) -> None:
    told = spenders(agreement, tmp_path, [f"{process}.{{thread}} " for process in range(4)], threads=4)

    assert sorted(told) == [0] * (THREADS - 1) + [1]
    assert left_in_lots(agreement.client, "sessions") == [0]
    assert verify().wrong == ()
