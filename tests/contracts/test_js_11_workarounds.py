"""JS-11: a work-around that removes the practical effect is a resolution like a fix."""

from __future__ import annotations

import pytest

from tests.contracts.judging import event, judged, ny, reported


@pytest.mark.parametrize("by", ["fix", "workaround"])
def test_either_meets_the_resolution_and_its_threshold(by: str) -> None:
    case = judged(reported("10:00"), event("15:59", "resolved", by=by), until="20:00")

    for target in ("resolution", "resolution_credit"):
        assert (case.state(target), case.clock(target).met_at) == ("met", ny("15:59"))


def test_a_resolution_that_does_not_say_is_a_fix() -> None:
    case = judged(reported("10:00"), event("11:00", "resolved"), until="12:00")

    state = case.judgement.state("A")
    assert state is not None
    assert state.resolved_by == "fix"


def test_a_fix_after_the_workaround_moves_nothing() -> None:
    case = judged(reported("10:00"), event("11:00", "resolved", by="workaround"), event("20:00", "resolved", by="fix"))

    assert case.clock("resolution").met_at == ny("11:00")


def test_a_workaround_that_did_not_hold_is_reopened_with_the_full_target() -> None:
    case = judged(
        reported("10:00"), event("11:00", "resolved", by="workaround"), event("20:00", "reopened"), until="20:00"
    )

    assert case.due("resolution", 2) == ny("03-03 02:00")
