"""JS-10: a hosted event period is each event day, from 90 min before its first session to 30 min after its last."""

from __future__ import annotations

import pytest

from incidents.models import HostedEvent
from portal.contract.terms import library_document
from tests.contracts.desk import Desk, clock_of, promises_of, schedule_event
from tests.contracts.judging import event, hosted, judged, ny, reported

NOON = ("05-05 12:00", "05-05 13:00")
"""A session whose period is 10:30 to 13:30."""
EARLY = hosted("05-01 09:00", NOON)


@pytest.mark.parametrize(
    ("reported_at", "clause"),
    [("10:29:59.999999", "JS-6"), ("10:30", "JS-7"), ("13:29:59.999999", "JS-7"), ("13:30", "JS-6")],
)
def test_the_period_is_90_minutes_before_to_30_minutes_after(reported_at: str, clause: str) -> None:
    case = judged(EARLY, reported(f"05-05 {reported_at}"))

    assert case.clock("response").clause == clause


def test_the_gap_between_two_sessions_of_a_day_is_inside() -> None:
    case = judged(hosted("05-01 09:00", NOON, ("05-05 18:00", "05-05 19:00")), reported("05-05 14:30"))

    assert case.due("response") == ny("05-05 14:40")


def test_the_order_and_overlap_of_sessions_do_not_matter() -> None:
    sessions = ("05-05 18:00", "05-05 19:00"), ("05-05 12:00", "05-05 19:30"), ("05-05 13:00", "05-05 14:00")

    case = judged(
        hosted("05-01 09:00", *sessions),
        reported("05-05 10:30", incident="first"),
        reported("05-05 19:59", incident="last"),
        reported("05-05 20:00", incident="after"),
    )

    clauses = [case.clock("response", incident=name).clause for name in ("first", "last", "after")]
    assert clauses == ["JS-7", "JS-7", "JS-6"]


def test_two_days_are_two_periods() -> None:
    case = judged(
        hosted("05-01 09:00", NOON, ("05-06 12:00", "05-06 13:00")),
        reported("05-05 20:00", incident="night"),
        reported("05-06 10:30", incident="morning"),
    )

    assert case.clock("response", incident="night").clause == "JS-6"
    assert case.clock("response", incident="morning").clause == "JS-7"


def test_a_period_of_the_night_of_the_change_is_counted_in_real_minutes() -> None:
    first_thing = hosted("03-01 09:00", ("03-08 03:00", "03-08 03:30"))  # An hour after 01:00: 02:00 does not exist.

    before = judged(first_thing, reported("03-08 00:29:59"))
    inside = judged(first_thing, reported("03-08 00:30"))

    assert before.clock("response").clause == "JS-6"
    assert inside.clock("response").clause == "JS-7"


def test_every_open_critical_is_touched_and_no_other() -> None:
    case = judged(
        EARLY,
        reported("05-05 10:20", incident="open"),
        reported("05-05 10:20", incident="also open"),
        reported("05-05 10:20", incident="resolved"),
        event("05-05 10:25", "resolved", incident="resolved"),
        reported("05-05 10:20", severity="major", incident="major"),
        reported("05-05 10:20", category="general", incident="unsupported"),
        until="05-05 10:31",
    )

    assert case.due("response", incident="open") == case.due("response", incident="also open") == ny("05-05 10:40")
    assert case.clock("resolution", incident="resolved").due_at == ny("05-05 16:20")
    assert case.due("response", incident="major") == ny("05-05 14:20")
    assert case.targets("unsupported") == []


# ------------------------------------------------------------------------------------------ announced, moved, cancelled


def test_a_period_already_running_when_it_becomes_known_applies_from_that_instant() -> None:
    case = judged(reported("05-05 10:45"), hosted("05-05 11:00", NOON), until="05-05 11:01")

    assert case.due("response") == ny("05-05 11:10")
    assert case.due("resolution") == ny("05-05 13:00")


def test_a_period_that_is_over_when_it_becomes_known_applies_to_nothing() -> None:
    case = judged(reported("05-05 13:10"), hosted("05-05 13:30", NOON), until="05-05 13:31")

    assert case.due("response") == ny("05-05 13:40")
    assert case.clock("response").clause == "JS-6"


