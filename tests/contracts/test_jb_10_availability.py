"""JB-10: available 99 % of the month; what the client, announced work, networks and emergencies cost does not count."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal.journal.models import Finding
from tests.contracts.desk import Desk
from tests.contracts.downtime import march, outage, window
from tests.contracts.judging import Line, judged, ny

HOUR = 3600
BEGIN = "03-01 00:00"


def figure(*lines: Line, **header: Any) -> dict[str, Any]:
    return march(*lines, terms="jbi-support", **header)


@pytest.mark.parametrize(("end", "met"), [("03-10 07:25:48", True), ("03-10 07:25:48.000001", False)])
def test_exactly_99_percent_is_met_and_a_microsecond_less_is_not(end: str, met: bool) -> None:
    assert figure(outage("03-10 00:00", end))["met"] is met


@pytest.mark.parametrize("cause", ["client", "network", "emergency", "force_majeure"])
def test_causes_outside_the_providers_hands_do_not_count(cause: str) -> None:
    row = figure(outage("03-10 00:00", "03-10 20:00", cause=cause))

    assert (row["counted_downtime_seconds"], row["uptime"]) == (0, "100.0000")


def test_what_is_not_counted_stays_in_the_month() -> None:
    row = figure(
        window(BEGIN, "03-10 00:00", "03-10 20:00"),
        outage("03-10 00:00", "03-10 20:00", "A"),
        outage("03-11 00:00", "03-11 07:25:48", "B"),  # A hundredth of all 743 hours.
    )

    assert (row["uptime"], row["met"]) == ("99.0000", True)


@pytest.mark.parametrize(
    ("announced", "counted"), [("03-09 23:59:59", 0), ("03-10 00:00", HOUR), ("03-10 00:30", HOUR)]
)
def test_any_window_announced_before_its_start_shields(announced: str, counted: int) -> None:
    row = figure(window(announced, "03-10 00:00", "03-10 05:00"), outage("03-10 00:00", "03-10 01:00"))

    assert row["counted_downtime_seconds"] == counted


def test_there_is_no_allowance_of_ten_hours() -> None:
    lines = window(BEGIN, "03-10 00:00", "03-11 00:00"), outage("03-10 00:00", "03-11 00:00")

    assert figure(*lines)["counted_downtime_seconds"] == 0
    assert judged(*lines, terms="jbi-support", until="04-01 00:00").findings == []


def test_under_a_day_of_notice_is_only_flagged() -> None:
    (finding,) = judged(window("03-09 12:00", "03-10 00:00", "03-10 05:00"), terms="jbi-support").findings

    assert (finding.kind, finding.clause, finding.at) == (
        "scheduled_downtime_notice",
        "JB-10",
        ny("03-09 12:00"),
    )


def test_it_never_costs_a_credit_and_promises_no_end_of_an_outage() -> None:
    case = judged(outage("03-10 00:00", "03-20 00:00"), terms="jbi-support", until="04-01 00:00")

    assert (case.judgement.credits, list(case.rows)) == ([], [])


@pytest.mark.django_db
def test_on_its_page_the_client_reads_what_counts_and_why_the_rest_does_not(jbi: Desk) -> None:
    new = reverse("outage_new", args=[jbi.agreement.pk])
    for start, end, cause in (("08:00", "09:00", "unscheduled"), ("10:00", "11:00", "network")):
        times = {"start": f"2026-03-02T{start}", "end": f"2026-03-02T{end}"}
        jbi.send("12:00", new, by=jbi.manager, **times, cause=cause)

    page = jbi.read("12:00", reverse("availability", args=[jbi.agreement.pk]), by=jbi.contact)

    # Monday noon: 36 hours of March are over, one of them counts.
    assert "97.2222 %" in page
    assert "Networks outside our control: stays in the month, is no downtime" in page
    assert "JB-10" in page


@pytest.mark.django_db
def test_a_late_notice_is_announced_after_a_warning_and_marked(jbi: Desk) -> None:
    new = reverse("maintenance_new", args=[jbi.agreement.pk])
    night = {"start": "2026-03-03T02:00", "end": "2026-03-03T04:00", "purpose": "New disks."}

    asked = jbi.send("12:00", new, by=jbi.manager, **night)
    jbi.send("12:00", new, by=jbi.manager, **night, overlaps_accepted="on")

    assert "and will be marked so" in asked.content.decode()
    assert Finding.objects.get().kind == "scheduled_downtime_notice"
