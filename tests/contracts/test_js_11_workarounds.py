"""JS-11: a work-around that removes the practical effect is a resolution like a fix."""

from __future__ import annotations

import pytest

from tests.contracts.desk import Desk, clock_of
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


# ------------------------------------------------------------------------------------------------------ in the portal


@pytest.mark.parametrize("how", ["fix", "workaround"])
def test_on_the_page_staff_say_which_it_is_and_the_clock_is_met(juno: Desk, how: str) -> None:
    incident = juno.report("10:00")

    juno.work("12:00", incident, "resolve", how=how, body="Use the other door.", no_downtime="One page alone failed.")

    incident.refresh_from_db()
    assert incident.resolved_by == how
    assert clock_of(incident, "resolution").met_at == ny("12:00")


def test_on_the_page_one_of_the_two_must_be_chosen(juno: Desk) -> None:
    incident = juno.report("10:00")

    response = juno.send("12:00", f"/incidents/{incident.pk}/resolve/", by=juno.manager, body="Done.")

    assert "how" in response.context["form"].errors
    assert clock_of(incident, "resolution").state == "running"


def test_the_client_reads_that_it_is_a_workaround(juno: Desk) -> None:
    incident = juno.report("10:00")

    juno.work(
        "12:00", incident, "resolve", how="workaround", body="Use the other door.", no_downtime="One page alone failed."
    )

    page = juno.read("12:01", f"/support/{incident.pk}/", by=juno.contact)
    assert "work-around" in page
    assert "Use the other door." in page