def test_a_breach_before_it_became_known_stays_ordinary() -> None:
    case = judged(reported("05-05 10:30"), hosted("05-05 11:00:01", NOON), until="05-05 11:01")

    assert (case.clock("response").breached_at, case.clock("response").clause) == (ny("05-05 11:00"), "JS-6")


def test_cancelled_while_it_runs_its_tightenings_fall_away() -> None:
    case = judged(
        EARLY,
        reported("05-05 10:20"),
        event("05-05 10:35", "hosted_event.cancelled", hosted_event="H"),
        until="05-05 10:45",
    )

    clock = case.clock("response")
    assert (clock.due_at, clock.clause, clock.state) == (ny("05-05 10:50"), "JS-6", "running")
    assert case.due("resolution") == ny("05-05 16:20")


def test_cancelled_while_it_runs_an_incident_reported_inside_is_an_ordinary_critical() -> None:
    case = judged(
        EARLY,
        reported("05-05 11:00"),
        event("05-05 11:05", "hosted_event.cancelled", hosted_event="H"),
        until="05-05 11:15",
    )

    assert (case.due("response"), case.clock("response").clause) == (ny("05-05 11:30"), "JS-6")


def test_cancelled_at_the_hosted_due_instant_it_is_not_broken_yet() -> None:
    case = judged(
        EARLY,
        reported("05-05 11:00"),
        event("05-05 11:10", "hosted_event.cancelled", hosted_event="H"),
        until="05-05 11:20",
    )

    assert case.state("response") == "running"


def test_cancelled_after_the_breach_the_breach_stays() -> None:
    case = judged(
        EARLY,
        reported("05-05 11:00"),
        event("05-05 11:10:01", "hosted_event.cancelled", hosted_event="H"),
        until="05-05 11:20",
    )

    assert (case.clock("response").breached_at, case.clock("response").clause) == (ny("05-05 11:10"), "JS-7")
    assert case.due("resolution") == ny("05-05 17:00")


def test_what_was_met_in_time_stays_as_it_was_met() -> None:
    case = judged(
        EARLY,
        reported("05-05 11:00"),
        event("05-05 11:05", "responded"),
        event("05-05 11:06", "hosted_event.cancelled", hosted_event="H"),
        until="05-05 11:20",
    )

    assert (case.clock("response").due_at, case.clock("response").clause) == (ny("05-05 11:10"), "JS-7")
    assert (case.due("contact"), case.clock("contact").clause) == (ny("05-05 11:35"), "JS-6")


def test_rescheduled_to_the_afternoon_the_tightening_falls_away_and_comes_again() -> None:
    events = [
        EARLY,
        reported("05-05 10:20"),
        event("05-05 10:25", "responded"),
        hosted("05-05 11:00", ("05-05 15:00", "05-05 16:00"), event_name="rescheduled"),
    ]

    assert judged(*events, until="05-05 13:00").due("resolution") == ny("05-05 16:20")
    assert judged(*events, until="05-05 13:30").due("resolution") == ny("05-05 15:30")


def test_rescheduled_so_that_the_begin_is_still_covered_the_tightening_stays() -> None:
    case = judged(
        EARLY,
        reported("05-05 10:20"),
        event("05-05 10:25", "responded"),
        hosted("05-05 11:00", ("05-05 11:45", "05-05 20:00"), event_name="rescheduled"),
        until="05-05 11:30",
    )

    assert case.due("resolution") == ny("05-05 12:30")


def test_rescheduled_to_have_begun_later_it_applies_anew_from_the_instant_it_is_known() -> None:
    case = judged(
        EARLY,
        reported("05-05 10:20"),
        event("05-05 10:25", "responded"),
        hosted("05-05 11:00", ("05-05 12:15", "05-05 13:00"), event_name="rescheduled"),
        until="05-05 11:30",
    )

    assert case.due("resolution") == ny("05-05 13:00")


