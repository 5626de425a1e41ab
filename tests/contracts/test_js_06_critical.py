"""JS-6: critical is answered within 30 minutes, told every 30 minutes, resolved within 6 hours, day and night."""

from __future__ import annotations

import pytest

from portal.clocks.models import BreachVoid, Clock
from tests.contracts.desk import Desk, clock_of, promises_of
from tests.contracts.judging import event, judged, ny, reported


def test_the_three_targets_of_a_critical_incident() -> None:
    case = judged(reported("03-07 23:50"), event("03-08 00:10", "responded"), until="03-08 00:11")

    assert case.due("response") == ny("03-08 00:20")
    assert case.due("contact") == ny("03-08 00:40")
    assert case.due("resolution") == ny("03-08 06:50")  # Six real hours: this night has no 02:00.
    assert {case.clock(name).clause for name in ("response", "contact", "resolution")} == {"JS-6"}
    assert {row.owed_by for row in case.rows.values()} == {"provider"}


@pytest.mark.parametrize(("resolved", "state"), [("16:00", "met"), ("16:00:01", "breached")])
def test_six_hours_are_the_resolutions_target(resolved: str, state: str) -> None:
    case = judged(reported("10:00"), event("10:05", "responded"), event(resolved, "resolved"), until="17:00")

    assert case.state("resolution") == state


@pytest.mark.parametrize("on", ["client", "third_party"])
def test_waiting_for_the_client_or_a_third_party_pauses_nothing(on: str) -> None:
    case = judged(reported("10:00"), event("10:10", "responded"), event("10:20", "waiting", on=on), until="10:30")

    assert case.due("contact") == ny("10:40")
    assert case.due("resolution") == ny("16:00")
    assert case.due("resolution_credit") == ny("16:00")
    assert {row.state for row in case.rows.values()} == {"met", "running"}


def test_the_contact_goes_on_every_half_hour_until_the_resolution() -> None:
    contacts = [event(at, "contacted") for at in ("10:40", "11:10", "11:41")]

    case = judged(reported("10:00"), event("10:10", "responded"), *contacts, event("12:00", "resolved"), until="13:00")

    assert [case.state("contact", n) for n in (1, 2, 3, 4)] == ["met", "met", "breached", "met"]


def test_other_targets_are_an_override_and_move_no_threshold() -> None:
    overrides = {"severities": {"critical": {"response": "PT15M", "resolution": "PT2H", "contact": "PT10M"}}}

    case = judged(reported("10:00"), event("10:05", "responded"), overrides=overrides, until="10:06")

    assert (case.due("response"), case.due("resolution")) == (ny("10:15"), ny("12:00"))
    assert case.due("contact") == ny("10:15")
    assert (case.due("response_credit"), case.due("resolution_credit")) == (ny("10:30"), ny("16:00"))


# ------------------------------------------------------------------------------------------------------ in the portal


@pytest.mark.parametrize(("flagged", "broken"), [("10:29:59.999999", False), ("10:30", True), ("11:00", True)])
def test_the_flagger_breaks_an_unanswered_critical_at_its_due_instant(juno: Desk, flagged: str, broken: bool) -> None:
    incident = juno.report("10:00")

    juno.flag(flagged)

    response = clock_of(incident, "response")
    assert (response.state == "breached") is broken
    assert response.breached_at == (ny("10:30") if broken else None)


def test_an_answer_on_the_page_at_the_due_instant_is_in_time_although_it_was_flagged(juno: Desk) -> None:
    incident = juno.report("10:00")
    juno.flag("10:30")

    juno.work("10:30", incident, "reply", body="We are on it.")

    assert clock_of(incident, "response").state == "met"
    assert BreachVoid.objects.filter(breach__clock__target="response").exists()


def test_a_note_is_no_response_and_a_public_message_is(juno: Desk) -> None:
    incident = juno.report("10:00")

    juno.work("10:05", incident, "note", body="Looks like the cache.")
    after_note = clock_of(incident, "response").state
    juno.work("10:10", incident, "reply", body="We are on it.")

    assert after_note == "running"
    assert clock_of(incident, "response").met_at == ny("10:10")
    assert clock_of(incident, "contact").due_at == ny("10:40")


def test_staff_who_report_on_the_clients_behalf_have_not_answered(juno: Desk) -> None:
    juno.send(
        "10:00",
        f"/incidents/new/?agreement={juno.agreement.pk}",
        by=juno.manager,
        title="Down",
        description="By phone.",
        category="availability",
        severity="critical",
    )

    assert Clock.objects.get(target="response").state == "running"


def test_what_the_client_writes_is_no_contact(juno: Desk) -> None:
    incident = juno.report("10:00")
    juno.work("10:10", incident, "reply", body="We are on it.")

    juno.answer("10:20", incident)

    assert clock_of(incident, "contact").due_at == ny("10:40")


def test_both_sides_read_the_three_targets_and_their_clause(juno: Desk) -> None:
    incident = juno.report("10:00")

    juno.work("10:10", incident, "reply", body="We are on it.")

    assert promises_of(juno, "10:11", incident) == {
        "First response": "Met 10:10 ET JS-6",
        "Next update": "Due 10:40 ET, every 30 min JS-6",
        "Resolution": "Due 16:00 ET JS-6",
    }


def test_day_and_night_each_update_starts_the_next_half_hour_until_the_resolution(juno: Desk) -> None:
    incident = juno.report("23:00")

    for when in ("23:10", "23:40", "03-03 00:05"):
        juno.work(when, incident, "reply", body="We are on it.")
    gaps = [clock_of(incident, "contact", number).due_at for number in (1, 2, 3)]
    juno.work("03-03 00:30", incident, "resolve", how="fix", body="Done.", no_downtime="One page alone failed.")
    juno.flag("03-03 12:00")

    assert gaps == [ny("23:40"), ny("03-03 00:10"), ny("03-03 00:35")]
    assert [clock_of(incident, "contact", number).state for number in (1, 2, 3)] == ["met"] * 3
    assert not Clock.objects.filter(state__in=["running", "breached"]).exists()


def test_what_is_not_resolved_within_six_hours_and_not_told_of_is_broken(juno: Desk) -> None:
    incident = juno.report("10:00")
    juno.work("10:10", incident, "reply", body="We are on it.")

    juno.flag("10:40")
    juno.flag("15:59:59")
    before = clock_of(incident, "resolution").state
    juno.flag("16:00")

    assert clock_of(incident, "contact").breached_at == ny("10:40")
    assert (before, clock_of(incident, "resolution").breached_at) == ("running", ny("16:00"))


@pytest.mark.parametrize("on", ["client", "third_party"])
def test_on_the_page_a_wait_pauses_nothing(juno: Desk, on: str) -> None:
    incident = juno.report("10:00")

    juno.work("10:05", incident, "wait", on=on)

    assert promises_of(juno, "10:06", incident) == {
        "First response": "Due 10:30 ET JS-6",
        "Resolution": "Due 16:00 ET JS-6",
    }
