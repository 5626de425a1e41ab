"""The whole portal as it runs embedded: web, workers, beat, broker and mail catcher, started by its own supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tests.portal.demo.waiting import free_ports, wait_until

OURS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "ORIGIN", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE")


@dataclass(frozen=True)
class RunningPortal:
    """Where a portal that was started for one test answers."""

    url: str
    mails: str


@contextmanager
def running_portal(folder: Path, script: str) -> Iterator[RunningPortal]:
    """Start a portal on an empty database that `script` has filled; stop it, and all it started, at the end.

    Args:
        folder: Everything it writes lies there.
        script: Python, run once after migrating, with Django set up.
    """
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    port = free_ports(3)
    environment = {**kept, "VAR_DIR": str(folder), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    for command in (["migrate", "--verbosity=0"], ["shell", "--verbosity=0", "--command", script]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=environment, check=True)
    output = folder / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: "Ctrl-C" in output.read_text() or process.poll() is not None, seconds=60)
        assert process.poll() is None, output.read_text()
        yield RunningPortal(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
