"""JS-18: maintenance is announced a day ahead and takes at most 10 h a month; an outage ends within 6 h."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from incidents.models import MaintenanceWindow, Outage
from incidents.services import look_at_services
from portal.alerts.models import Message
from portal.clocks.models import Clock
from portal.contract.terms import library_document
from portal.journal.models import Finding
from tests.contracts.desk import Desk, schedule_event
from tests.contracts.downtime import march, outage, window
from tests.contracts.judging import Judged, event, judged, ny
from tests.factories import ContactFactory

HOUR = 3600


def clock(case: Judged, name: str = "O") -> Any:
    return case.rows.get((name, "outage_resolution", 1))


def test_an_outage_that_began_outside_every_window_and_turns_out_to_lie_in_one_is_void() -> None:
    agreed = window("03-10 12:00", "03-10 09:00", "03-10 14:00", agreed=True)

    case = judged(outage("03-10 10:00", "03-10 11:00"), agreed, until="03-10 13:00")

    assert clock(case).state == "void"


def test_an_open_outage_has_not_left_its_window_at_the_windows_last_instant() -> None:
    lines = window("03-01 00:00", "03-10 00:00", "03-10 05:00"), outage("03-10 00:00", None)

    at_the_end, after = judged(*lines, until="03-10 05:00"), judged(*lines, until="03-10 05:00:00.000001")

    assert clock(at_the_end) is None
    assert clock(after).due_at == ny("03-10 06:00")


def test_an_outage_keeps_the_terms_with_which_it_began() -> None:
    shorter = library_document("juno-live-support")
    shorter["availability"]["outage_resolution"]["value"] = "PT1H"
    lines = outage("03-10 00:00", None), event("03-10 00:10", "agreement.amended", terms=shorter)

    case = judged(*lines, outage("03-10 00:30", None, "P"), until="03-10 00:40")

    assert clock(case).due_at == ny("03-10 06:00")
    assert clock(case, "P").due_at == ny("03-10 01:30")


def test_a_quiet_window_changes_no_figure() -> None:
    figure = march(window("03-01 00:00", "03-10 00:00", "03-10 05:00"))

    assert (figure["scheduled_seconds"], figure["uptime"]) == (0, "100.0000")


@pytest.mark.parametrize(("announced", "counted"), [("03-09 00:00", 0), ("03-09 00:00:00.000001", HOUR)])
def test_a_day_of_notice_is_enough_and_an_instant_less_is_not(announced: str, counted: int) -> None:
    figure = march(window(announced, "03-10 00:00", "03-10 05:00"), outage("03-10 00:00", "03-10 01:00"))

    assert figure["counted_downtime_seconds"] == counted


def test_an_agreed_window_needs_no_notice_and_leaves_no_finding() -> None:
    lines = window("03-09 23:00", "03-10 00:00", "03-10 05:00", agreed=True), outage("03-10 00:00", "03-10 01:00")

    assert march(*lines)["scheduled_seconds"] == HOUR
    assert judged(*lines).findings == []


def test_a_short_notice_is_found_at_the_announcement() -> None:
    (finding,) = judged(window("03-09 23:00", "03-10 00:00", "03-10 05:00")).findings

    assert (finding.kind, finding.at, finding.subject) == (
        "scheduled_downtime_notice",
        ny("03-09 23:00"),
        "maintenance:W",
    )


@pytest.mark.parametrize(
    ("end", "counted", "found"), [("03-10 10:00", 0, False), ("03-10 10:00:01", 1, True), ("03-10 12:00", 7200, True)]
)
def test_exactly_ten_hours_are_allowed_and_the_excess_counts(end: str, counted: int, found: bool) -> None:
    lines = window("03-01 00:00", "03-10 00:00", "03-10 12:00"), outage("03-10 00:00", end)

    assert march(*lines)["counted_downtime_seconds"] == counted
    findings = judged(*lines, until="04-01 00:00").findings
    assert [(row.kind, row.at) for row in findings] == (
        [("scheduled_downtime_allowance", ny("03-10 10:00"))] if found else []
    )


def test_a_cancelled_window_shields_nothing() -> None:
    figure = march(
        window("03-01 00:00", "03-10 00:00", "03-10 05:00"),
        event("03-05 00:00", "maintenance.cancelled", maintenance="W"),
        outage("03-10 00:00", "03-10 01:00"),
    )

    assert figure["counted_downtime_seconds"] == HOUR


@pytest.mark.parametrize(("end", "state"), [("03-10 06:00", "met"), ("03-10 06:00:01", "breached")])
def test_an_outage_ends_within_six_hours_of_its_notification(end: str, state: str) -> None:
    row = clock(judged(outage("03-10 00:00", end)))

    assert (row.state, row.due_at, row.clause) == (state, ny("03-10 06:00"), "JS-18")


def test_the_six_hours_count_from_the_notification() -> None:
    row = clock(judged(outage("03-10 00:00", "03-10 07:00", notified_at=ny("03-10 02:00").isoformat())))

    assert (row.started_at, row.due_at) == (ny("03-10 02:00"), ny("03-10 08:00"))


def test_force_majeure_voids_the_six_hours() -> None:
    assert clock(judged(outage("03-10 00:00", "03-10 09:00", cause="force_majeure"))).state == "void"


def test_an_outage_wholly_inside_a_valid_window_has_no_clock_and_one_that_sticks_out_has() -> None:
    shield = window("03-01 00:00", "03-10 00:00", "03-10 08:00")

    inside = judged(shield, outage("03-10 00:00", "03-10 08:00"))
    beyond = judged(shield, outage("03-10 00:00", "03-10 08:00:01"))

    assert clock(inside) is None
    assert clock(beyond).state == "breached"


# -------------------------------------------------------------------------------------------- on the pages, and by beat


@pytest.fixture
def announce(juno: Desk) -> str:
    return reverse("maintenance_new", args=[juno.agreement.pk])


@pytest.mark.django_db
def test_the_announcement_mails_the_notice_to_the_support_contacts(juno: Desk, announce: str) -> None:
    contact = ContactFactory(client=juno.agreement.client)
    night = {"start": "2026-03-05T02:00", "end": "2026-03-05T04:00", "purpose": "New disks."}

    juno.send("12:00", announce, by=juno.manager, **night)

    message = Message.objects.get(kind="maintenance_announced")
    assert (message.address, message.mutable) == (contact.email, False)


@pytest.mark.django_db
def test_work_hours_and_hosted_periods_are_warned_of_before_saving(juno: Desk, announce: str) -> None:
    schedule_event(juno, "09:00", ("2026-03-05T19:00", "2026-03-05T20:00"))
    evening = {"start": "2026-03-05T16:00", "end": "2026-03-05T18:00", "purpose": "New disks."}

    asked = juno.send("12:00", announce, by=juno.manager, **evening)
    saved_before = MaintenanceWindow.objects.exists()
    juno.send("12:00", announce, by=juno.manager, **evening, overlaps_accepted="on")

    words = " ".join(asked.content.decode().split())
    assert "1 h of work hours" in words
    assert "on air from Thu 5 Mar, 17:30 to 18:00 ET" in words
    assert not saved_before
    assert MaintenanceWindow.objects.count() == 1


@pytest.mark.django_db
def test_the_flagger_breaches_an_open_outage_at_its_six_hours(juno: Desk) -> None:
    new = reverse("outage_new", args=[juno.agreement.pk])
    juno.send("10:00", new, by=juno.manager, start="2026-03-02T10:00", cause="unscheduled")

    early, flagged = juno.flag("15:59:59"), juno.flag("16:00")

    row = Clock.objects.get(subject_kind="outage")
    assert (early.breached, flagged.breached, row.breached_at) == (0, 1, ny("16:00"))


@pytest.mark.django_db
def test_the_beat_finds_the_allowance_used_up_while_the_outage_goes_on(juno: Desk, announce: str) -> None:
    night = {"start": "2026-03-04T18:00", "end": "2026-03-05T08:00", "purpose": "New disks."}
    juno.send("12:00", announce, by=juno.manager, **night)
    new = reverse("outage_new", args=[juno.agreement.pk])
    juno.send("03-04 18:00", new, by=juno.manager, start="2026-03-04T18:00", cause="unscheduled")

    look_at_services(now=ny("03-05 04:00"))
    before = Finding.objects.exists()
    look_at_services(now=ny("03-05 04:00:05"))

    assert not before
    assert Finding.objects.get().at == ny("03-05 04:00")
    assert Outage.objects.get().ends_at is None
