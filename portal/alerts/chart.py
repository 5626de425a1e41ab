"""The picture beside the table of latencies: one row a stage, from its median to its worst, on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log10

from portal.alerts.queries import Stage
from portal.web.figures import duration_text

WIDTH = 520
LEFT = 20
RIGHT = 28
ROW = 52
TOP = 8
_SCALE = [
    timedelta(milliseconds=1),
    timedelta(milliseconds=10),
    timedelta(milliseconds=100),
    timedelta(seconds=1),
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=10),
    timedelta(days=4),
]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One stage: a line from its median to its worst, with a dot at each percentile."""

    stage: Stage
    y: int
    p50: float
    p95: float
    p99: float
    worst: float


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws; lengths in the drawing's own units."""

    width: int
    height: int
    bottom: int
    ticks: Sequence[Tick]
    bars: Sequence[Bar]


def latency_chart(stages: Sequence[Stage]) -> Chart:
    """Place the stages on a scale from a millisecond to the first round length that no stage exceeds."""
    worst = max(stage.worst for stage in stages)
    last = next((index for index, length in enumerate(_SCALE) if length >= worst and index), len(_SCALE) - 1)
    span = log10(_SCALE[last] / _SCALE[0])

    def place(length: timedelta) -> float:
        share = log10(max(length, _SCALE[0]) / _SCALE[0]) / span
        return round(LEFT + (WIDTH - LEFT - RIGHT) * min(share, 1), 1)

    bottom = TOP + ROW * len(stages)
    return Chart(
        width=WIDTH,
        height=bottom + 28,
        bottom=bottom,
        ticks=[Tick(place(length), duration_text(length)) for length in _SCALE[: last + 1]],
        bars=[
            Bar(
                stage,
                TOP + ROW * position + 34,
                place(stage.p50),
                place(stage.p95),
                place(stage.p99),
                place(stage.worst),
            )
            for position, stage in enumerate(stages)
        ],
    )
