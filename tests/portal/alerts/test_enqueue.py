"""Queueing: in bulk, once, inside the caller's transaction, whatever the broker does."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from portal.alerts.models import Heartbeat, Message
from portal.alerts.services import beat, enqueue
from tests.conftest import OwnRedis
from tests.portal.alerts.letters import NOW, letter, post
from tests.portal.demo.waiting import wait_until

POKE_OFTEN = """
import django, sys, time
django.setup()
import portal.celery
from portal.alerts.poke import poke_sender
begun = time.monotonic()
for _ in range(1000):
    poke_sender()
print(time.monotonic() - begun, flush=True)
sys.stdin.read()
"""


def poke_often(socket: Path, then: Callable[[], None] = lambda: None) -> float:
    """Poke a thousand times in a process of its own whose broker is at `socket`; return how many seconds that took.

    The process lives on, and with it the thread that publishes, until `then` returns.
    """
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    environment |= {"VAR_DIR": str(socket.parent), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", POKE_OFTEN],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        seconds = float(process.stdout.readline())
        try:
            then()
        finally:
            process.stdin.close()
    return seconds


@pytest.mark.django_db
def test_notices_are_queued_in_bulk() -> None:
    notices = [letter(f"letter-{number}") for number in range(1000)]

    with CaptureQueriesContext(connection) as captured:
        queued = enqueue(notices, at=NOW)

    inserts = [query for query in captured if query["sql"].startswith("INSERT")]
    assert queued == Message.objects.count() == 1000
    # SQLite binds 999 values a statement: not a thousand rows, and by no means one row each.
    assert len(inserts) <= (1 if connection.vendor == "postgresql" else 30)


@pytest.mark.django_db
def test_the_same_key_is_queued_once_and_the_first_one_stays() -> None:
    post(letter("breach-7", subject="First"))

    post(letter("breach-7", subject="Second"), letter("breach-8"), at=NOW + timedelta(minutes=1))

    assert [message.context.get("subject") for message in Message.objects.order_by("key")] == ["First", None]


@pytest.mark.django_db
def test_the_sender_is_woken_once_the_transaction_is_committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as after_commit:
        post(letter())
        post()

    assert [callback.__name__ for callback in after_commit] == ["poke_sender"]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_queued_when_the_transaction_fails() -> None:
    with transaction.atomic():
        post(letter())
        transaction.set_rollback(True)

    assert not Message.objects.exists()


def test_a_poke_asks_for_a_round_through_the_broker(own_redis: OwnRedis) -> None:
    socket = Path(own_redis.url.removeprefix("redis+socket://"))

    with redis.Redis(unix_socket_path=str(socket)) as client:
        poke_often(socket, then=lambda: wait_until(lambda: client.llen("mail") >= 1, seconds=30))

        assert client.llen("mail") < 1000


def test_a_frozen_broker_does_not_hold_up_who_pokes(own_redis: OwnRedis) -> None:
    own_redis.freeze()

    seconds = poke_often(Path(own_redis.url.removeprefix("redis+socket://")))

    assert seconds < 0.5


def test_a_broker_that_is_away_neither_fails_nor_holds_up_who_pokes(tmp_path: Path) -> None:
    begun = time.monotonic()

    seconds = poke_often(tmp_path / "redis.sock")

    assert seconds < 0.5
    assert time.monotonic() - begun < 30


@pytest.mark.django_db
def test_a_heartbeat_keeps_the_last_instant_of_each_process() -> None:
    beat("flagger", at=NOW)
    beat("sender", at=NOW)

    beat("flagger", at=NOW + timedelta(seconds=1))

    assert dict(Heartbeat.objects.values_list("name", "finished_at")) == {
        "flagger": NOW + timedelta(seconds=1),
        "sender": NOW,
    }
