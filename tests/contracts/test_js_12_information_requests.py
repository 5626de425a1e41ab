"""JS-12: while the client owes information the resolution and its threshold wait; response and contact go on."""

from __future__ import annotations

import pytest

from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import event, judged, ny, reported


@pytest.mark.parametrize(("severity", "hours"), [("critical", 6), ("major", 24)])
def test_only_the_resolution_and_its_threshold_wait(severity: str, hours: int) -> None:
    case = judged(
        reported("10:00", severity=severity),
        event("10:10", "responded"),
        event("10:20", "waiting", on="information"),
        until="10:25",
    )

    assert {name: case.state(name) for name, _ in case.targets()} == {
        "contact": "running",
        "resolution": "paused",
        "resolution_credit": "paused",
        "response": "met",
        "response_credit": "met",
    }
    assert case.why("resolution").segments[-1].seconds == hours * 3600 - 1200


def test_an_unanswered_incident_must_still_be_answered() -> None:
    case = judged(reported("10:00"), event("10:05", "waiting", on="information"), until="10:31")

    assert case.state("response") == "breached"
    assert case.state("response_credit") == "breached"


def test_contact_is_kept_up_while_the_client_looks_for_its_logs() -> None:
    case = judged(
        reported("10:00"),
        event("10:10", "responded"),
        event("10:20", "waiting", on="information"),
        event("10:40", "contacted"),
        until="11:11",
    )

    assert [case.state("contact", n) for n in (1, 2)] == ["met", "breached"]


def test_the_threshold_moves_by_as_much_as_the_target() -> None:
    case = judged(
        reported("10:00"), event("11:00", "waiting", on="information"), event("13:30", "resumed"), until="14:00"
    )

    assert case.due("resolution") == case.due("resolution_credit") == ny("18:30")


def test_the_request_is_named_as_the_reason_with_its_clause() -> None:
    case = judged(reported("10:00"), event("11:00", "waiting", on="information"), until="13:30")

    pause = next(part for part in case.why("resolution").segments if part.kind == "paused")
    assert (pause.start, pause.clause, pause.seconds) == (ny("11:00"), "JS-12", 9000)


def test_reopened_after_a_wait_nothing_is_waited_for() -> None:
    case = judged(
        reported("10:00"),
        event("11:00", "waiting", on="information"),
        event("12:00", "resolved"),
        event("13:00", "reopened"),
        until="13:10",
    )

    assert case.due("resolution", 2) == ny("19:00")


def test_a_clock_that_starts_during_the_request_starts_paused() -> None:
    case = judged(
        reported("10:00", severity="minor"),
        event("10:10", "waiting", on="information"),
        event("10:20", "reclassified", severity="critical"),
        event("11:20", "resumed"),
        until="11:30",
    )

    assert case.clock("resolution_credit").started_at == ny("10:20")
    assert case.due("resolution_credit") == ny("17:20")
    assert case.due("response_credit") == ny("10:50")


# ------------------------------------------------------------------------------------------------------ in the portal


def test_a_request_on_the_page_begins_with_the_contracts_checklist(juno: Desk) -> None:
    incident = juno.report("10:00")

    page = juno.read("10:05", f"/incidents/{incident.pk}/ask/", by=juno.manager)

    for item in ("systems and networks", "reproducible test case", "Log, trace", "Access in your business hours"):
        assert item in page


def test_it_pauses_the_resolution_until_the_clients_answer_at_its_own_instant(juno: Desk) -> None:
    incident = juno.report("10:00")
    juno.work("11:00", incident, "ask", items="The logs")
    paused = clock_of(incident, "resolution")
    juno.flag("16:30")

    juno.answer("17:00", incident)

    assert (paused.state, paused.due_at) == ("paused", None)
    assert clock_of(incident, "response").breached_at == ny("10:30")
    assert clock_of(incident, "resolution").due_at == ny("22:00")
    assert clock_of(incident, "resolution_credit").due_at == ny("22:00")


def test_the_clients_answer_ends_no_wait_for_a_third_party(juno: Desk) -> None:
    incident = juno.report("10:00")
    juno.work("11:00", incident, "wait", on="third_party")

    juno.answer("12:00", incident)

    incident.refresh_from_db()
    assert incident.waiting_on == "third_party"