def test_lengthened_after_it_ended_it_applies_to_what_is_open_from_that_instant() -> None:
    case = judged(
        EARLY,
        reported("05-05 13:40"),
        event("05-05 13:45", "responded"),
        hosted("05-05 14:00", NOON, ("05-05 17:00", "05-05 18:00"), event_name="rescheduled"),
        until="05-05 14:10",
    )

    assert case.due("resolution") == ny("05-05 16:00")
    assert case.due("contact") == ny("05-05 14:15")


def test_scheduled_a_second_time_it_replaces_the_first() -> None:
    case = judged(
        EARLY, hosted("05-02 09:00", ("05-06 12:00", "05-06 13:00")), reported("05-05 11:00"), until="05-05 11:05"
    )

    assert case.clock("response").clause == "JS-6"


def test_cancelled_and_scheduled_again_it_is_there_again() -> None:
    case = judged(
        EARLY,
        event("05-02 09:00", "hosted_event.cancelled", hosted_event="H"),
        hosted("05-03 09:00", NOON),
        reported("05-05 11:00"),
        until="05-05 11:05",
    )

    assert case.clock("response").clause == "JS-7"


def test_moved_into_a_hosted_period_while_waiting_the_remaining_time_is_counted_anew() -> None:
    case = judged(
        EARLY,
        reported("05-05 10:00"),
        event("05-05 10:20", "waiting", on="information"),
        event("05-05 11:00", "hosted_event.cancelled", hosted_event="H"),
        event("05-05 12:00", "resumed"),
        until="05-05 12:00",
    )

    assert case.due("resolution") == ny("05-05 17:40")


# -------------------------------------------------------------------------------------------------------- two at a time


AFTERNOON = hosted("05-01 09:00", ("05-05 13:30", "05-05 17:30"), name="second")
"""A second event whose period is 12:00 to 18:00."""


def test_an_event_keeps_the_margins_with_which_it_was_scheduled() -> None:
    wider = library_document("juno-live-support")
    wider["support"]["hosted"]["before"]["value"] = "PT5H"
    amended = event("08:10", "agreement.amended", terms=wider)

    case = judged(
        hosted("08:00", ("14:00", "15:00")),
        reported("08:05"),
        amended,
        hosted("08:20", ("15:00", "16:00"), event_name="rescheduled"),
        until="11:00",
    )

    assert case.due("resolution") == ny("14:05")


def test_two_overlapping_events_are_hosted_from_the_first_begin_to_the_last_end() -> None:
    case = judged(
        EARLY,
        AFTERNOON,
        reported("05-05 10:30", incident="first"),
        reported("05-05 13:45", incident="second alone"),
        reported("05-05 18:00", incident="after"),
    )

    clauses = [case.clock("response", incident=name).clause for name in ("first", "second alone", "after")]
    assert clauses == ["JS-7", "JS-7", "JS-6"]


def test_one_of_two_cancelled_where_the_other_covers_the_begin_changes_nothing() -> None:
    same = hosted("05-01 09:00", ("05-05 12:00", "05-05 12:30"), name="second")
    case = judged(
        EARLY,
        same,
        reported("05-05 10:20"),
        event("05-05 10:25", "responded"),
        event("05-05 11:00", "hosted_event.cancelled", hosted_event="H"),
        until="05-05 11:30",
    )

    assert case.due("resolution") == ny("05-05 12:30")


def test_one_of_two_cancelled_before_the_other_begins_the_other_tightens_at_its_begin() -> None:
    events = [
        EARLY,
        AFTERNOON,
        reported("05-05 10:20"),
        event("05-05 10:25", "responded"),
        event("05-05 11:00", "hosted_event.cancelled", hosted_event="H"),
    ]

    assert judged(*events, until="05-05 11:59").due("resolution") == ny("05-05 16:20")
    assert judged(*events, until="05-05 12:00").due("resolution") == ny("05-05 14:00")


def test_one_of_two_cancelled_after_the_other_began_the_others_begin_is_what_tightened() -> None:
    case = judged(
        EARLY,
        AFTERNOON,
        reported("05-05 10:20"),
        event("05-05 10:25", "responded"),
        event("05-05 12:20", "hosted_event.cancelled", hosted_event="H"),
        until="05-05 12:30",
    )

    assert case.due("resolution") == ny("05-05 14:00")


