"""T-3: what is left of a promise is the open time between two instants, and adding it back gives the due again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contracts.judging import event, judged, ny, reported


@pytest.mark.parametrize(
    ("waiting", "left"),
    [
        ("03-06 16:00", "1:00"),
        ("03-06 16:59:59", "0:00:01"),
        ("03-06 17:00", "0:00"),
        ("03-06 15:00", "2:00"),
        ("03-06 15:59:59.999999", "1:00:00.000001"),
    ],
)
def test_what_is_left_is_counted_in_open_time_only(waiting: str, left: str) -> None:
    case = judged(reported("03-06 15:00", severity="high"), event(waiting, "waiting", on="client"), terms="jbi-support")

    hours, minutes, *seconds = left.split(":")
    expected = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds[0]) if seconds else 0)
    assert case.why("response").segments[-1].seconds == expected.total_seconds()
    assert case.clock("response").due_at is None


@pytest.mark.parametrize("resumed", ["03-06 17:00", "03-07 11:00", "03-08 23:59:59", "03-09 09:00"])
def test_resuming_outside_open_time_costs_and_gives_nothing(resumed: str) -> None:
    case = judged(
        reported("03-06 15:00", severity="high"),
        event("03-06 16:00", "waiting", on="client"),
        event(resumed, "resumed"),
        terms="jbi-support",
    )

    assert case.due("response") == ny("03-09 10:00")


def test_a_wait_of_no_length_changes_nothing() -> None:
    case = judged(
        reported("10:00", severity="high"),
        event("11:00", "waiting", on="client"),
        event("11:00", "resumed"),
        terms="jbi-support",
    )

    assert case.due("response") == ny("12:00")


def test_a_wait_outside_open_time_costs_nothing() -> None:
    case = judged(
        reported("16:30", severity="high"),
        event("18:00", "waiting", on="third_party"),
        event("03-03 08:00", "resumed"),
        terms="jbi-support",
    )

    assert case.due("response") == ny("03-03 10:30")
