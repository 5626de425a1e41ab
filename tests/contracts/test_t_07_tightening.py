"""T-7: a shorter target brings the due nearer, a longer one moves it away, and neither undoes a breach."""

from __future__ import annotations

import pytest

from tests.contracts.judging import Line, event, hosted, judged, ny, reported


def changed(at: str, severity: str) -> Line:
    """A reclassification."""
    return event(at, "reclassified", severity=severity)


# ------------------------------------------------------------------------------------------------------------- upward


@pytest.mark.parametrize(
    ("at", "due"),
    [("10:05", "10:35"), ("13:29:59", "13:59:59"), ("13:30", "14:00"), ("13:30:01", "14:00"), ("14:00", "14:00")],
)
def test_upward_it_is_the_earlier_of_the_old_due_and_the_new_one_from_the_change(at: str, due: str) -> None:
    case = judged(reported("10:00", severity="major"), changed(at, "critical"), until=at)

    assert case.due("response") == ny(due)


def test_severity_and_clause_are_those_of_the_target_that_last_applied_also_where_the_due_stood() -> None:
    case = judged(reported("10:00", severity="major"), changed("13:45", "critical"), until="13:50")

    clock = case.clock("response")
    assert (clock.due_at, clock.severity, clock.clause) == (ny("14:00"), "critical", "JS-6")


def test_upward_moves_response_resolution_and_contact_alike() -> None:
    case = judged(
        reported("10:00", severity="minor"), event("11:00", "responded"), changed("12:00", "critical"), until="12:10"
    )

    assert case.due("contact") == ny("12:30")
    assert case.due("resolution") == ny("18:00")
    assert case.state("response") == "met"
    assert case.clock("response").severity == "minor"


def test_a_breach_before_the_change_stays_with_the_severity_that_was_broken() -> None:
    case = judged(reported("10:00", severity="major"), changed("14:00:01", "critical"), until="15:00")

    clock = case.clock("response")
    assert (clock.state, clock.breached_at, clock.severity) == ("breached", ny("14:00"), "major")


# ----------------------------------------------------------------------------------------------------------- downward


@pytest.mark.parametrize(
    ("at", "due"), [("10:00", "14:00"), ("10:15", "14:00"), ("10:30", "14:00")], ids=["at once", "later", "when due"]
)
def test_downward_it_is_recomputed_from_the_clocks_own_start(at: str, due: str) -> None:
    case = judged(reported("10:00"), changed(at, "major"), until="10:31")

    assert case.due("response") == ny(due)
    assert case.state("response") == "running"


def test_downward_after_the_breach_loosens_nothing() -> None:
    case = judged(reported("10:00"), changed("10:30:00.000001", "major"), until="10:31")

    clock = case.clock("response")
    assert (clock.state, clock.due_at, clock.severity) == ("breached", ny("10:30"), "critical")


def test_downward_never_brings_a_due_nearer() -> None:
    case = judged(
        reported("10:00", severity="minor"), changed("15:00", "critical"), changed("15:05", "major"), until="15:10"
    )

    clock = case.clock("response")
    assert (clock.due_at, clock.severity, clock.clause) == (ny("15:30"), "major", "JS-8")


def test_downward_to_days_counts_them_from_the_start_and_not_from_the_change() -> None:
    case = judged(reported("03-06 16:50"), changed("03-06 17:10", "minor"), until="03-06 17:15")

    assert case.due("response") == ny("03-09 17:00")


def test_downward_over_a_pause_that_ended_counts_the_longer_target_without_it() -> None:
    case = judged(
        reported("10:00"),
        event("11:00", "waiting", on="information"),
        event("12:00", "resumed"),
        event("12:30", "waiting", on="information"),
        event("14:30", "resumed"),
        changed("15:00", "major"),
    )

    assert case.due("resolution") == ny("03-03 13:00")


def test_a_pause_after_the_longer_targets_end_is_not_counted_into_it() -> None:
    case = judged(
        reported("10:00", severity="minor"),
        event("16:00", "agreement.suspended"),
        event("03-03 09:00", "agreement.reinstated"),
        changed("03-03 09:30", "critical"),
        changed("03-03 09:40", "major"),
        until="03-03 09:50",
    )

    assert case.due("response") == ny("03-03 10:00")


def test_down_and_up_again_tightens_from_the_second_change() -> None:
    case = judged(reported("10:00"), changed("10:10", "major"), changed("10:20", "critical"), until="10:45")

    assert case.due("response") == ny("10:50")


def test_up_and_down_again_returns_to_the_longer_target_from_the_start() -> None:
    case = judged(
        reported("10:00", severity="major"), changed("11:00", "critical"), changed("11:10", "major"), until="11:45"
    )

    assert case.due("response") == ny("14:00")


def test_the_same_severity_again_is_no_change() -> None:
    case = judged(reported("10:00"), changed("10:20", "critical"), until="10:25")

    assert case.due("response") == ny("10:30")


# -------------------------------------------------------------------------------------------------------- while paused


def paused(severity: str, since: str = "11:00") -> list[Line]:
    """An incident from 10:00 whose resolution has waited for information since then."""
    return [reported("10:00", severity=severity), event(since, "waiting", on="information")]


def left(*events: Line) -> float:
    """Counted seconds that the paused resolution clock has left."""
    return judged(*events).why("resolution").segments[-1].seconds


def test_upward_while_paused_the_smaller_remaining_time_stays() -> None:
    assert left(*paused("major"), changed("12:00", "critical")) == 6 * 3600
    assert left(*paused("major", "03-03 05:00"), changed("03-03 06:00", "critical")) == 5 * 3600