def test_a_schedule_touches_the_contact_gap_that_is_open() -> None:
    case = judged(
        reported("05-05 10:40"),
        event("05-05 10:50", "responded"),
        hosted("05-05 11:00", NOON),
        event("05-05 11:02", "hosted_event.cancelled", hosted_event="H"),
        until="05-05 11:03",
    )

    assert (case.due("contact"), case.clock("contact").clause) == (ny("05-05 11:20"), "JS-6")


# ------------------------------------------------------------------------------------------------------ in the portal


def test_an_event_entered_while_its_period_runs_applies_from_that_instant(juno: Desk) -> None:
    incident = juno.report("10:50")

    schedule_event(juno, "11:00", ("2026-03-02T12:00", "2026-03-02T13:00"))

    assert clock_of(incident, "response").due_at == ny("11:10")
    assert clock_of(incident, "resolution").due_at == ny("13:00")


def test_an_event_cancelled_on_its_page_lets_go_of_what_it_tightened(juno: Desk) -> None:
    schedule_event(juno, "09:00", ("2026-03-02T12:00", "2026-03-02T13:00"))
    incident = juno.report("11:00")
    tightened = clock_of(incident, "response").due_at

    juno.send("11:05", f"/events/{HostedEvent.objects.get().pk}/cancel/", by=juno.contact)
    juno.flag("11:15")

    response = clock_of(incident, "response")
    assert (tightened, response.due_at, response.state) == (ny("11:10"), ny("11:30"), "running")


def test_another_agreements_event_touches_nothing(juno: Desk) -> None:
    other = Desk("juno-live-support")
    incident = juno.report("10:50")

    schedule_event(other, "11:00", ("2026-03-02T12:00", "2026-03-02T13:00"))

    assert clock_of(incident, "response").due_at == ny("11:20")


@pytest.mark.parametrize(
    ("reported_at", "clause"),
    [
        ("03-03 10:29", "JS-6"),
        ("03-03 10:30", "JS-7"),
        ("03-03 15:30", "JS-7"),
        ("03-03 19:29", "JS-7"),
        ("03-03 19:30", "JS-6"),
        ("03-04 07:29", "JS-6"),
        ("03-04 07:30", "JS-7"),
    ],
    ids=["before", "90 min before", "between two sessions", "to the end", "30 min after", "overnight", "the next day"],
)
def test_each_day_of_an_event_that_was_entered_on_its_page_is_a_period(
    juno: Desk, reported_at: str, clause: str
) -> None:
    schedule_event(
        juno,
        "09:00",
        ("2026-03-03T12:00", "2026-03-03T13:00"),
        ("2026-03-03T18:00", "2026-03-03T19:00"),
        ("2026-03-04T09:00", "2026-03-04T10:00"),
    )

    incident = juno.report(reported_at)

    assert clock_of(incident, "response").clause == clause


def test_an_event_changed_on_its_page_lets_go_of_what_the_new_schedule_does_not_cover(juno: Desk) -> None:
    schedule_event(juno, "09:00", ("2026-03-02T12:00", "2026-03-02T13:00"))
    touched, minor = juno.report("10:15"), juno.report("10:15", "major")
    juno.flag("10:30")
    tightened = promises_of(juno, "10:31", touched)["First response"]

    address = f"/events/{HostedEvent.objects.get().pk}/edit/"
    schedule_event(juno, "10:35", ("2026-03-02T18:00", "2026-03-02T19:00"), address=address)

    assert tightened == "Due 10:40 ET JS-7"
    assert promises_of(juno, "10:36", touched)["First response"] == "Due 10:45 ET JS-6"
    assert promises_of(juno, "10:36", minor)["First response"] == "Due 14:15 ET JS-8"


def test_both_sides_read_an_events_sessions_and_when_its_period_begins_and_ends(juno: Desk) -> None:
    schedule_event(juno, "09:00", ("2026-03-02T12:00", "2026-03-02T13:00"))

    for reader in (juno.manager, juno.contact):
        page = juno.read("09:01", f"/events/{HostedEvent.objects.get().pk}/", by=reader)

        assert "10:30" in page
        assert "13:30" in page
        assert "JS-10" in page
