"""Flaggers that race each other, a service, and death."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from django.db import connection, transaction

from portal.accounts.models import Role
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.clients.services import suspend_agreement
from portal.clocks.flagging import flag_waking
from portal.clocks.models import Breach, Clock, State
from portal.clocks.services import lock_agreement
from tests.factories import AgreementFactory, StaffFactory
from tests.portal.clocks.promises import MINUTE, NOW, register_promises, save_clock, save_clocks
from tests.portal.clocks.workers import FLAG, running, wait_for_ready, wall_clock
from tests.portal.demo.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

STORM = 10_000


def test_a_storm_is_flagged_once_each_by_two_workers_one_of_which_is_killed(tmp_path: Path) -> None:
    agreement = AgreementFactory()
    StaffFactory()
    register_promises()
    with running([sys.executable, "-c", FLAG], tmp_path) as one, running([sys.executable, "-c", FLAG], tmp_path) as two:
        save_clocks(agreement, STORM, due_at=wall_clock(), step=timedelta(seconds=1) / STORM)
        wait_for_ready(one, two)
        wait_until(lambda: Breach.objects.count() > 0, seconds=30)

        one.kill()
        one.wait()
        flagged_before = Breach.objects.count()
        wait_until(lambda: Breach.objects.count() == STORM, seconds=60)

    assert flagged_before < STORM
    assert Breach.objects.values("clock").distinct().count() == STORM
    assert Message.objects.filter(kind="breach").values("breach").distinct().count() == Message.objects.count() == STORM
    assert not Clock.objects.exclude(state=State.BREACHED, next_at=None).exists()


@contextmanager
def in_another_transaction(change: Event, leave: Event) -> Iterator[None]:
    """Answer a promise in a thread whose transaction stays open, from `change` on, until `leave` is set."""

    def answer(agreement_id: int) -> None:
        try:
            with transaction.atomic():
                lock_agreement(agreement_id)
                clock = Clock.objects.select_for_update().get()
                clock.state, clock.met_at, clock.next_at, clock.wake = State.MET, NOW, None, ""
                clock.save()
                change.set()
                assert leave.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        answered = threads.submit(answer, Agreement.objects.get().pk)
        assert change.wait(20)
        yield
        leave.set()
        answered.result()


def flag_in_thread() -> int:
    """Flag what has come by now, on a connection of its own."""
    try:
        return flag_waking(now=NOW + MINUTE).breached
    finally:
        connection.close()


def test_an_answer_that_is_being_saved_at_the_last_moment_wins() -> None:
    save_clock(AgreementFactory())
    leave = Event()

    with ThreadPoolExecutor() as threads, in_another_transaction(Event(), leave):
        flagger = threads.submit(flag_in_thread)  # On SQLite it waits for the other; on PostgreSQL it passes over.
        if connection.vendor == "postgresql":
            flagger.result(20)
        leave.set()
        breached = flagger.result(20)

    assert breached == flag_waking(now=NOW + MINUTE).breached == 0
    assert Clock.objects.get().state == State.MET


@pytest.mark.postgresql
def test_the_flagger_neither_waits_for_a_service_nor_deadlocks_with_it() -> None:
    agreement = AgreementFactory()
    clock = save_clock(agreement)
    StaffFactory()

    with ThreadPoolExecutor() as threads, transaction.atomic():
        lock_agreement(agreement.pk)
        breached = threads.submit(flag_in_thread).result(10)  # Queues notices that refer to the locked agreement.
        seen = Clock.objects.select_for_update().get(pk=clock.pk)

    assert breached == 1
    assert seen.state == State.BREACHED


@pytest.mark.postgresql
def test_the_flagger_does_not_wait_for_what_happens_to_an_agreement() -> None:
    agreement = AgreementFactory()
    save_clock(agreement)
    manager = StaffFactory(role=Role.MANAGER)

    with ThreadPoolExecutor() as threads, transaction.atomic():
        suspend_agreement(agreement_id=agreement.pk, by=manager, at=NOW)
        breached = threads.submit(flag_in_thread).result(10)  # As above: each would wait for what the other holds.

    assert breached == 1


@pytest.mark.postgresql
def test_a_clock_that_is_locked_holds_up_no_other() -> None:
    agreement = AgreementFactory()
    held, free = save_clock(agreement, "P-1"), save_clock(agreement, "P-2")

    with ThreadPoolExecutor() as threads, transaction.atomic():
        Clock.objects.select_for_update().get(pk=held.pk)
        breached = threads.submit(flag_in_thread).result(10)

    assert breached == 1
    assert Breach.objects.get().clock == free
    assert flag_waking(now=NOW + MINUTE).breached == 1