def test_downward_while_paused_the_larger_remaining_time_stays() -> None:
    assert left(*paused("critical"), changed("12:00", "major")) == 23 * 3600


def test_downward_while_paused_after_an_earlier_pause_leaves_both_out() -> None:
    events = [
        reported("10:00"),
        event("11:00", "waiting", on="information"),
        event("12:00", "resumed"),
        event("13:00", "waiting", on="information"),
    ]

    assert left(*events, changed("15:00", "major")) == 22 * 3600


def test_downward_with_zero_left_gets_what_the_longer_target_leaves() -> None:
    case = judged(*paused("critical", "16:00"), changed("17:00", "major"), event("18:00", "resumed"), until="18:30")

    assert case.due("resolution") == ny("03-03 12:00")


def test_upward_with_zero_left_stays_at_zero() -> None:
    case = judged(*paused("major", "03-03 10:00"), changed("03-03 11:00", "critical"), event("03-03 12:00", "resumed"))

    assert case.due("resolution") == ny("03-03 12:00")


def test_a_change_after_the_resume_compares_due_instants_again() -> None:
    case = judged(*paused("major"), event("13:00", "resumed"), changed("14:00", "critical"), until="14:10")

    assert case.due("resolution") == ny("20:00")


def test_days_and_hours_are_compared_as_plain_durations_while_paused() -> None:
    events = [
        reported("16:00", severity="minor"),
        event("16:30", "agreement.suspended"),
        changed("03-03 02:00", "major"),
        event("03-03 03:00", "agreement.reinstated"),
    ]

    case = judged(*events)

    assert case.due("response") == ny("03-03 07:00")  # 4 h are less than the 8 h 30 min to Tuesday's closing.


def test_downward_to_days_while_paused_keeps_the_open_time_to_the_closing() -> None:
    case = judged(
        reported("10:00"),
        event("10:10", "agreement.suspended"),
        changed("12:00", "minor"),
        event("03-03 08:00", "agreement.reinstated"),
    )

    assert case.due("response") == ny("03-04 15:50")  # 6 h 50 min of Monday and 8 h of Tuesday were left.


# ------------------------------------------------------------------------------------------------------- next release


def planned(at: str, when: str, release: str = "r1") -> Line:
    """A release planned for an instant."""
    return event(at, "release.planned", release=release, planned_at=ny(when).isoformat())


def test_from_the_next_release_upward_the_earlier_of_release_and_target_stands() -> None:
    events = reported("10:00", severity="minor"), changed("11:00", "major")

    assert judged(planned("09:00", "03-20 12:00"), *events).due("resolution") == ny("03-03 11:00")
    assert judged(planned("09:00", "03-02 18:00"), *events).due("resolution") == ny("18:00")


def test_from_no_release_planned_upward_the_new_target_stands() -> None:
    case = judged(reported("10:00", severity="minor"), changed("11:00", "major"))

    assert case.due("resolution") == ny("03-03 11:00")


def test_to_the_next_release_no_release_planned_is_later_than_any_due() -> None:
    case = judged(reported("10:00"), changed("11:00", "minor"), until="03-31 00:00")

    assert (case.state("resolution"), case.due("resolution")) == ("running", None)


@pytest.mark.parametrize(("release", "due"), [("12:00", "16:00"), ("16:00", "16:00"), ("03-20 12:00", "03-20 12:00")])
def test_to_the_next_release_the_later_of_old_due_and_release_stands(release: str, due: str) -> None:
    case = judged(planned("09:00", release), reported("10:00"), changed("11:00", "minor"), until="11:30")

    assert case.due("resolution") == ny(due)


def test_from_the_next_release_while_paused_the_new_targets_time_is_what_is_left() -> None:
    case = judged(
        planned("09:00", "10:30"),
        reported("10:00", severity="minor"),
        event("10:10", "agreement.suspended"),
        changed("10:20", "critical"),
        event("11:00", "agreement.reinstated"),
    )

    assert case.due("resolution") == ny("17:00")


def test_to_the_next_release_while_paused_it_is_the_first_one_after_the_resume() -> None:
    case = judged(
        planned("09:00", "12:00", "r1"),
        planned("09:00", "14:00", "r2"),
        reported("10:00"),
        event("10:10", "waiting", on="information"),
        changed("10:20", "minor"),
        event("13:00", "resumed"),
    )

    assert case.due("resolution") == ny("14:00")


# ------------------------------------------------------------------------------------------------- other orders, hosted


def test_up_and_down_are_the_order_of_severities_and_not_the_length_of_their_targets() -> None:
    slow_critical = {"severities": {"critical": {"response": "PT8H"}}}

    up = judged(
        reported("10:00", severity="major"), changed("11:00", "critical"), overrides=slow_critical, until="12:00"
    )
    down = judged(reported("10:00"), changed("11:00", "major"), overrides=slow_critical, until="12:00")

    assert up.due("response") == ny("14:00")
    assert down.due("response") == ny("18:00")


def test_the_end_of_a_hosted_period_loosens_nothing() -> None:
    case = judged(hosted("05-01 09:00", ("05-05 12:00", "05-05 13:00")), reported("05-05 13:25"), until="05-05 13:34")

    assert case.due("response") == ny("05-05 13:35")
    assert case.clock("response").clause == "JS-7"


def test_under_business_hours_tightening_counts_open_time_from_the_change() -> None:
    case = judged(reported("15:00", severity="high"), changed("16:30", "critical"), terms="jbi-support", until="16:31")
    sooner = judged(
        reported("15:00", severity="high"), changed("15:30", "critical"), terms="jbi-support", until="15:31"
    )

    assert case.due("response") == ny("17:00")
    assert sooner.due("response") == ny("16:30")
