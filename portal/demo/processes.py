"""Child processes that never outlive the one that started them.

Each child leads a session of its own, so that stopping it stops what it started in turn. A warden process, which holds
the other end of a pipe, ends the children when the supervisor dies without a chance to: also by SIGKILL, on any Unix.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from portal.demo import warden


class Warden:
    """The process that ends the children once this one is gone. Needs no stopping: it ends when told of no child."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", warden.__file__],
            stdin=subprocess.PIPE,
            start_new_session=True,  # A Ctrl-C in the terminal must not reach it.
        )

    def watch(self, group: int) -> None:
        """End this process group when the supervisor dies."""
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """Leave this process group alone: it has ended, and its number may be given to a stranger."""
        self._tell(f"-{group}\n")

    def dismiss(self) -> None:
        """Close the pipe and wait until the warden has ended what it still watches, and itself."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        if self._process.stdin:
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()


class Child:
    """One program, started again with growing pauses whenever it ends.

    Args:
        name: What messages and the log file call it.
        command: Program and arguments.
        log: File that takes its standard output and standard error; emptied here.
        environment: Variables on top of our own.
    """

    PAUSE_LIMIT = 30.0
    """Seconds between two starts at most."""
    SETTLED_AFTER = 60.0
    """Seconds of running after which the next pause is short again."""

    def __init__(
        self, name: str, command: Sequence[str], *, log: Path, warden: Warden, environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._warden = warden
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = 1.0
        self._next_start = 0.0
        log.write_bytes(b"")

    def start(self) -> None:
        """Start the program."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._warden.watch(self._process.pid)
        self._started = time.monotonic()

    def tend(self) -> str | None:
        """Reap the program if it has ended and start it again once its pause is over; return what is to be said."""
        if self._process is None:
            if time.monotonic() >= self._next_start:
                self.start()
            return None
        status = self._process.poll()
        if status is None:
            return None
        self._bury(self._process)
        now = time.monotonic()
        if now - self._started > self.SETTLED_AFTER:
            self._pause = 1.0
        pause, self._pause = self._pause, min(self._pause * 2, self.PAUSE_LIMIT)
        self._next_start = now + pause
        ended = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        return f"{self.name} {ended}; starting it again in {pause:.0f} s. Its log: {self.log}"

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the program; what it started is its own to stop."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def has_ended(self) -> bool:
        """Say whether the program has ended, and reap it."""
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """End the program and whatever of its group is left."""
        if self._process is not None:
            self._bury(self._process)

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(
            ProcessLookupError, PermissionError
        ):  # Some systems refuse when only the dead are left.
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._warden.forget(process.pid)
        self._process = None


def stop(children: Iterable[Child], *, patience: float) -> None:
    """Stop children: ask, wait up to `patience` seconds for all together, then end what is left of their groups."""
    stopping = list(children)
    for child in stopping:
        child.ask_to_stop()
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up and not all(child.has_ended() for child in stopping):
        time.sleep(0.05)
    for child in stopping:
        child.kill()
