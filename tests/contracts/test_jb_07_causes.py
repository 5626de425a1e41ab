"""JB-7: no resolution time where the client's misuse or something outside control was the cause."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.clocks.models import Breach
from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import Line, event, judged, ny, reported

BOTH = ["client_misuse", "outside_control"]
START = [reported("10:00"), event("10:30", "reproduced"), event("10:40", "responded")]


def attributed(at: str, cause: str = "client_misuse") -> Line:
    """The cause, found at an instant."""
    return event(at, "attributed", cause=cause, reason="The log shows it.")


@pytest.mark.parametrize("cause", BOTH)
def test_the_cause_voids_the_resolution_and_leaves_the_response(cause: str) -> None:
    case = judged(*START, attributed("12:00", cause), until="03-09 12:00", terms="jbi-support")

    assert (case.state("resolution"), case.state("response")) == ("void", "met")


def test_a_breach_that_was_recorded_is_void_too() -> None:
    case = judged(*START, attributed("03-04 12:00"), until="03-09 12:00", terms="jbi-support")

    clock = case.clock("resolution")
    assert (clock.state, clock.breached_at, clock.met_at) == ("void", None, None)
    assert case.summary.breaches == 0


def test_at_the_due_instant_nothing_was_broken() -> None:
    case = judged(*START, attributed("03-03 10:30"), until="03-09 12:00", terms="jbi-support")

    assert case.state("resolution") == "void"


@pytest.mark.parametrize("cause", BOTH)
def test_it_may_come_with_the_resolution(cause: str) -> None:
    case = judged(*START, event("03-04 12:00", "resolved", cause=cause), until="03-09 12:00", terms="jbi-support")

    assert case.state("resolution") == "void"
    assert case.summary.breaches == 0


def test_it_may_come_after_the_resolution() -> None:
    case = judged(
        *START, event("03-04 12:00", "resolved"), attributed("03-06 12:00"), until="03-09 12:00", terms="jbi-support"
    )

    assert case.state("resolution") == "void"


def test_a_late_response_is_late_whoever_caused_it() -> None:
    case = judged(reported("10:00"), attributed("12:00"), until="13:00", terms="jbi-support")

    assert case.clock("response").breached_at == ny("11:00")


def test_reproduced_or_reopened_afterwards_there_is_still_no_resolution_time() -> None:
    late = judged(reported("10:00"), attributed("10:30"), event("11:00", "reproduced"), terms="jbi-support")
    again = judged(
        *START,
        attributed("11:00"),
        event("12:00", "resolved"),
        event("13:00", "reopened"),
        terms="jbi-support",
        until="03-09 12:00",
    )

    assert "running" not in {row.state for (_, target, _), row in late.rows.items() if target == "resolution"}
    assert {row.state for (_, target, _), row in again.rows.items() if target == "resolution"} == {"void"}


def test_what_was_solved_while_waiting_and_is_void_since_still_adds_up_to_its_target() -> None:
    case = judged(
        reported("10:00"),
        event("10:00", "waiting", on="client"),
        event("10:00", "reproduced"),
        event("12:00", "resolved"),
        attributed("13:00"),
        terms="jbi-support",
        until="03-09 12:00",
    )

    why = case.why("resolution")
    waited = next(part for part in why.segments if part.kind == "paused")
    assert why.counted == why.total == timedelta(hours=8)
    assert (waited.start, waited.end) == (ny("10:00"), ny("12:00"))


def test_a_contract_without_that_clause_keeps_its_clock() -> None:
    case = judged(reported("10:00"), attributed("11:00"), until="17:00")

    assert case.clock("resolution").breached_at == ny("16:00")


# ------------------------------------------------------------------------------------------------------ in the portal


@pytest.mark.parametrize("cause", BOTH)
def test_on_the_page_the_cause_voids_a_recorded_breach_with_author_and_reason(jbi: Desk, cause: str) -> None:
    incident = jbi.report("10:00")
    jbi.work("10:30", incident, "reproduced")
    jbi.work("10:40", incident, "reply", body="We begin.")
    jbi.flag("03-03 10:30")
    broken = clock_of(incident, "resolution").state

    jbi.work("03-03 12:00", incident, "cause", cause=cause, reason="The log shows it.")

    void = Breach.objects.get(clock__target="resolution").void
    assert (broken, clock_of(incident, "resolution").state) == ("breached", "void")
    assert (void.actor, void.at) == (jbi.manager, ny("03-03 12:00"))
    assert "The log shows it." in void.reason


def test_on_the_page_a_cause_needs_a_reason(jbi: Desk) -> None:
    incident = jbi.report("10:00")

    response = jbi.send("12:00", f"/incidents/{incident.pk}/cause/", by=jbi.manager, cause="client_misuse")

    assert "reason" in response.context["form"].errors


def test_the_client_reads_the_cause_its_reason_and_that_no_resolution_time_counts(jbi: Desk) -> None:
    incident = jbi.report("10:00")
    jbi.work("10:30", incident, "reproduced")

    jbi.work("12:00", incident, "cause", cause="client_misuse", reason="The log shows it.")

    page = jbi.read("12:01", f"/support/{incident.pk}/", by=jbi.contact)
    assert "The cause is misuse." in page
    assert "The log shows it." in page
    assert "JB-7" in page
