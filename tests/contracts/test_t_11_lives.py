"""T-11: which clocks there are, from when to when."""

from __future__ import annotations

from tests.contracts.judging import event, judged, ny, reported

FIRST_CLOCKS = [("resolution", 1), ("resolution_credit", 1), ("response", 1), ("response_credit", 1)]


def test_there_is_no_contact_gap_before_the_response() -> None:
    case = judged(reported("10:00"), event("10:10", "contacted"), until="10:20")

    assert case.targets() == FIRST_CLOCKS
    assert case.state("response") == "running"


def test_each_contact_closes_one_gap_and_opens_the_next() -> None:
    case = judged(
        reported("10:00"),
        event("10:10", "responded"),
        event("10:40", "contacted"),
        event("11:10:01", "contacted"),
        until="11:20",
    )

    spans = [(case.clock("contact", n).started_at, case.clock("contact", n).due_at) for n in (1, 2, 3)]
    assert spans == [
        (ny("10:10"), ny("10:40")),
        (ny("10:40"), ny("11:10")),
        (ny("11:10:01"), ny("11:40:01")),
    ]
    assert [case.state("contact", n) for n in (1, 2, 3)] == ["met", "breached", "running"]
    assert case.clock("contact", 2).met_at == ny("11:10:01")


def test_a_second_response_is_none() -> None:
    case = judged(reported("10:00"), event("10:10", "responded"), event("10:20", "responded"), until="10:30")

    assert case.clock("response").met_at == ny("10:10")
    assert [target for target, _ in case.targets()].count("contact") == 1


def test_two_contacts_at_one_instant_leave_a_gap_of_no_length_that_is_met() -> None:
    case = judged(
        reported("10:00"), event("10:10", "responded"), event("10:20", "contacted"), event("10:20", "contacted")
    )

    assert case.state("contact", 2) == "met"
    assert case.clock("contact", 2).started_at == case.clock("contact", 2).met_at == ny("10:20")
    assert case.due("contact", 3) == ny("10:50")


def test_the_resolution_answers_an_unanswered_incident_and_opens_no_gap() -> None:
    case = judged(reported("10:00"), event("10:20", "resolved"), until="12:00")

    assert case.targets() == FIRST_CLOCKS
    assert {case.state(target) for target, _ in case.targets()} == {"met"}
    assert case.clock("response").met_at == ny("10:20")


def test_a_late_resolution_answers_late() -> None:
    case = judged(reported("10:00"), event("11:00", "resolved"), until="12:00")

    assert (case.state("response"), case.clock("response").met_at) == ("breached", ny("11:00"))
    assert case.state("resolution") == "met"


def test_the_resolution_closes_the_last_gap() -> None:
    case = judged(reported("10:00"), event("10:10", "responded"), event("10:41", "resolved"), until="12:00")

    clock = case.clock("contact")
    assert (clock.state, clock.breached_at, clock.met_at) == ("breached", ny("10:40"), ny("10:41"))
    assert ("contact", 2) not in case.targets()


def test_a_reopening_starts_a_new_resolution_and_threshold_with_the_full_target() -> None:
    case = judged(
        reported("10:00"),
        event("10:10", "responded"),
        event("15:00", "resolved"),
        event("16:00", "reopened"),
        until="16:10",
    )

    assert [case.due("resolution", n) for n in (1, 2)] == [ny("16:00"), ny("22:00")]
    assert case.due("resolution_credit", 2) == ny("22:00")
    assert case.state("resolution", 1) == "met"


def test_a_reopening_goes_on_with_the_contact_gaps_and_asks_no_second_response() -> None:
    case = judged(
        reported("10:00"),
        event("10:10", "responded"),
        event("10:30", "resolved"),
        event("16:00", "reopened"),
        event("16:20", "responded"),
        until="16:25",
    )

    assert case.clock("contact", 2).started_at == ny("16:00")
    assert case.due("contact", 2) == ny("16:30")
    assert {ordinal for target, ordinal in case.targets() if target.startswith("response")} == {1}
    assert case.state("contact", 2) == "running"


def test_an_incident_resolved_unanswered_and_reopened_has_its_first_gap_from_the_reopening() -> None:
    case = judged(reported("10:00"), event("10:20", "resolved"), event("11:00", "reopened"), until="11:10")

    assert case.clock("contact", 1).started_at == ny("11:00")


