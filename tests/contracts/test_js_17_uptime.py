"""JS-17: up 99 % of the month and 99.9 % of its hosted periods, exactly; force majeure is no downtime."""

from __future__ import annotations

import pytest
from django.urls import reverse

from incidents.models import Incident, Outage
from tests.contracts.desk import Desk
from tests.contracts.downtime import march, outage, window
from tests.contracts.judging import hosted, judged, ny

HEAD = "03-01 00:00"
HOUR = 3600
ON_AIR = hosted(HEAD, ("03-10 11:30", "03-10 21:00"))
"""A period of 10:00 to 21:30, 11 h 30 min: a thousandth of it is 41.4 s."""


@pytest.mark.parametrize(("end", "met"), [("03-10 07:25:48", True), ("03-10 07:25:48.000001", False)])
def test_exactly_99_percent_is_met_and_a_microsecond_less_is_not(end: str, met: bool) -> None:
    assert march(outage("03-10 00:00", end))["met"] is met


@pytest.mark.parametrize(("end", "met"), [("03-10 12:00:41.400000", True), ("03-10 12:00:41.400001", False)])
def test_a_hosted_period_needs_999_in_a_thousand(end: str, met: bool) -> None:
    assert march(ON_AIR, outage("03-10 12:00", end))["met"] is met


def test_a_minute_counts_once_however_many_outages_name_it() -> None:
    figure = march(outage("03-10 00:00", "03-10 02:00", "A"), outage("03-10 01:00", "03-10 03:00", "B"))

    assert figure["counted_downtime_seconds"] == 3 * HOUR


def test_force_majeure_counts_nothing_and_shields_nothing() -> None:
    figure = march(
        outage("03-10 00:00", "03-10 04:00", "A", cause="force_majeure"), outage("03-10 01:00", "03-10 02:00", "B")
    )

    assert figure["counted_downtime_seconds"] == HOUR
    assert figure["scheduled_seconds"] == 0


@pytest.mark.parametrize("cause", ["client", "network", "emergency"])
def test_every_other_cause_counts_under_these_terms(cause: str) -> None:
    assert march(outage("03-10 00:00", "03-10 01:00", cause=cause))["counted_downtime_seconds"] == HOUR


def test_scheduled_downtime_leaves_the_total() -> None:
    figure = march(
        window(HEAD, "03-10 00:00", "03-10 10:00"),
        outage("03-10 00:00", "03-10 10:00", "A"),
        outage("03-11 00:00", "03-11 07:19:48", "B"),  # A hundredth of 733 hours.
    )

    assert (figure["uptime"], figure["met"]) == ("99.0000", True)


def test_an_open_outage_counts_up_to_now_and_the_month_is_provisional() -> None:
    figure = march(outage("03-10 00:00", None), until="03-10 05:00")

    assert (figure["counted_downtime_seconds"], figure["partial"]) == (5 * HOUR, True)


def test_on_premise_there_is_nothing_to_measure() -> None:
    case = judged(outage("03-10 00:00", "03-10 05:00"), until="04-01 00:00", hosting="on_premise")

    assert (case.judgement.availability, list(case.rows)) == ([], [])


# ------------------------------------------------------------------------------------------------------ on the pages


@pytest.fixture
def down(juno: Desk) -> Incident:
    return juno.report("10:00", category="availability")


@pytest.mark.django_db
def test_an_availability_incident_is_not_closed_before_its_downtime_is_said(juno: Desk, down: Incident) -> None:
    address = f"/incidents/{down.pk}/resolve/"

    refused = juno.send("12:00", address, by=juno.manager, how="fix", body="It is back.")
    juno.work("12:00", down, "resolve", how="fix", body="It is back.", start="2026-03-02T09:50", end="2026-03-02T11:40")

    outage_row = Outage.objects.get()
    assert refused.status_code == 200
    assert (outage_row.incident, outage_row.starts_at, outage_row.ends_at) == (down, ny("09:50"), ny("11:40"))


@pytest.mark.django_db
def test_a_reasoned_no_downtime_closes_it_too(juno: Desk, down: Incident) -> None:
    juno.work("12:00", down, "resolve", how="fix", body="It is back.", no_downtime="One browser alone.")

    down.refresh_from_db()
    assert not down.is_open
    assert not Outage.objects.exists()


@pytest.mark.django_db
def test_the_client_reads_each_months_figure_with_the_minutes_behind_it(juno: Desk) -> None:
    new = reverse("outage_new", args=[juno.agreement.pk])
    juno.send("12:00", new, by=juno.manager, start="2026-03-02T09:00", end="2026-03-02T11:00", cause="unscheduled")

    page = juno.read("12:00", reverse("availability", args=[juno.agreement.pk]), by=juno.contact)

    assert "March 2026" in page
    assert f"Outage {Outage.objects.get().ref}" in page
    # Monday noon: 36 hours of March are over.
    assert "94.4444 %" in page
