"""The picture of attainment: a line for each severity through the months, on an axis that begins below the lowest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.replay.queries import SideView, month_text

WIDTH, HEIGHT = 520, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 10, 24
MOST_LABELS = 12
STYLES = 4
"""How many lines the style sheet tells apart."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Point:
    """One severity's month."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One severity: style 1 to 4; a month in which nothing was due interrupts it."""

    severity: str
    style: int
    strokes: list[str]
    points: list[Point]


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws; lengths in the drawing's own units."""

    lines: Sequence[Line]
    percents: Sequence[Mark]
    months: Sequence[Mark]
    floor: int
    left: int = LEFT - 12
    width: int = WIDTH
    height: int = HEIGHT


def attainment_chart(view: SideView, *, floor: int) -> Chart:
    """Place a side's attainment; `floor` is the percent at which the axis begins."""
    step = (WIDTH - LEFT - RIGHT) / max(len(view.months) - 1, 1)
    places = [round(LEFT + step * index, 1) for index in range(len(view.months))]

    def height(percent: Decimal | int) -> float:
        share = (float(percent) - floor) / (100 - floor)
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share), 1)

    lines = []
    for index, row in enumerate(view.rows):
        strokes: list[list[str]] = [[]]
        points = []
        for x, month, share in zip(places, view.months, row.shares, strict=True):
            percent = share.percent if share is not None else None
            if percent is None:
                strokes.append([])
                continue
            y = height(percent)
            strokes[-1].append(f"{x},{y}")
            points.append(Point(x, y, f"{row.severity}, {month_text(month)}: {percent} %"))
        drawn = [" ".join(stroke) for stroke in strokes if len(stroke) > 1]
        lines.append(Line(row.severity, index % STYLES + 1, drawn, points))
    every = -(-len(view.months) // MOST_LABELS) or 1
    months = [Mark(x, _label(month)) for x, month in zip(places[::every], view.months[::every], strict=True)]
    percents = [Mark(height(percent), f"{percent} %") for percent in range(floor, 101, max((100 - floor) // 4, 5))]
    return Chart(lines, percents, months, floor)


def axis_floor(views: Sequence[SideView]) -> int:
    """Return the twenty percent below the lowest figure of all sides: one axis, so that they can be compared by eye."""
    percents = [share.percent for view in views for row in view.rows for share in row.shares if share is not None]
    lowest = min((percent for percent in percents if percent is not None), default=Decimal(100))
    return min(int(lowest) // 20 * 20, 80)


def _label(month: str) -> str:
    """Return `2027-03` as `Mar`, and `2027-01` as the year that begins."""
    name, _, year = month_text(month).partition(" ")
    return year if month.endswith("-01") else name
