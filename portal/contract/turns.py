"""What was done to a clock, turn by turn: its log, which explains it and counts it anew. Clause: T-6, T-7, JS-9."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from portal.contract.measures import Promise, Releases


class Applied(Struct, frozen=True, gc=False):
    """A target began to apply.

    Attributes:
        how: At the start, by a change of severity upward or downward, or because a hosted period began.
        promise: What applies now.
        ordinary: What would apply outside a hosted period.
        moved: Whether the due instant is counted from this turn (downward: anew from the clock's start).
    """

    at: datetime
    how: Literal["start", "upward", "downward", "hosted"]
    promise: Promise
    ordinary: Promise
    reason: str
    moved: bool


class Paused(Struct, frozen=True, gc=False):
    """A reason not to count began to hold."""

    at: datetime
    reason: str


class Resumed(Struct, frozen=True, gc=False):
    """A reason not to count ended."""

    at: datetime
    reason: str


class Replanned(Struct, frozen=True, gc=False):
    """The next release moved, and the due instant with it."""

    at: datetime


Turn = Applied | Paused | Resumed | Replanned


class Plan(Struct, frozen=True, gc=False):
    """What became known of releases at an instant, after so many turns of the clock's log."""

    at: datetime
    turns: int
    releases: Releases


class Ceiling(Struct, frozen=True, gc=False):
    """The due instant of a shorter target, above that of a release which comes sooner and may still move.

    Attributes:
        tighter: The turn in which the shorter target began to apply.
        release: The turn since which the clock waits for a release.
    """

    due_at: datetime
    total: timedelta
    tighter: Applied
    release: Applied
