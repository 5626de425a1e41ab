"""The broker: tasks of the site reach ours, and pages do not wait for one that hangs."""

import subprocess
import sys
import time
from typing import Any

import pytest
import redis
from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from portal.celery import app
from tests.conftest import OwnRedis


@shared_task
def greet() -> None:
    """A task as any module declares one: without naming the application."""


@pytest.mark.parametrize("door", ["portal.wsgi", "portal.asgi"])
def test_a_task_published_by_the_web_goes_to_our_broker(door: str) -> None:
    program = f"import {door}, celery; print(celery.current_app.main, celery.current_app.conf.broker_url)"

    answer = subprocess.run([sys.executable, "-c", program], cwd=settings.BASE_DIR, capture_output=True, check=True)

    assert answer.stdout.decode().split() == ["portal", settings.CELERY_BROKER_URL]


def test_a_published_task_waits_in_the_queue_of_its_kind(own_redis: OwnRedis) -> None:
    with app.connection_for_write(own_redis.url) as connection:
        app.send_task(greet.name, connection=connection)
        app.send_task("portal.clocks.tasks.tick", connection=connection)
        app.send_task("portal.alerts.tasks.send_outbox", connection=connection)

    with redis.Redis(unix_socket_path=own_redis.url.removeprefix("redis+socket://")) as client:
        lengths: dict[str, Any] = {queue: client.llen(queue) for queue in ("default", "flagging", "mail")}
    assert lengths == {"default": 1, "flagging": 1, "mail": 1}


def test_publishing_to_a_frozen_broker_fails_within_seconds(own_redis: OwnRedis) -> None:
    own_redis.freeze()
    begun = time.monotonic()

    with app.connection_for_write(own_redis.url) as connection, pytest.raises(OperationalError):
        app.send_task(greet.name, connection=connection)

    assert time.monotonic() - begun < 5


def test_what_beat_sends_is_dropped_once_the_next_is_there() -> None:
    entries = app.conf.beat_schedule.values()

    assert {entry["task"] for entry in entries if entry["schedule"] == entry["options"]["expires"] == 1.0} == {
        "portal.clocks.tasks.tick",
        "portal.alerts.tasks.send_outbox",
    }
