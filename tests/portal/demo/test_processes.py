"""Children end with their supervisor, however it ends, and start again when they die."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.demo.processes import Child, Warden, stop
from tests.portal.demo.waiting import is_alive, wait_until

# A child that starts a grandchild and pays no heed to SIGTERM, as a stubborn program would.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(grandchild.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def warden() -> Iterator[Warden]:
    warden = Warden()
    yield warden
    warden.dismiss()


def grandchild_of(log: Path) -> int:
    """Return the number that the stubborn child prints."""
    wait_until(lambda: log.exists() and log.read_text().endswith("\n"), seconds=20)
    return int(log.read_text())


def test_stopping_ends_a_stubborn_child_and_what_it_started(warden: Warden, tmp_path: Path) -> None:
    child = Child("x", [sys.executable, "-c", STUBBORN], log=tmp_path / "log", warden=warden, environment={})
    child.start()
    grandchild = grandchild_of(tmp_path / "log")

    stop([child], patience=0.2)

    assert child.has_ended()
    wait_until(lambda: not is_alive(grandchild), seconds=5)


def test_a_child_that_dies_is_started_again_after_a_pause_and_said(warden: Warden, tmp_path: Path) -> None:
    program = "import sys; print('begun', flush=True); sys.exit(3)"
    child = Child("worker", [sys.executable, "-c", program], log=tmp_path / "log", warden=warden, environment={})
    child.start()

    messages: list[str] = []

    def said_twice() -> bool:
        messages.extend(filter(None, [child.tend()]))
        return len(messages) == 2

    wait_until(said_twice, seconds=20)
    assert messages[0].startswith("worker ended with status 3; starting it again in 1 s.")
    assert messages[1].startswith("worker ended with status 3; starting it again in 2 s.")
    assert (tmp_path / "log").read_text() == "begun\nbegun\n"


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    program = f"""
import sys, time
from pathlib import Path
from portal.demo.processes import Child, Warden
log = Path({str(tmp_path / "log")!r})
Child("x", [sys.executable, "-c", {STUBBORN!r}], log=log, warden=Warden(), environment={{}}).start()
print("started", flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout
        supervisor.stdout.readline()
        grandchild = grandchild_of(tmp_path / "log")
        os.kill(supervisor.pid, signal.SIGKILL)

    wait_until(lambda: not is_alive(grandchild), seconds=20)
