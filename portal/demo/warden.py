"""The warden: a script that outlives the supervisor for as long as it takes to end its children.

It reads `+<group>` and `-<group>` lines, and ends the groups that are left once its input ends, which happens when the
supervisor is gone, however it went.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable

PATIENCE = 5.0
"""Seconds between asking and ending."""


def watch(lines: Iterable[str]) -> set[int]:
    """Return the process groups that are left when the lines end."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    return groups


def end(groups: set[int]) -> None:
    """Ask the groups to stop, wait, then end what is left."""
    left = {group for group in groups if _send(group, signal.SIGTERM)}
    give_up = time.monotonic() + PATIENCE
    while left and time.monotonic() < give_up:
        time.sleep(0.05)
        left = {group for group in left if _send(group, 0)}
    for group in left:
        _send(group, signal.SIGKILL)


def _send(group: int, number: int) -> bool:
    """Send a signal to a group; say whether there is such a group."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    end(watch(sys.stdin))
