"""JB-6: waiting for the client, a third party or information stops both clocks; closed hours don't count."""

from __future__ import annotations

import pytest

from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import event, judged, ny, reported

EVERYBODY = ["client", "third_party", "information"]


@pytest.mark.parametrize("on", EVERYBODY)
def test_each_wait_stops_both_clocks(on: str) -> None:
    case = judged(
        reported("10:00", severity="high"),
        event("10:00", "reproduced"),
        event("11:00", "waiting", on=on),
        terms="jbi-support",
        until="16:00",
    )

    assert [case.state(name) for name in ("response", "resolution")] == ["paused", "paused"]
    assert [case.why(name).segments[-1].seconds for name in ("response", "resolution")] == [3600, 15 * 3600]


@pytest.mark.parametrize("on", EVERYBODY)
def test_both_go_on_at_the_resume(on: str) -> None:
    case = judged(
        reported("10:00", severity="high"),
        event("10:00", "reproduced"),
        event("11:00", "waiting", on=on),
        event("15:00", "resumed"),
        terms="jbi-support",
    )

    assert case.due("response") == ny("16:00")
    assert case.due("resolution") == ny("03-04 14:00")


def test_a_wait_over_night_and_weekend_costs_only_the_open_hours_in_it() -> None:
    case = judged(
        reported("03-06 10:00", severity="high"),
        event("03-06 10:00", "reproduced"),
        event("03-06 16:00", "waiting", on="client"),
        event("03-09 09:00", "resumed"),
        terms="jbi-support",
    )

    assert case.clock("response").breached_at == ny("03-06 12:00")
    assert case.due("resolution") == ny("03-10 11:00")


def test_a_clock_by_days_keeps_its_open_time() -> None:
    case = judged(
        reported("10:00", severity="normal"),
        event("10:00", "reproduced"),
        event("03-03 09:00", "waiting", on="third_party"),
        event("03-04 09:00", "resumed"),
        terms="jbi-support",
    )

    assert case.due("response") == ny("03-04 17:00")
    assert case.due("resolution") == ny("03-10 17:00")


def test_reproduced_while_waiting_the_clock_starts_paused() -> None:
    case = judged(
        reported("10:00"),
        event("10:10", "waiting", on="client"),
        event("11:00", "reproduced"),
        event("12:00", "resumed"),
        terms="jbi-support",
    )

    assert (case.clock("resolution").started_at, case.due("resolution")) == (ny("11:00"), ny("03-03 12:00"))


def test_a_low_incident_resumed_is_due_at_the_first_release_after_the_resume() -> None:
    releases = [
        event("09:00", "release.planned", release=day, planned_at=ny(f"{day} 12:00").isoformat())
        for day in ("03-10", "03-20")
    ]

    case = judged(
        *releases,
        reported("10:00", severity="low"),
        event("10:00", "reproduced"),
        event("03-09 12:00", "waiting", on="client"),
        event("03-11 12:00", "resumed"),
        terms="jbi-support",
    )

    assert case.due("resolution") == ny("03-20 12:00")


def test_the_wait_is_shown_with_whom_and_the_clause() -> None:
    case = judged(
        reported("10:00", severity="high"),
        event("10:30", "waiting", on="third_party"),
        event("11:30", "resumed"),
        terms="jbi-support",
    )

    part = next(part for part in case.why("response").segments if part.kind == "paused")
    assert (part.start, part.end, part.clause, part.text) == (
        ny("10:30"),
        ny("11:30"),
        "JB-6",
        "Waiting for a third party",
    )


# ------------------------------------------------------------------------------------------------------ in the portal


@pytest.mark.parametrize("on", ["client", "third_party"])
def test_on_the_page_each_wait_stops_both_clocks_and_the_flagger_breaks_neither(jbi: Desk, on: str) -> None:
    incident = jbi.report("10:00", "high")
    jbi.work("10:00", incident, "reproduced")
    jbi.work("11:00", incident, "wait", on=on)

    jbi.flag("03-06 17:00")
    states = [clock_of(incident, name).state for name in ("response", "resolution")]
    jbi.work("03-09 09:00", incident, "resume")

    assert states == ["paused", "paused"]
    assert clock_of(incident, "response").due_at == ny("03-09 10:00")


def test_the_clients_answer_ends_the_wait_for_it(jbi: Desk) -> None:
    incident = jbi.report("10:00", "high")
    jbi.work("11:00", incident, "wait", on="client")

    jbi.answer("15:00", incident)

    assert clock_of(incident, "response").due_at == ny("16:00")


def test_on_the_page_an_information_request_stops_both_clocks_until_the_answer(jbi: Desk) -> None:
    incident = jbi.report("10:00", "high")
    jbi.work("10:00", incident, "reproduced")
    jbi.work("11:00", incident, "ask", items="The logs")

    jbi.flag("03-06 17:00")
    states = [clock_of(incident, name).state for name in ("response", "resolution")]
    jbi.answer("03-09 09:00", incident)

    assert states == ["paused", "paused"]
    assert clock_of(incident, "response").due_at == ny("03-09 10:00")
    assert clock_of(incident, "resolution").due_at == ny("03-10 16:00")


def test_both_sides_read_that_it_waits_for_whom_and_by_which_clause(jbi: Desk) -> None:
    incident = jbi.report("10:00", "high")
    jbi.work("11:00", incident, "wait", on="third_party")

    for address, reader in (("incidents", jbi.manager), ("support", jbi.contact)):
        page = jbi.read("11:01", f"/{address}/{incident.pk}/", by=reader)

        assert "Waiting for a third party since" in page
        assert "JB-6" in page