def test_reopened_at_the_instant_of_the_resolution_both_clocks_exist() -> None:
    case = judged(reported("10:00"), event("11:00", "resolved"), event("11:00", "reopened"), until="11:10")

    assert case.clock("resolution", 1).met_at == case.clock("resolution", 2).started_at == ny("11:00")


def test_a_second_reopening_is_the_third_resolution_clock() -> None:
    case = judged(
        reported("10:00"),
        event("11:00", "resolved"),
        event("12:00", "reopened"),
        event("13:00", "resolved"),
        event("14:00", "reopened"),
        until="14:10",
    )

    assert case.due("resolution", 3) == ny("20:00")


def test_reopening_what_is_open_changes_nothing() -> None:
    case = judged(reported("10:00"), event("11:00", "reopened"), until="11:10")

    assert case.targets() == FIRST_CLOCKS


def test_a_reopened_incident_has_the_severity_it_had() -> None:
    case = judged(
        reported("10:00"),
        event("10:10", "reclassified", severity="major"),
        event("11:00", "resolved"),
        event("12:00", "reopened"),
        until="12:10",
    )

    assert case.due("resolution", 2) == ny("03-03 12:00")


def test_after_the_resolution_only_what_may_follow_it_does() -> None:
    case = judged(
        reported("10:00"),
        event("11:00", "resolved"),
        event("11:10", "responded"),
        event("11:20", "contacted"),
        event("11:30", "waiting", on="information"),
        event("11:40", "reclassified", severity="minor"),
        event("11:50", "withdrawn", reason="Ours."),
        event("11:55", "resolved", by="workaround"),
        event("12:00", "reopened"),
        until="12:10",
    )

    assert case.clock("resolution", 1).met_at == ny("11:00")
    assert case.state("resolution", 2) == "running"
    assert case.due("resolution", 2) == ny("18:00")
    assert ("contact", 2) not in case.targets()


def test_a_withdrawn_or_merged_incident_leaves_its_unmet_clocks_void() -> None:
    case = judged(
        reported("10:00"),
        event("10:10", "responded"),
        event("10:20", "withdrawn", reason="It was us."),
        reported("10:00", incident="B"),
        event("10:10", "responded", incident="B"),
        event("10:20", "merged", incident="B", into="A"),
        until="20:00",
    )

    for incident in ("A", "B"):
        assert case.state("response", incident=incident) == "met"
        assert {case.state(t, incident=incident) for t in ("contact", "resolution", "resolution_credit")} == {"void"}
    assert case.summary.breaches == 0


def test_a_met_late_breach_outlives_the_withdrawal() -> None:
    case = judged(reported("10:00"), event("10:31", "responded"), event("10:32", "withdrawn", reason="x"))

    assert case.clock("response").breached_at == ny("10:30")
    assert case.summary.breaches == 2  # The response and its threshold.


def test_what_begins_after_an_amendment_feels_it_and_what_began_before_does_not() -> None:
    case = judged(
        reported("10:00", incident="old"),
        event("10:00", "agreement.amended", terms="jbi-support"),
        reported("10:00", incident="new"),
        event("10:10", "waiting", on="client", incident="old"),
        event("10:10", "waiting", on="client", incident="new"),
        until="10:20",
    )

    assert (case.due("response", incident="old"), case.clock("response", incident="old").clause) == (
        ny("10:30"),
        "JS-6",
    )
    assert (case.state("response", incident="new"), case.clock("response", incident="new").clause) == ("paused", "JB-4")


def test_an_incident_keeps_its_own_severities_after_an_amendment_to_others() -> None:
    case = judged(
        reported("10:00"),
        event("10:05", "agreement.amended", terms="jbi-support"),
        event("10:10", "reclassified", severity="major"),
        event("11:00", "resolved"),
        event("12:00", "reopened"),
        until="12:10",
    )

    assert case.due("response") == ny("14:00")
    assert case.due("resolution", 2) == ny("03-03 12:00")


def test_a_map_of_severities_lets_one_history_run_under_other_terms() -> None:
    case = judged(
        reported("10:00", severity="major"),
        event("10:30", "reclassified", severity="minor"),
        terms="jbi-support",
        severity_map={"major": "high", "minor": "low"},
    )

    assert case.clock("response").severity == "low"
    assert case.due("response") == ny("03-04 17:00")
