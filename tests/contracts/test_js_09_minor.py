"""JS-9: minor is answered by the end of the next business day, told weekly, resolved with the next release."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidents.models import Release
from tests.contracts.desk import Desk, clock_of, promises_of
from tests.contracts.judging import Line, event, hosted, judged, ny, reported


def planned(at: str, when: str, release: str = "r1") -> Line:
    """A release planned for an instant."""
    return event(at, "release.planned", release=release, planned_at=ny(when).isoformat())


def published(at: str, *fixes: str, release: str = "r1") -> Line:
    """A release that went out with these incidents fixed."""
    return event(at, "release.published", release=release, fixes=list(fixes))


MINOR = reported("10:00", severity="minor")


def test_the_three_targets_of_a_minor_incident() -> None:
    case = judged(planned("09:00", "03-20 12:00"), MINOR, event("11:00", "responded"))

    assert case.due("response") == ny("03-03 17:00")
    assert case.due("contact") == ny("03-09 12:00")
    assert case.due("resolution") == ny("03-20 12:00")
    assert {case.clock(name).clause for name in ("response", "contact", "resolution")} == {"JS-9"}


def test_without_a_release_planned_it_runs_and_has_no_due_yet() -> None:
    case = judged(MINOR, until="03-31 00:00")

    clock = case.clock("resolution")
    assert (clock.state, clock.due_at, clock.breached_at) == ("running", None, None)


def test_a_release_planned_later_becomes_its_due() -> None:
    case = judged(MINOR, planned("03-05 09:00", "03-20 12:00"))

    assert case.due("resolution") == ny("03-20 12:00")


def test_a_release_at_the_instant_of_the_report_is_not_after_it() -> None:
    case = judged(planned("09:00", "10:00"), planned("09:00", "03-20 12:00", "r2"), MINOR)

    assert case.due("resolution") == ny("03-20 12:00")


@pytest.mark.parametrize("moved_to", ["03-10 12:00", "03-30 12:00", "04-30 12:00"])
def test_a_release_planned_anew_moves_it(moved_to: str) -> None:
    case = judged(planned("09:00", "03-20 12:00"), MINOR, planned("03-05 09:00", moved_to))

    assert case.due("resolution") == ny(moved_to)


def test_a_release_moved_behind_another_leaves_the_other_as_the_due() -> None:
    case = judged(
        planned("09:00", "03-20 12:00"),
        planned("09:00", "03-25 12:00", "r2"),
        MINOR,
        planned("03-05 09:00", "04-30 12:00"),
    )

    assert case.due("resolution") == ny("03-25 12:00")


def test_a_nearer_release_brings_it_nearer() -> None:
    case = judged(planned("09:00", "03-20 12:00"), MINOR, planned("03-05 09:00", "03-12 12:00", "hotfix"))

    assert case.due("resolution") == ny("03-12 12:00")


def test_a_release_planned_anew_at_its_own_instant_has_not_passed_yet() -> None:
    case = judged(planned("09:00", "03-20 12:00"), MINOR, planned("03-20 12:00", "03-30 12:00"), until="03-25 12:00")

    clock = case.clock("resolution")
    assert (clock.state, clock.due_at) == ("running", ny("03-30 12:00"))


def test_a_release_planned_anew_after_it_has_passed_moves_nothing() -> None:
    case = judged(planned("09:00", "03-20 12:00"), MINOR, planned("03-20 12:00:01", "03-30 12:00"), until="03-25 12:00")

    assert case.clock("resolution").breached_at == ny("03-20 12:00")


def test_published_early_it_is_due_when_it_was_published() -> None:
    case = judged(planned("09:00", "03-20 12:00"), MINOR, published("03-10 12:00"), until="03-10 12:00:01")

    assert case.clock("resolution").breached_at == ny("03-10 12:00")


def test_published_early_with_the_fix_it_is_met() -> None:
    case = judged(planned("09:00", "03-20 12:00"), MINOR, published("03-10 12:00", "A"), until="03-31 12:00")

    clock = case.clock("resolution")
    assert (clock.state, clock.met_at, clock.due_at) == ("met", ny("03-10 12:00"), ny("03-10 12:00"))


def test_a_release_without_a_plan_counts_as_planned_when_it_is_published() -> None:
    case = judged(
        MINOR, reported("10:00", severity="minor", incident="B"), published("03-10 12:00", "B"), until="03-11 12:00"
    )

    assert case.clock("resolution").breached_at == ny("03-10 12:00")
    assert case.state("resolution", incident="B") == "met"


def test_a_fix_of_another_severity_resolves_it_too() -> None:
    case = judged(reported("10:00"), event("10:10", "responded"), published("12:00", "A"), until="18:00")

    assert case.clock("resolution").met_at == ny("12:00")
    assert case.clock("contact").met_at == ny("12:00")


def test_a_published_fix_answers_an_unanswered_incident() -> None:
    case = judged(MINOR, published("12:00", "A"), until="13:00")

    assert case.clock("response").met_at == ny("12:00")


def test_a_published_fix_of_what_is_resolved_or_unknown_changes_nothing() -> None:
    case = judged(MINOR, event("11:00", "resolved"), published("12:00", "A", "nobody"), until="13:00")

    assert case.clock("resolution").met_at == ny("11:00")


def test_after_a_suspension_it_is_the_first_release_after_the_reinstatement() -> None:
    case = judged(
        planned("09:00", "03-10 12:00"),
        planned("09:00", "03-20 12:00", "r2"),
        MINOR,
        event("03-09 12:00", "agreement.suspended"),
        event("03-10 12:00", "agreement.reinstated"),
    )

    assert case.due("resolution") == ny("03-20 12:00")


def test_resumed_before_the_release_it_is_due_at_it_as_before() -> None:
    case = judged(
        planned("09:00", "03-10 12:00"),
        MINOR,
        event("03-03 12:00", "waiting", on="information"),
        event("03-09 12:00", "resumed"),
    )

    assert case.due("resolution") == ny("03-10 12:00")


def test_resumed_with_no_release_left_it_has_no_due() -> None:
    case = judged(
        planned("09:00", "03-10 12:00"),
        MINOR,
        event("03-09 12:00", "waiting", on="information"),
        event("03-11 12:00", "resumed"),
        until="03-31 12:00",
    )

    assert (case.state("resolution"), case.due("resolution")) == ("running", None)


def test_while_paused_a_release_passes_it_by() -> None:
    case = judged(
        planned("09:00", "03-10 12:00"), MINOR, event("03-10 12:00", "agreement.suspended"), until="03-31 12:00"
    )

    assert (case.state("resolution"), case.due("resolution")) == ("paused", None)


def test_a_release_planned_anew_while_paused_counts_at_the_resume() -> None:
    case = judged(
        planned("09:00", "03-10 12:00"),
        MINOR,
        event("03-09 12:00", "waiting", on="information"),
        planned("03-09 13:00", "03-18 12:00"),
        event("03-12 12:00", "resumed"),
    )

    assert case.due("resolution") == ny("03-18 12:00")


def test_reopened_it_is_due_at_the_next_release_after_the_reopening() -> None:
    case = judged(
        planned("09:00", "03-10 12:00"),
        planned("09:00", "03-20 12:00", "r2"),
        MINOR,
        published("03-10 12:00", "A"),
        event("03-12 09:00", "reopened"),
    )

    assert case.state("resolution", 1) == "met"
    assert case.due("resolution", 2) == ny("03-20 12:00")


def test_reclassified_to_minor_it_is_the_next_release_after_the_change() -> None:
    case = judged(
        planned("09:00", "03-03 12:00"),
        planned("09:00", "03-20 12:00", "r2"),
        reported("10:00", severity="major"),
        event("03-03 09:00", "reclassified", severity="minor"),
        until="03-03 09:10",
    )

    assert case.due("resolution") == ny("03-03 12:00")


def test_reclassified_to_minor_and_planned_anew_it_never_comes_before_what_was_due() -> None:
    case = judged(
        planned("09:00", "03-20 12:00"),
        reported("10:00", severity="major"),
        event("11:00", "reclassified", severity="minor"),
        planned("11:10", "18:00"),
        until="11:20",
    )

    assert case.due("resolution") == ny("03-03 10:00")


UPWARD = event("11:00", "reclassified", severity="critical")
SOON = planned("09:00", "13:00")
"""A release that comes before the six hours of a critical incident are over."""


def test_raised_with_a_release_sooner_than_the_new_target_the_due_goes_on_following_the_release() -> None:
    brought_nearer = judged(SOON, MINOR, UPWARD, planned("11:30", "12:00"), until="11:40")
    moved_out = judged(SOON, MINOR, UPWARD, planned("11:30", "15:00"), until="11:40")

    assert brought_nearer.due("resolution") == ny("12:00")
    assert moved_out.due("resolution") == ny("15:00")
    assert moved_out.clock("resolution").clause == "JS-6"


def test_raised_it_follows_the_release_no_further_than_the_new_target() -> None:
    case = judged(SOON, MINOR, UPWARD, planned("11:30", "03-05 12:00"), until="11:40")

    why = case.why("resolution")
    assert case.due("resolution") == ny("17:00")
    assert (why.counted, why.total) == (timedelta(hours=6), timedelta(hours=6))


def test_raised_past_its_release_it_follows_no_release_any_more() -> None:
    case = judged(planned("09:00", "03-05 12:00"), MINOR, UPWARD, planned("11:30", "12:00"), until="11:40")

    assert case.due("resolution") == ny("17:00")


@pytest.mark.parametrize(
    ("before", "due"),
    [([], "17:00"), ([planned("09:00", "12:30")], "12:00"), ([planned("09:00", "03-05 12:00")], "17:00")],
)
def test_raised_in_a_period_that_is_cancelled_it_follows_only_what_it_followed_then(
    before: list[Line], due: str
) -> None:
    case = judged(
        hosted("09:00", ("12:00", "13:00")),
        *before,
        MINOR,
        UPWARD,
        planned("11:30", "12:00"),
        event("11:40", "hosted_event.cancelled", hosted_event="H"),
        until="11:45",
    )

    assert case.due("resolution") == ny(due)
    assert case.clock("resolution").clause == "JS-6"


def test_a_release_that_passed_before_it_was_planned_anew_moves_nothing() -> None:
    case = judged(
        planned("09:00", "03-02 14:00"),
        reported("10:00", severity="major"),
        event("11:00", "reclassified", severity="minor"),
        planned("15:00", "03-20 12:00"),
        until="16:00",
    )

    assert case.due("resolution") == ny("03-03 10:00")


def test_minor_has_no_threshold_clocks() -> None:
    case = judged(MINOR, until="10:05")

    assert case.targets() == [("resolution", 1), ("response", 1)]


# ------------------------------------------------------------------------------------------------------ in the portal


def test_staff_and_client_see_that_no_release_is_planned_yet(juno: Desk) -> None:
    incident = juno.report("10:00", "minor")

    staff = juno.read("10:01", f"/incidents/{incident.pk}/", by=juno.manager)
    client = juno.read("10:01", f"/support/{incident.pk}/", by=juno.contact)

    assert clock_of(incident, "resolution").due_at is None
    assert "No release planned" in staff
    assert "No release planned" in client


def test_a_release_planned_on_the_page_gives_the_date_and_the_flagger_breaks_it_there(juno: Desk) -> None:
    incident = juno.report("10:00", "minor")
    juno.work("10:10", incident, "reply", body="It comes with the next release.")
    plan = {"product": juno.agreement.product_id, "ref": "2026.2", "planned_at": "2026-03-05T12:00"}
    juno.send("11:00", "/releases/new/", by=juno.manager, **plan)

    planned = clock_of(incident, "resolution").due_at
    juno.flag("03-05 12:00")

    assert planned == ny("03-05 12:00")
    assert clock_of(incident, "resolution").breached_at == ny("03-05 12:00")


def test_a_release_published_on_the_page_resolves_what_it_fixes(juno: Desk) -> None:
    fixed, left = juno.report("10:00", "minor"), juno.report("10:00", "minor")
    plan = {"product": juno.agreement.product_id, "ref": "2026.2", "planned_at": "2026-03-05T12:00"}
    juno.send("11:00", "/releases/new/", by=juno.manager, **plan)
    release = Release.objects.get()

    juno.send("03-04 12:00", f"/releases/{release.pk}/publish/", by=juno.manager, fixes=[fixed.pk], notes="It works.")
    juno.flag("03-04 12:00:01")

    assert clock_of(fixed, "resolution").state == "met"
    assert clock_of(left, "resolution").breached_at == ny("03-04 12:00")


def test_both_sides_read_the_three_targets_and_their_clause(juno: Desk) -> None:
    incident = juno.report("10:00", "minor")
    plan = {"product": juno.agreement.product_id, "ref": "2026.2", "planned_at": "2026-03-12T12:00"}
    juno.send("10:05", "/releases/new/", by=juno.manager, **plan)

    before = promises_of(juno, "10:06", incident)
    juno.work("11:00", incident, "reply", body="It comes with the next release.")

    assert before == {
        "First response": "Due Tue 3 Mar, 17:00 ET JS-9",
        "Resolution": "Due Thu 12 Mar, 12:00 ET JS-9",
    }
    # A week is 7 x 24 h, over the night in which the clocks change too.
    assert promises_of(juno, "11:01", incident)["Next update"] == "Due Mon 9 Mar, 12:00 ET, every 7 days JS-9"


def test_a_release_planned_anew_on_its_page_moves_the_date_that_both_sides_read(juno: Desk) -> None:
    incident = juno.report("10:00", "minor")
    plan = {"product": juno.agreement.product_id, "ref": "2026.2", "planned_at": "2026-03-05T12:00"}
    juno.send("10:05", "/releases/new/", by=juno.manager, **plan)

    address = f"/releases/{Release.objects.get().pk}/plan/"
    juno.send("10:10", address, by=juno.manager, planned_at="2026-03-06T12:00")

    assert promises_of(juno, "10:11", incident)["Resolution"] == "Due Fri 6 Mar, 12:00 ET JS-9"
