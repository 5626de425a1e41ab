"""JS-7: in a hosted event period critical is 10 minutes, 2 hours, every 15 minutes."""

from __future__ import annotations

from tests.contracts.desk import Desk, clock_of, promises_of, schedule_event
from tests.contracts.judging import event, hosted, judged, ny, reported

EVENT = hosted("05-01 09:00", ("05-05 12:00", "05-05 13:00"))
"""On air from 10:30 to 13:30."""


def test_a_critical_incident_reported_in_the_period_has_the_hosted_targets() -> None:
    case = judged(EVENT, reported("05-05 11:00"), event("05-05 11:05", "responded"), until="05-05 11:06")

    assert case.due("response") == ny("05-05 11:10")
    assert case.due("resolution") == ny("05-05 13:00")
    assert case.due("contact") == ny("05-05 11:20")
    assert {case.clock(name).clause for name in ("response", "resolution", "contact")} == {"JS-7"}


def test_an_open_critical_tightens_to_ten_minutes_when_the_period_begins() -> None:
    case = judged(EVENT, reported("05-05 10:15"), until="05-05 10:30")

    assert case.due("response") == ny("05-05 10:40")
    assert case.due("resolution") == ny("05-05 12:30")
    assert case.clock("response").clause == "JS-7"


def test_what_is_due_sooner_stays_and_takes_the_hosted_clause() -> None:
    case = judged(EVENT, reported("05-05 10:05"), until="05-05 10:31")

    clock = case.clock("response")
    assert (clock.due_at, clock.clause) == (ny("05-05 10:35"), "JS-7")


def test_what_was_broken_before_the_period_stays_as_it_was() -> None:
    case = judged(EVENT, reported("05-05 09:59"), until="05-05 10:31")

    clock = case.clock("response")
    assert (clock.breached_at, clock.clause) == (ny("05-05 10:29"), "JS-6")
    assert case.due("resolution") == ny("05-05 12:30")


def test_what_is_due_at_the_begin_itself_is_not_broken_yet_and_no_nearer() -> None:
    case = judged(EVENT, reported("05-05 10:00"), event("05-05 10:30", "responded"), until="05-05 10:31")

    assert case.state("response") == "met"
    assert case.clock("response").due_at == ny("05-05 10:30")


def test_an_open_contact_gap_tightens_at_the_begin_and_the_next_one_is_hosted() -> None:
    case = judged(
        EVENT,
        reported("05-05 10:00"),
        event("05-05 10:20", "responded"),
        event("05-05 10:44", "contacted"),
        until="05-05 10:45",
    )

    assert case.clock("contact", 1).due_at == ny("05-05 10:45")
    assert case.clock("contact", 2).due_at == ny("05-05 10:59")


def test_a_contact_gap_that_begins_after_the_period_is_an_ordinary_one() -> None:
    case = judged(
        EVENT,
        reported("05-05 13:00"),
        event("05-05 13:05", "responded"),
        event("05-05 13:20", "contacted"),
        event("05-05 13:30", "contacted"),
        until="05-05 13:31",
    )

    assert case.due("contact", 2) == ny("05-05 13:35")
    assert (case.due("contact", 3), case.clock("contact", 3).clause) == (ny("05-05 14:00"), "JS-6")


def test_reclassified_upward_inside_the_period_the_hosted_targets_begin_at_the_change() -> None:
    case = judged(
        EVENT,
        reported("05-05 10:00", severity="major"),
        event("05-05 11:00", "reclassified", severity="critical"),
        until="05-05 11:01",
    )

    assert case.due("response") == ny("05-05 11:10")
    assert case.due("resolution") == ny("05-05 13:00")


def test_reclassified_upward_at_the_instant_the_period_ends_it_is_an_ordinary_critical() -> None:
    case = judged(
        EVENT,
        reported("05-05 10:00", severity="major"),
        event("05-05 13:30", "reclassified", severity="critical"),
        until="05-05 13:31",
    )

    assert case.due("response") == ny("05-05 14:00")
    assert case.due("resolution") == ny("05-05 19:30")


