"""The parts of a deadline as a bar to scale: open and paused time by its length, closed time as a thin gap.

Lengths are those of the drawing's own units; a picture always has its table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from portal.web.figures import day_text

WIDTH = 856
GAP = 2
CLOSED_WIDTH = 14
LEAST_WIDTH = 6
MOST_PIECES = 16
"""Beyond so many pieces a bar says less than its table."""
LABEL_WIDTH = 96
FILLS = {"counted": "f-accent", "paused": "f-paused", "closed": "f-closed", "left": "f-left"}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of time that is drawn: counted, paused, closed or left."""

    segment: str
    start: datetime
    length: timedelta
    title: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of the bar."""

    fill: str
    x: int
    width: int
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    """A word above the bar, where a day begins."""

    x: int
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A drawing of 856 by 70 units.

    Attributes:
        now_x: Where now is; None when the clock has stopped, or when it would touch the end's own word.
    """

    pieces: Sequence[Piece]
    labels: Sequence[Label]
    now_x: int | None
    width: int = WIDTH


def bar(parts: Sequence[Part], *, zone: ZoneInfo, running: bool) -> Bar | None:
    """Return the parts as a bar, days named in a zone; None where there is nothing to compare, or too much."""
    if not 1 < len(parts) <= MOST_PIECES:
        return None
    closed = sum(part.segment == "closed" for part in parts)
    drawn = sum((part.length for part in parts if part.segment != "closed"), timedelta())
    room = WIDTH - closed * CLOSED_WIDTH - GAP * (len(parts) - 1)
    if drawn <= timedelta() or room <= 0:
        return None
    x, now_x = 0, None
    pieces: list[Piece] = []
    labels: list[Label] = []
    day = None
    for number, part in enumerate(parts):
        width = CLOSED_WIDTH if part.segment == "closed" else max(LEAST_WIDTH, int(room * (part.length / drawn)))
        if number == len(parts) - 1:
            width = max(LEAST_WIDTH, WIDTH - x)
        local = part.start.astimezone(zone).date()
        if part.segment != "closed" and local != day and (not labels or x - labels[-1].x >= LABEL_WIDTH):
            labels.append(Label(x, day_text(local, year=False)))
            day = local
        if running and now_x is None and part.segment == "left":
            now_x = x
        pieces.append(Piece(FILLS[part.segment], x, width, part.title))
        x += width + GAP
    if now_x is not None and not LEAST_WIDTH <= now_x <= WIDTH - LABEL_WIDTH:
        now_x = None
    return Bar(pieces, labels, now_x)
