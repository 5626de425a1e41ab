"""JB-4: the response clock starts at the later of the report and the complete diagnostics."""

from __future__ import annotations

from portal.clocks.models import Clock
from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import Line, event, judged, ny, reported

WITHOUT = reported("10:00", diagnostics=False)


def complete(at: str) -> Line:
    """The last of the diagnostics."""
    return event(at, "diagnostics_completed")


def test_with_the_diagnostics_it_starts_at_the_report() -> None:
    case = judged(reported("10:00"), terms="jbi-support")

    assert case.clock("response").started_at == ny("10:00")


def test_without_them_there_is_no_response_clock() -> None:
    case = judged(WITHOUT, until="03-09 10:00", terms="jbi-support")

    assert case.targets() == []
    assert case.summary.incidents == 1


def test_it_starts_when_they_are_complete() -> None:
    case = judged(WITHOUT, complete("11:30"), terms="jbi-support")

    clock = case.clock("response")
    assert (clock.started_at, clock.due_at) == (ny("11:30"), ny("12:30"))


def test_completed_outside_support_hours_it_starts_then_and_counts_from_the_opening() -> None:
    case = judged(WITHOUT, complete("20:00"), terms="jbi-support")

    clock = case.clock("response")
    assert (clock.started_at, clock.due_at) == (ny("20:00"), ny("03-03 10:00"))


def test_completed_twice_the_first_time_counts() -> None:
    case = judged(WITHOUT, complete("11:30"), complete("12:00"), terms="jbi-support")

    assert case.clock("response").started_at == ny("11:30")


def test_complete_from_the_report_a_second_completion_changes_nothing() -> None:
    case = judged(reported("10:00"), complete("10:30"), terms="jbi-support")

    assert case.due("response") == ny("11:00")


def test_answered_before_they_were_complete_there_never_was_a_response_clock() -> None:
    case = judged(WITHOUT, event("10:30", "responded"), complete("11:30"), until="12:45", terms="jbi-support")

    assert case.targets() == []


def test_the_severity_at_the_completion_decides() -> None:
    case = judged(WITHOUT, event("10:30", "reclassified", severity="high"), complete("11:30"), terms="jbi-support")

    assert (case.clock("response").severity, case.due("response")) == ("high", ny("13:30"))


def test_the_resolution_does_not_wait_for_them() -> None:
    case = judged(WITHOUT, event("11:00", "reproduced"), terms="jbi-support")

    assert case.due("resolution") == ny("03-03 11:00")


def test_completed_while_waiting_it_starts_paused() -> None:
    case = judged(
        WITHOUT,
        event("10:10", "waiting", on="client"),
        complete("11:30"),
        event("12:00", "resumed"),
        terms="jbi-support",
    )

    assert (case.clock("response").started_at, case.due("response")) == (ny("11:30"), ny("13:00"))


def test_a_contract_that_asks_for_none_starts_at_the_report() -> None:
    case = judged(WITHOUT, until="10:05")

    assert case.clock("response").started_at == ny("10:00")


# ------------------------------------------------------------------------------------------------------ in the portal


def test_on_the_page_the_clock_waits_for_the_last_of_the_diagnostics(jbi: Desk) -> None:
    incident = jbi.report("10:00", diagnostics=["0", "1"])
    before = Clock.objects.count()

    jbi.work("11:30", incident, "diagnostics")

    assert before == 0
    assert clock_of(incident, "response").due_at == ny("12:30")


def test_staff_begin_to_solve_it_by_their_first_public_message(jbi: Desk) -> None:
    incident = jbi.report("10:00")

    jbi.work("11:00", incident, "reply", body="We begin.")

    assert clock_of(incident, "response").state == "met"


def test_until_then_both_sides_read_why_there_is_no_deadline(jbi: Desk) -> None:
    incident = jbi.report("10:00", diagnostics=["0", "1"])

    for address, reader in (("incidents", jbi.manager), ("support", jbi.contact)):
        page = jbi.read("10:01", f"/{address}/{incident.pk}/", by=reader)

        assert "Starts when the diagnostics are complete." in page
        assert "JB-4" in page
