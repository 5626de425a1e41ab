"""What every test stands on: the database, its append-only tables, and a Redis of one's own.

`DATABASE_URL` chooses the database: PostgreSQL when set, else SQLite. Journeys need a browser and are collected only
when an argument names them.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase, override_settings

from tests.emptying import empty_tables

JOURNEYS = Path(__file__).parent / "journeys"

# The same examples each time, so that a change is judged by what it changed; HYPOTHESIS_PROFILE=explore tries others.
# How long one may take says nothing of the portal while other programs run beside it.
hypothesis.settings.register_profile(
    "settled", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("explore", hypothesis.settings.get_profile("settled"), derandomize=False)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "settled"))

TransactionTestCase._fixture_teardown = lambda case: empty_tables()  # type: ignore[attr-defined]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the journeys out unless an argument names them."""
    if collection_path != JOURNEYS:
        return None
    asked = [Path(argument.partition("::")[0]).resolve() for argument in config.invocation_params.args]
    return not any(path == JOURNEYS or JOURNEYS in path.parents for path in asked) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what holds on the other database only; pytest's closing line counts it."""
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    elsewhere = [item for item in items if item.get_closest_marker(other)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give SQLite a file: threads and processes meet in it as they do in the portal, which memory does not allow."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def own_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests upload away from the portal's own files."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@dataclass
class OwnRedis:
    """A Redis that a test may freeze and end."""

    url: str
    """In Celery's spelling."""
    process: "subprocess.Popen[bytes]"

    def freeze(self) -> None:
        """Stop answering, and keep the connections."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Answer again."""
        os.kill(self.process.pid, signal.SIGCONT)


@pytest.fixture
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnRedis]:
    """Start a Redis for this test alone; end it afterwards, frozen or not."""
    socket = tmp_path_factory.mktemp("redis") / "redis.sock"
    assert settings.REDIS_SERVER, "no Redis on this computer; on Debian: apt-get install redis-server"
    process = subprocess.Popen(
        [settings.REDIS_SERVER, "--port", "0", "--unixsocket", str(socket), "--save", "", "--loglevel", "warning"],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(socket)
        yield OwnRedis(f"redis+socket://{socket}", process)
    finally:
        process.kill()
        process.wait()


def _wait_for(socket: Path) -> None:
    """Wait until the Redis at this socket answers, ten seconds at most."""
    retry = redis.retry.Retry(
        redis.backoff.ConstantBackoff(0.05), retries=200, supported_errors=(redis.ConnectionError,)
    )
    with redis.Redis(unix_socket_path=str(socket), retry=retry) as client:
        client.ping()
