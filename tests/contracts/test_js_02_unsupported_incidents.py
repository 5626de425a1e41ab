"""JS-2: no promise for an unsupported incident, also when staff determine it after the report."""

from __future__ import annotations

import pytest

from credits.models import Entry, TimeEntry
from portal.alerts.models import Message
from portal.clocks.models import Breach, Clock
from portal.journal.models import Finding
from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import event, judged, ny, reported


def test_a_determination_voids_the_clocks_that_are_unmet_and_keeps_the_met_ones() -> None:
    case = judged(
        reported("10:00"),
        event("10:10", "responded"),
        event("10:20", "determined", category="other", reason="Their own script did it."),
        until="10:25",
    )

    assert case.state("response") == "met"
    assert {case.state(name) for name in ("contact", "resolution", "resolution_credit")} == {"void"}


def test_a_determination_is_found_with_its_clause() -> None:
    case = judged(
        reported("10:00"), event("10:20", "determined", category="enhancement", reason="A wish."), until="12:00"
    )

    assert [(row.kind, row.subject, row.clause) for row in case.findings] == [("unsupported", "incident:A", "JS-2")]


def test_nothing_starts_after_the_determination() -> None:
    case = judged(
        reported("10:00"),
        event("10:20", "determined", category="general", reason="A question."),
        event("10:25", "responded"),
        event("10:26", "contacted"),
        event("11:00", "reclassified", severity="major"),
        event("11:30", "resolved"),
        event("12:00", "reopened"),
        until="13:00",
    )

    assert case.targets() == [("resolution", 1), ("resolution_credit", 1), ("response", 1), ("response_credit", 1)]
    assert case.summary.breaches == 0


def test_a_determination_at_the_due_instant_comes_before_the_breach() -> None:
    case = judged(reported("10:00"), event("10:30", "determined", category="other", reason="Theirs."), until="11:00")

    assert case.state("response") == "void"
    assert case.clock("response").breached_at is None


def test_an_unmet_clock_is_void_although_it_was_late_already() -> None:
    case = judged(reported("10:00"), event("10:31", "determined", category="other", reason="Theirs."), until="11:00")

    assert case.state("response") == "void"
    assert case.clock("response").breached_at is None
    assert case.clock("response").met_at is None


def test_a_breach_of_a_clock_that_was_met_late_outlives_the_determination() -> None:
    case = judged(
        reported("10:00"),
        event("10:45", "responded"),
        event("10:50", "determined", category="other", reason="Theirs."),
        until="11:00",
    )

    assert case.state("response") == "breached"
    assert case.clock("response").breached_at == ny("10:30")


def test_a_determination_after_the_resolution_undoes_nothing_that_was_met() -> None:
    case = judged(
        reported("10:00"),
        event("10:20", "responded"),
        event("11:00", "resolved"),
        event("12:00", "determined", category="general", reason="A question after all."),
        until="13:00",
    )

    assert case.state("resolution") == "met"
    assert [row.kind for row in case.findings] == ["unsupported"]


def test_a_suspended_client_learns_of_an_unsupported_incident_only_that() -> None:
    case = judged(event("09:00", "agreement.suspended"), reported("10:00", category="general"), until="11:00")

    assert [row.kind for row in case.findings] == ["unsupported"]


# ------------------------------------------------------------------------------------------------------ in the portal


def test_staff_record_it_with_a_reason_and_the_client_reads_the_reason(juno: Desk) -> None:
    incident = juno.report("10:00")

    juno.work("10:10", incident, "unsupported", category="other", reason="Their own script did it.")

    assert clock_of(incident, "response").state == "void"
    assert Finding.objects.get().clause == "JS-2"
    assert Message.objects.filter(kind="incident_determined", queued_at=ny("10:10")).exists()
    assert "Their own script did it." in juno.read("10:11", f"/support/{incident.pk}/", by=juno.contact)


def test_without_a_reason_nothing_is_recorded(juno: Desk) -> None:
    incident = juno.report("10:00")

    response = juno.send("10:10", f"/incidents/{incident.pk}/unsupported/", by=juno.manager, category="other")

    assert "reason" in response.context["form"].errors
    assert clock_of(incident, "response").state == "running"


def test_the_flagger_finds_nothing_to_break_afterwards(juno: Desk) -> None:
    incident = juno.report("10:00")
    juno.work("10:10", incident, "unsupported", category="general", reason="A question.")

    juno.flag("18:00")

    assert not Breach.objects.exists()


@pytest.mark.parametrize("category", ["general", "enhancement", "other"])
def test_what_support_does_not_cover_is_answered_and_solved_without_a_charge(juno: Desk, category: str) -> None:
    incident = juno.report("10:00", category=category)

    juno.work("10:10", incident, "reply", body="Here is how.")
    juno.work("10:20", incident, "resolve", how="fix", body="Done.")

    page = juno.read("10:30", f"/support/{incident.pk}/", by=juno.contact)
    assert "JS-2" in page
    assert not Clock.objects.exists()
    assert not Entry.objects.exists()
    assert not TimeEntry.objects.exists()
