"""Real processes that flag in the test's own database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

FLAG = """
import django, sys
django.setup()
import tests.portal.clocks.promises
from datetime import timedelta
from django.utils import timezone
from portal.clocks.flagging import flag_until
print("ready", flush=True)
sys.stdin.readline()
flag_until(timezone.now() + timedelta(seconds=60), clock=timezone.now)
"""
"""Watches for a minute from the moment it is told to."""

CELERY = [sys.executable, "-m", "celery", "--app", "portal.celery"]
WORKER = [
    *(*CELERY, "worker", "--queues", "flagging", "--pool", "solo", "--loglevel", "WARNING"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--include", "tests.portal.clocks.promises"),
]
BEAT = [*CELERY, "beat", "--loglevel", "WARNING"]


def wall_clock() -> datetime:
    """Return the current instant: real processes live in real time."""
    return timezone.now()  # noqa: TID251  (see above)


def environment(var: Path) -> dict[str, str]:
    """Return the variables of a process that works on the test's database and on the Redis of the folder `var`."""
    mine = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")}
    mine |= {"DJANGO_SETTINGS_MODULE": "tests.settings", "VAR_DIR": str(var), "PYTHONPATH": str(settings.BASE_DIR)}
    database = connection.settings_dict
    if connection.vendor == "postgresql":
        login = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT'] or 5432}"
        return mine | {"DATABASE_URL": f"postgres://{login}/{database['NAME']}"}
    link = var / "portal.sqlite3"
    if not link.exists():
        link.symlink_to(str(database["NAME"]))
    return mine


@contextmanager
def running(command: Sequence[str], var: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program on the test's database; end it afterwards, if it has not ended."""
    process = subprocess.Popen(command, env=environment(var), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_ready(*processes: subprocess.Popen[bytes]) -> None:
    """Wait until each process has said that it is ready, then let all of them go on."""
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write(b"go\n")
        process.stdin.flush()
