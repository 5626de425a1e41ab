"""JS-22: while support is suspended incident clocks pause, and new incidents are kept, marked and paused."""

from __future__ import annotations

from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import event, judged, ny, reported

SUSPENDED = event("12:00", "agreement.suspended")
REINSTATED = event("14:00", "agreement.reinstated")


def test_every_clock_of_an_open_incident_waits() -> None:
    case = judged(
        reported("11:50"),
        event("11:55", "responded"),
        reported("11:50", incident="B"),
        SUSPENDED,
        REINSTATED,
        until="14:05",
    )

    assert case.due("contact") == ny("14:25")
    assert case.due("resolution") == case.due("resolution_credit") == ny("19:50")
    assert case.due("response", incident="B") == case.due("response_credit", incident="B") == ny("14:20")


def test_an_incident_reported_while_suspended_is_kept_marked_and_paused_from_its_report() -> None:
    case = judged(SUSPENDED, reported("13:00"), until="13:30")

    assert [(row.kind, row.subject, row.at, row.clause) for row in case.findings] == [
        ("support_suspended", "incident:A", ny("13:00"), "JS-22")
    ]
    assert {row.state for row in case.rows.values()} == {"paused"}
    assert {row.started_at for row in case.rows.values()} == {ny("13:00")}
    assert {row.due_at for row in case.rows.values()} == {None}


def test_its_clocks_have_their_whole_targets_from_the_reinstatement() -> None:
    case = judged(SUSPENDED, reported("13:00"), reported("13:00", severity="major", incident="B"), REINSTATED)

    assert case.due("response") == ny("14:30")
    assert case.due("resolution") == ny("20:00")
    assert case.due("response", incident="B") == ny("18:00")


def test_an_incident_reported_before_is_not_marked() -> None:
    case = judged(reported("11:50"), SUSPENDED, until="13:00")

    assert case.findings == []


def test_at_one_instant_the_order_of_the_lines_decides() -> None:
    marked = judged(SUSPENDED, reported("12:00"), until="12:10")
    unmarked = judged(reported("12:00"), SUSPENDED, until="12:10")

    assert len(marked.findings) == 1
    assert unmarked.findings == []
    assert unmarked.state("response") == "paused"


def test_a_suspension_at_the_due_instant_leaves_nothing_but_breaks_nothing() -> None:
    case = judged(reported("11:30"), SUSPENDED, REINSTATED, event("14:00", "responded"), until="15:00")

    assert (case.state("response"), case.clock("response").due_at) == ("met", ny("14:00"))


def test_what_was_broken_before_stays_broken() -> None:
    case = judged(reported("11:29:59"), SUSPENDED, REINSTATED, until="14:05")

    assert case.clock("response").breached_at == ny("11:59:59")
    assert case.due("resolution") == ny("19:29:59")


def test_an_answer_while_suspended_meets_the_response_and_opens_a_gap_that_waits() -> None:
    case = judged(reported("11:50"), SUSPENDED, event("13:00", "responded"), until="13:10")

    assert (case.state("response"), case.clock("response").due_at) == ("met", ny("13:20"))
    assert case.state("contact") == "paused"


def test_an_incident_can_be_resolved_and_reopened_while_suspended() -> None:
    case = judged(SUSPENDED, reported("12:10"), event("12:30", "resolved"), event("13:00", "reopened"), REINSTATED)

    assert case.state("resolution", 1) == "met"
    assert case.due("resolution", 2) == ny("20:00")


def test_a_second_suspension_and_a_reinstatement_too_many_change_nothing() -> None:
    case = judged(
        reported("11:50"),
        SUSPENDED,
        event("13:00", "agreement.suspended"),
        REINSTATED,
        event("15:00", "agreement.reinstated"),
    )

    assert case.due("resolution") == ny("19:50")


def test_two_suspensions_are_both_left_out() -> None:
    case = judged(
        reported("11:50"),
        SUSPENDED,
        REINSTATED,
        event("15:00", "agreement.suspended"),
        event("15:30", "agreement.reinstated"),
    )

    assert case.due("resolution") == ny("20:20")


def test_the_suspension_is_named_as_the_reason() -> None:
    case = judged(reported("11:50"), SUSPENDED, REINSTATED, until="14:10")

    part = next(part for part in case.why("resolution").segments if part.kind == "suspended")
    assert (part.start, part.end, part.clause) == (ny("12:00"), ny("14:00"), "JS-22")


def test_a_contract_without_that_clause_is_not_suspended() -> None:
    case = judged(SUSPENDED, reported("13:00"), terms="jbi-support", until="13:10")

    assert case.state("response") == "running"
    assert case.findings == []


# ------------------------------------------------------------------------------------------------------ in the portal


def test_the_flagger_breaks_nothing_that_is_suspended(juno: Desk) -> None:
    incident = juno.report("11:50")
    juno.send("12:00", f"/agreements/{juno.agreement.pk}/suspend/", by=juno.manager)

    juno.flag("13:59")
    suspended = clock_of(incident, "response")
    juno.send("14:00", f"/agreements/{juno.agreement.pk}/reinstate/", by=juno.manager)
    juno.flag("14:20")

    assert (suspended.state, suspended.due_at) == ("paused", None)
    assert clock_of(incident, "response").breached_at == ny("14:20")
    assert clock_of(incident, "resolution").due_at == ny("19:50")