def test_reclassified_downward_inside_the_period_the_begin_of_another_touches_it_no_more() -> None:
    case = judged(
        EVENT,
        hosted("05-01 09:00", ("05-05 15:30", "05-05 16:00"), name="evening"),
        reported("05-05 10:00"),
        event("05-05 10:25", "reclassified", severity="major"),
        until="05-05 14:30",
    )

    assert (case.clock("response").due_at, case.clock("response").clause) == (ny("05-05 14:00"), "JS-8")
    assert case.due("resolution") == ny("05-06 10:00")


def test_reopened_in_the_period_it_has_the_hosted_resolution_and_contact() -> None:
    case = judged(
        EVENT,
        reported("05-05 09:00"),
        event("05-05 09:10", "responded"),
        event("05-05 10:00", "resolved"),
        event("05-05 11:00", "reopened"),
        until="05-05 11:01",
    )

    assert case.due("resolution", 2) == ny("05-05 13:00")
    assert case.due("contact", 2) == ny("05-05 11:15")
    assert case.due("resolution_credit", 2) == ny("05-05 17:00")
    assert case.clock("resolution", 1).clause == "JS-6"


def test_a_paused_resolution_keeps_the_smaller_of_what_is_left_and_two_hours() -> None:
    asked = reported("05-05 09:00"), event("05-05 10:00", "waiting", on="information")
    long_left = judged(EVENT, *asked, event("05-05 11:00", "resumed"), until="05-05 11:01")
    short_left = judged(
        EVENT,
        reported("05-05 05:00"),
        event("05-05 10:00", "waiting", on="information"),
        event("05-05 11:00", "resumed"),
        until="05-05 11:01",
    )

    assert long_left.due("resolution") == ny("05-05 13:00")
    assert short_left.due("resolution") == ny("05-05 12:00")


def test_a_suspended_incident_tightens_in_what_it_has_left() -> None:
    case = judged(
        EVENT,
        event("05-05 09:00", "agreement.suspended"),
        reported("05-05 10:00"),
        event("05-05 14:00", "agreement.reinstated"),
    )

    assert case.due("response") == ny("05-05 14:10")
    assert case.due("resolution") == ny("05-05 16:00")
    assert case.due("response_credit") == ny("05-05 14:30")


# ------------------------------------------------------------------------------------------------------ in the portal


def test_the_flagger_tightens_an_open_critical_when_the_period_begins(juno: Desk) -> None:
    schedule_event(juno, "09:00", ("2026-03-02T12:00", "2026-03-02T13:00"))
    incident = juno.report("10:15")
    before = clock_of(incident, "response").due_at

    juno.flag("10:30")

    response = clock_of(incident, "response")
    assert (before, response.due_at, response.clause) == (ny("10:45"), ny("10:40"), "JS-7")
    assert clock_of(incident, "resolution").due_at == ny("12:30")
    assert clock_of(incident, "response_credit").due_at == ny("10:45")


def test_the_flagger_that_missed_the_begin_breaks_it_at_the_hosted_due_instant(juno: Desk) -> None:
    schedule_event(juno, "09:00", ("2026-03-02T12:00", "2026-03-02T13:00"))
    incident = juno.report("10:15")

    juno.flag("10:44")

    assert clock_of(incident, "response").breached_at == ny("10:40")


def test_the_client_reads_the_hosted_deadline_and_its_clause(juno: Desk) -> None:
    schedule_event(juno, "09:00", ("2026-03-02T12:00", "2026-03-02T13:00"))
    incident = juno.report("11:00")

    page = juno.read("11:01", f"/support/{incident.pk}/", by=juno.contact)

    assert "JS-7" in page
    assert "11:10 ET" in page


def test_both_sides_read_the_three_hosted_targets_and_their_clause(juno: Desk) -> None:
    schedule_event(juno, "09:00", ("2026-03-02T12:00", "2026-03-02T13:00"))
    incident = juno.report("11:00")

    juno.work("11:05", incident, "reply", body="We are on it.")

    assert promises_of(juno, "11:06", incident) == {
        "First response": "Met 11:05 ET JS-7",
        "Next update": "Due 11:20 ET, every 15 min JS-7",
        "Resolution": "Due 13:00 ET JS-7",
    }
