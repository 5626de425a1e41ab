"""Ports and patience for tests that start programs for real."""

import socket
import time
from collections.abc import Callable
from pathlib import Path


def free_ports(count: int) -> int:
    """Return the first of that many neighbouring loopback ports which nobody listens on."""
    for _ in range(100):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            first = int(probe.getsockname()[1])
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError):
        return False
    return True


def wait_until(condition: Callable[[], bool], *, seconds: float) -> None:
    """Return as soon as a condition holds; fail when it does not within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that is dead and not yet reaped does not. Linux only, as all below."""
    return _stat(pid)[:1] not in ([], ["Z"], ["X"])


def command_of(pid: int) -> str:
    """Return the command line of a process, '' when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def descendants(pid: int) -> set[int]:
    """Return the numbers of all processes that a process has started, and those in turn."""
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    parents = {number: int(stat[1]) for number in numbers if (stat := _stat(number))}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def _stat(pid: int) -> list[str]:
    """Return the kernel's words about a process from its state on, none when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
