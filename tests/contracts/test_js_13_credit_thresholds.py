"""JS-13: the thresholds of credits are clocks of their own, untouched by hosted targets."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal.clocks.models import Breach
from tests.contracts.desk import Desk, clock_of, schedule_event
from tests.contracts.judging import Line, event, hosted, judged, ny, reported


def changed(at: str, severity: str) -> Line:
    """A reclassification."""
    return event(at, "reclassified", severity=severity)


@pytest.mark.parametrize(
    ("severity", "response", "resolution"),
    [("critical", "10:30", "16:00"), ("major", "14:00", "03-03 10:00")],
)
def test_the_four_thresholds(severity: str, response: str, resolution: str) -> None:
    case = judged(reported("10:00", severity=severity), until="10:05")

    clocks = case.clock("response_credit"), case.clock("resolution_credit")
    assert [(clock.due_at, clock.clause, clock.severity) for clock in clocks] == [
        (ny(response), "JS-13", severity),
        (ny(resolution), "JS-13", severity),
    ]


@pytest.mark.parametrize(("answered", "state"), [("10:30", "met"), ("10:30:00.000001", "breached")])
def test_over_half_an_hour_is_over_by_a_microsecond(answered: str, state: str) -> None:
    case = judged(reported("10:00"), event(answered, "responded"), until="11:00")

    assert case.state("response_credit") == state


def test_a_hosted_critical_answered_after_20_minutes_breaks_its_target_and_no_threshold() -> None:
    case = judged(
        hosted("05-01 09:00", ("05-05 12:00", "05-05 13:00")),
        reported("05-05 11:00"),
        event("05-05 11:20", "responded"),
        event("05-05 14:00", "resolved"),
        until="05-05 18:00",
    )

    assert [case.state(name) for name in ("response", "response_credit")] == ["breached", "met"]
    assert [case.state(name) for name in ("resolution", "resolution_credit")] == ["breached", "met"]
    assert case.clock("resolution_credit").due_at == ny("05-05 17:00")


def test_the_begin_of_a_hosted_period_moves_no_threshold() -> None:
    case = judged(hosted("05-01 09:00", ("05-05 12:00", "05-05 13:00")), reported("05-05 10:25"), until="05-05 10:31")

    assert (case.due("response_credit"), case.clock("response_credit").clause) == (ny("05-05 10:55"), "JS-13")


@pytest.mark.parametrize(
    ("first", "second", "at", "response", "resolution"),
    [
        ("major", "critical", "11:00", "11:30", "17:00"),
        ("major", "critical", "13:45", "14:00", "19:45"),
        ("critical", "major", "10:20", "14:00", "03-03 10:00"),
    ],
)
def test_thresholds_move_by_t7(first: str, second: str, at: str, response: str, resolution: str) -> None:
    case = judged(reported("10:00", severity=first), changed(at, second), until=at)

    assert case.due("response_credit") == ny(response)
    assert case.due("resolution_credit") == ny(resolution)
    assert case.clock("response_credit").severity == second


@pytest.mark.parametrize(
    ("severity", "response", "resolution"), [("critical", "11:30", "17:00"), ("major", "15:00", "03-03 11:00")]
)
def test_from_minor_upward_it_begins_to_apply_at_the_change(severity: str, response: str, resolution: str) -> None:
    case = judged(reported("10:00", severity="minor"), changed("11:00", severity), until="11:05")

    assert case.clock("response_credit").started_at == ny("11:00")
    assert case.due("response_credit") == ny(response)
    assert case.due("resolution_credit") == ny(resolution)


def test_from_minor_upward_an_answered_incident_has_no_response_threshold() -> None:
    case = judged(
        reported("10:00", severity="minor"), event("10:30", "responded"), changed("11:00", "critical"), until="11:05"
    )

    assert ("response_credit", 1) not in case.targets()
    assert case.due("resolution_credit") == ny("17:00")


def test_down_to_minor_voids_it_also_at_its_due_instant() -> None:
    case = judged(reported("10:00"), changed("10:30", "minor"), until="12:00")

    assert [case.state(name) for name in ("response_credit", "resolution_credit")] == ["void", "void"]
    assert case.clock("response_credit").breached_at is None


def test_down_to_minor_leaves_a_breached_one_breached() -> None:
    case = judged(reported("10:00"), changed("10:30:01", "minor"), until="12:00")

    clock = case.clock("response_credit")
    assert (clock.state, clock.breached_at, clock.severity) == ("breached", ny("10:30"), "critical")
    assert case.state("resolution_credit") == "void"


def test_down_to_minor_and_up_again_runs_again_under_the_same_ordinal() -> None:
    case = judged(reported("10:00"), changed("10:10", "minor"), changed("12:00", "major"), until="12:10")

    clock = case.clock("response_credit")
    assert (clock.state, clock.started_at, clock.due_at) == ("running", ny("12:00"), ny("16:00"))
    assert ("response_credit", 2) not in case.targets()


def test_a_breached_one_does_not_run_again() -> None:
    case = judged(reported("10:00"), changed("10:31", "minor"), changed("12:00", "critical"), until="13:00")

    clock = case.clock("response_credit")
    assert (clock.started_at, clock.breached_at) == (ny("10:00"), ny("10:30"))
    assert case.due("resolution_credit") == ny("18:00")


def test_a_reopening_has_a_threshold_of_its_own_and_leaves_the_first_alone() -> None:
    case = judged(reported("10:00"), event("17:00", "resolved"), event("18:00", "reopened"), event("19:00", "resolved"))

    assert [case.state("resolution_credit", n) for n in (1, 2)] == ["breached", "met"]
    assert case.clock("resolution_credit", 2).due_at == ny("03-03 00:00")


def test_reopened_as_minor_the_threshold_begins_with_the_change_upward() -> None:
    case = judged(
        reported("10:00", severity="minor"),
        event("11:00", "resolved"),
        event("12:00", "reopened"),
        changed("13:00", "major"),
        until="13:05",
    )

    assert ("resolution_credit", 1) not in case.targets()
    assert case.due("resolution_credit", 2) == ny("03-03 13:00")


@pytest.mark.parametrize("target", ["response", "response_credit"])
def test_a_voided_breach_no_longer_counts(target: str) -> None:
    void = event("12:00", "breach.voided", subject="incident:A", target=target, ordinal=1, reason="Answered by phone.")

    case = judged(reported("10:00"), event("10:45", "resolved"), void, until="13:00")

    clock = case.clock(target)
    assert (clock.state, clock.breached_at, clock.met_at) == ("void", None, None)
    assert case.summary.breaches == 1


def test_a_breach_can_be_voided_after_the_incident_is_resolved_or_withdrawn() -> None:
    void = event("03-05 12:00", "breach.voided", subject="incident:A", target="response", ordinal=1, reason="x")

    resolved = judged(reported("10:00"), event("10:45", "resolved"), void)
    withdrawn = judged(
        reported("10:00"), event("10:45", "responded"), event("10:50", "withdrawn", reason="Ours."), void
    )

    assert resolved.state("response") == withdrawn.state("response") == "void"


@pytest.mark.parametrize("at", ["10:20", "10:30"])
def test_what_is_not_broken_yet_cannot_be_voided(at: str) -> None:
    void = event(at, "breach.voided", subject="incident:A", target="response", ordinal=1, reason="x")

    case = judged(reported("10:00"), void, until="11:00")

    assert case.clock("response").breached_at == ny("10:30")


def test_voiding_the_breach_of_a_gap_leaves_the_other_gaps_alone() -> None:
    void = event("11:00", "breach.voided", subject="incident:A", target="contact", ordinal=1, reason="Told by phone.")

    case = judged(reported("10:00"), event("10:10", "responded"), void, event("11:30", "contacted"), until="11:40")

    assert [case.state("contact", n) for n in (1, 2)] == ["void", "running"]
    assert case.due("contact", 2) == ny("12:00")


def test_reopened_after_a_voided_gap_the_gaps_go_on() -> None:
    void = event("11:00", "breach.voided", subject="incident:A", target="contact", ordinal=1, reason="Told by phone.")

    case = judged(
        reported("10:00"),
        event("10:10", "responded"),
        void,
        event("11:10", "resolved"),
        event("11:20", "reopened"),
        until="11:40",
    )

    assert case.due("contact", 2) == ny("11:50")


def test_a_change_of_severity_opens_no_gap_where_the_open_one_was_voided() -> None:
    void = event("11:00", "breach.voided", subject="incident:A", target="contact", ordinal=1, reason="Told by phone.")

    case = judged(reported("10:00"), event("10:10", "responded"), void, changed("11:10", "major"), until="11:40")

    assert ("contact", 2) not in case.targets()


def test_breaches_are_counted_with_their_thresholds_and_all_are_the_providers() -> None:
    case = judged(reported("10:00"), until="10:31")

    assert (case.summary.breaches, case.summary.provider_breaches) == (2, 2)


def test_a_suspension_pauses_both_thresholds() -> None:
    case = judged(
        reported("10:00"), event("10:10", "agreement.suspended"), event("11:10", "agreement.reinstated"), until="11:20"
    )

    due: list[datetime | None] = [case.due("response_credit"), case.due("resolution_credit")]
    assert due == [ny("11:30"), ny("17:00")]


# ------------------------------------------------------------------------------------------------------ in the portal


def test_the_flagger_breaks_the_hosted_target_and_leaves_the_threshold(juno: Desk) -> None:
    schedule_event(juno, "09:00", ("2026-03-02T12:00", "2026-03-02T13:00"))
    incident = juno.report("11:00")

    juno.flag("11:20")
    juno.work("11:21", incident, "reply", body="We are on it.")

    assert clock_of(incident, "response").state == "breached"
    assert clock_of(incident, "response_credit").state == "met"


def test_a_breach_voided_on_its_page_stays_on_record_and_no_longer_counts(juno: Desk) -> None:
    incident = juno.report("10:00")
    juno.flag("10:31")

    juno.work("11:00", incident, "void/response_credit/1", reason="We answered by phone.")

    assert clock_of(incident, "response_credit").state == "void"
    assert Breach.objects.get(clock__target="response_credit").void.reason == "We answered by phone."
    assert clock_of(incident, "response").state == "breached"
