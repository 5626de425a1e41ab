"""T-8: months are calendar months in the agreement's zone, an hour shorter or longer where the clocks change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.judging import event, judged, ny


def figures(*outages: tuple[str, str], until: str, zone: str = "America/New_York") -> dict[str, dict[str, Any]]:
    """The figures of availability, by month."""
    lines = [
        event(end, "outage.recorded", outage=f"o{number}", start=ny(start).isoformat(), end=ny(end).isoformat())
        for number, (start, end) in enumerate(outages)
    ]
    case = judged(*lines, until=until, timezone=zone)
    return {row["month"]: row for row in case.judgement.availability}


@pytest.mark.parametrize(
    ("start", "end", "until", "month", "uptime"),
    [
        ("03-10 00:00", "03-10 07:25:48", "04-01 00:00", "2026-03", "99.0000"),
        ("04-10 00:00", "04-10 07:12:00", "05-01 00:00", "2026-04", "99.0000"),
        ("11-10 00:00", "11-10 07:12:36", "12-01 00:00", "2026-11", "99.0000"),
    ],
    ids=["743 hours", "720 hours", "721 hours"],
)
def test_a_hundredth_of_a_month_is_a_hundredth_of_its_real_hours(
    start: str, end: str, until: str, month: str, uptime: str
) -> None:
    figure = figures((start, end), until=until)[month]

    assert (figure["uptime"], figure["met"]) == (uptime, True)


def test_an_outage_over_the_end_of_a_month_is_split_at_its_midnight() -> None:
    found = figures(("03-31 23:30", "04-01 01:00"), until="05-01 00:00")

    assert [found[month]["counted_downtime_seconds"] for month in ("2026-03", "2026-04")] == [1800, 3600]


def test_the_midnight_is_the_agreements() -> None:
    found = figures(("03-31 23:30", "04-01 01:00"), until="05-01 00:00", zone="UTC")

    assert found["2026-04"]["counted_downtime_seconds"] == 5400
