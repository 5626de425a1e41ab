"""T-6: a pause is not counted; an open one leaves remaining time and no due instant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contracts.judging import event, judged, ny, reported

MINUTE = timedelta(minutes=1)


def test_an_open_pause_has_no_due_instant_and_keeps_what_is_left() -> None:
    case = judged(reported("10:00"), event("11:00", "waiting", on="information"), until="20:00")

    assert case.state("resolution") == "paused"
    assert case.due("resolution") is None
    assert case.why("resolution").segments[-1].kind == "left"
    assert case.why("resolution").segments[-1].seconds == 5 * 3600


def test_two_pauses_add_up() -> None:
    case = judged(
        reported("10:00"),
        event("10:10", "responded"),
        event("11:00", "waiting", on="information"),
        event("11:30", "resumed"),
        event("12:00", "waiting", on="information"),
        event("13:00", "resumed"),
        until="13:10",
    )

    assert case.due("resolution") == ny("17:30")


def test_a_pause_that_begins_after_the_breach_undoes_nothing() -> None:
    case = judged(
        reported("10:00"),
        event("16:00:00.000001", "waiting", on="information"),
        event("18:00", "resumed"),
        event("19:00", "resolved"),
        until="20:00",
    )

    assert case.state("resolution") == "breached"
    assert case.clock("resolution").due_at == ny("16:00")


def test_a_pause_at_the_due_instant_leaves_zero_due_at_the_resume() -> None:
    until_resumed = [reported("10:00"), event("16:00", "waiting", on="information"), event("18:00", "resumed")]

    at_once = judged(*until_resumed, event("18:00", "resolved"), until="20:00")
    a_second_later = judged(*until_resumed, event("18:00:01", "resolved"), until="20:00")

    assert at_once.due("resolution") == ny("18:00")
    assert at_once.state("resolution") == "met"
    assert a_second_later.clock("resolution").breached_at == ny("18:00")


def test_with_zero_left_it_stays_paused_for_as_long_as_it_takes() -> None:
    case = judged(reported("10:00"), event("16:00", "waiting", on="information"), until="03-09 16:00")

    assert case.state("resolution") == "paused"
    assert case.clock("resolution").breached_at is None


def test_what_meets_a_paused_clock_ends_the_pause_at_that_instant() -> None:
    case = judged(
        reported("10:00"), event("11:00", "waiting", on="information"), event("12:00", "resolved"), until="20:00"
    )

    clock = case.clock("resolution")
    assert (clock.state, clock.met_at, clock.due_at) == ("met", ny("12:00"), ny("17:00"))


def test_what_meets_one_paused_clock_leaves_the_others_waiting() -> None:
    case = judged(
        reported("10:00", severity="high"),
        event("10:00", "reproduced"),
        event("10:30", "waiting", on="client"),
        event("12:00", "responded"),
        until="20:00",
        terms="jbi-support",
    )

    assert (case.state("response"), case.due("response")) == ("met", ny("13:30"))
    assert case.state("resolution") == "paused"


def test_a_second_wait_replaces_the_first_without_a_gap() -> None:
    case = judged(
        reported("10:00", severity="high"),
        event("10:30", "waiting", on="client"),
        event("11:30", "waiting", on="third_party"),
        event("12:30", "resumed"),
        terms="jbi-support",
    )

    assert case.due("response") == ny("14:00")


def test_a_second_wait_that_stops_nothing_lets_the_clock_count_again() -> None:
    case = judged(
        reported("10:00"), event("11:00", "waiting", on="information"), event("12:00", "waiting", on="third_party")
    )

    assert case.state("resolution") == "running"
    assert case.due("resolution") == ny("17:00")


def test_the_same_wait_twice_is_one_wait() -> None:
    case = judged(
        reported("10:00"),
        event("11:00", "waiting", on="information"),
        event("12:00", "waiting", on="information"),
        event("13:00", "resumed"),
    )

    assert case.due("resolution") == ny("18:00")


def test_resuming_what_does_not_wait_changes_nothing() -> None:
    case = judged(reported("10:00"), event("11:00", "resumed"), event("12:00", "resumed"))

    assert case.due("resolution") == ny("16:00")


def test_a_clock_by_days_keeps_the_open_time_to_its_closing() -> None:
    case = judged(
        reported("09:30", severity="minor"),
        event("03-03 16:00", "agreement.suspended"),
        event("03-05 20:00", "agreement.reinstated"),
    )

    assert case.due("response") == ny("03-06 10:00")


def test_a_clock_by_days_paused_before_its_day_of_receipt_began_keeps_all_of_it() -> None:
    case = judged(
        reported("03-07 12:00", severity="minor"),
        event("03-07 13:00", "agreement.suspended"),
        event("03-09 11:00", "agreement.reinstated"),
    )

    assert case.due("response") == ny("03-11 11:00")  # 16 open hours to Tuesday's closing remain.


def test_two_reasons_hold_until_the_last_is_gone() -> None:
    case = judged(
        reported("10:00"),
        event("11:00", "waiting", on="information"),
        event("12:00", "agreement.suspended"),
        event("13:00", "resumed"),
        event("14:00", "agreement.reinstated"),
    )

    assert case.due("resolution") == ny("19:00")
    assert case.due("response") == ny("10:30")


def test_a_wait_that_goes_on_after_the_suspension_goes_on_pausing() -> None:
    case = judged(
        reported("10:00"),
        event("11:00", "agreement.suspended"),
        event("12:00", "waiting", on="information"),
        event("13:00", "agreement.reinstated"),
        until="14:00",
    )

    assert case.state("resolution") == "paused"
    assert case.why("resolution").segments[-1].seconds == 5 * 3600


@pytest.mark.parametrize("closing", ["withdrawn", "merged"])
def test_a_paused_clock_that_ends_is_void_without_a_due_instant(closing: str) -> None:
    fields = {"into": "B"} if closing == "merged" else {"reason": "Ours."}
    case = judged(
        reported("10:00"), event("11:00", "waiting", on="information"), event("12:00", closing, **fields), until="20:00"
    )

    assert case.state("resolution") == "void"
    assert case.clock("resolution").met_at is None
