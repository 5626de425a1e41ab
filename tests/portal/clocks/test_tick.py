"""The tick: at its instant, one at a time, and again once the broker is back."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from portal.alerts.models import Heartbeat
from portal.clocks.models import Breach
from portal.clocks.tasks import LOCK, LOCK_SECONDS, tick
from tests.conftest import OwnRedis
from tests.factories import AgreementFactory
from tests.portal.clocks.promises import register_promises, save_clock
from tests.portal.clocks.workers import BEAT, WORKER, running, wall_clock
from tests.portal.demo.waiting import wait_until

MILLISECOND = timedelta(milliseconds=1)


@pytest.mark.django_db
def test_a_clock_that_falls_due_between_two_ticks_is_flagged_at_its_instant() -> None:
    agreement = AgreementFactory()
    due_at = wall_clock() + 300 * MILLISECOND
    save_clock(agreement, due_at=due_at)

    tick()

    breach = Breach.objects.get()
    assert breach.due_at == due_at
    assert timedelta(0) <= breach.detected_at - due_at < 50 * MILLISECOND


@pytest.mark.django_db
def test_a_tick_watches_beyond_its_second_and_says_that_it_did() -> None:
    begun = wall_clock()

    tick()

    ended = Heartbeat.objects.get(name="flagger").finished_at
    assert begun + 1500 * MILLISECOND <= ended < begun + 3000 * MILLISECOND
    assert cache.get(LOCK) is None


@pytest.mark.django_db
def test_a_second_tick_waits_for_the_first_and_leaves_the_work_to_it() -> None:
    cache.add(LOCK, True, timeout=60)
    save_clock(AgreementFactory(), due_at=wall_clock())
    begun = time.monotonic()

    tick()

    assert 1 < time.monotonic() - begun < 5
    assert not Breach.objects.exists()


@pytest.mark.django_db
def test_a_tick_that_was_killed_keeps_others_out_for_two_seconds_at_most() -> None:
    cache.add(LOCK, True, timeout=LOCK_SECONDS)
    save_clock(AgreementFactory(), due_at=wall_clock())
    begun = time.monotonic()

    wait_until(lambda: tick() or Breach.objects.exists(), seconds=10)

    assert time.monotonic() - begun < 4


@pytest.fixture
def watched(own_redis: OwnRedis) -> Iterator[OwnRedis]:
    """Run a worker and beat on a Redis of the test's own, and wait until they watch."""
    var = Path(own_redis.url.removeprefix("redis+socket://")).parent
    with ExitStack() as programs:
        for command in (WORKER, BEAT):
            programs.enter_context(running(command, var))
        wait_until(Heartbeat.objects.filter(name="flagger").exists, seconds=60)
        yield own_redis


@pytest.mark.django_db(transaction=True)
def test_while_the_broker_is_frozen_pages_answer_and_afterwards_nothing_was_lost(watched: OwnRedis) -> None:
    register_promises()
    agreement = AgreementFactory()
    Client().get("/healthz")  # The first page of a process loads the site.
    watched.freeze()
    due_at = wall_clock() + timedelta(seconds=2)
    save_clock(agreement, due_at=due_at)

    begun = time.monotonic()
    page = Client().get("/healthz")
    answered_in = time.monotonic() - begun
    wait_until(lambda: wall_clock() > due_at + timedelta(seconds=1), seconds=10)
    missed = not Breach.objects.exists()
    watched.thaw()
    wait_until(Breach.objects.exists, seconds=30)

    assert (page.status_code, missed) == (200, True)
    assert answered_in < 1
    assert Breach.objects.get().due_at == due_at


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_lost_everything_is_found_again_and_nothing_was_lost(watched: OwnRedis) -> None:
    register_promises()
    agreement = AgreementFactory()
    watched.process.kill()
    watched.process.wait()
    due_at = wall_clock() + timedelta(seconds=2)
    save_clock(agreement, due_at=due_at)
    wait_until(lambda: wall_clock() > due_at + timedelta(seconds=1), seconds=10)
    missed = not Breach.objects.exists()

    socket = watched.url.removeprefix("redis+socket://")
    command = [str(settings.REDIS_SERVER), "--port", "0", "--unixsocket", socket, "--save", "", "--loglevel", "warning"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as another:
        wait_until(Breach.objects.exists, seconds=60)
        another.kill()

    assert missed
    assert Breach.objects.get().due_at == due_at
