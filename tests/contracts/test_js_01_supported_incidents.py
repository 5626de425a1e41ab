"""JS-1: a failure of availability or a failure to conform is supported; everything else is not."""

from __future__ import annotations

import pytest

from portal.clocks.models import Clock
from portal.journal.models import Finding
from tests.contracts.desk import Desk
from tests.contracts.judging import event, judged, reported

ALL_CLOCKS = [("resolution", 1), ("resolution_credit", 1), ("response", 1), ("response_credit", 1)]


@pytest.mark.parametrize("category", ["availability", "nonconformity"])
def test_a_supported_category_has_every_clock(category: str) -> None:
    case = judged(reported("10:00", category=category), until="10:05")

    assert case.targets() == ALL_CLOCKS
    assert not case.findings


def test_a_report_without_a_category_is_a_nonconformity() -> None:
    case = judged(reported("10:00"), until="10:05")

    assert case.targets() == ALL_CLOCKS


@pytest.mark.parametrize("category", ["general", "enhancement", "other"])
@pytest.mark.parametrize("terms", ["juno-live-support", "jbi-support"])
def test_an_unsupported_category_has_no_clock_and_a_finding_at_the_report(category: str, terms: str) -> None:
    report = reported("10:00", category=category)

    case = judged(report, event("10:20", "responded"), event("12:00", "resolved"), until="18:00", terms=terms)

    assert case.targets() == []
    assert [(row.kind, row.subject) for row in case.findings] == [("unsupported", "incident:A")]
    assert case.findings[0].at.isoformat() == "2026-03-02T15:00:00+00:00"


def test_an_unsupported_incident_is_counted_as_reported() -> None:
    case = judged(reported("10:00", category="general"), reported("10:00", incident="B"), until="10:05")

    assert case.summary.incidents == 2
    assert case.summary.clocks == len(ALL_CLOCKS)


def test_an_incident_on_a_beta_version_is_supported_where_no_clause_excludes_it() -> None:
    case = judged(reported("10:00", beta=True), until="10:05")

    assert case.targets() == ALL_CLOCKS


# ------------------------------------------------------------------------------------------------------ in the portal


@pytest.mark.parametrize("category", ["availability", "nonconformity"])
def test_a_report_of_a_failure_starts_clocks(juno: Desk, category: str) -> None:
    incident = juno.report("10:00", category=category)

    assert incident.supported
    assert Clock.objects.filter(subject_ref=incident.ref).count() == len(ALL_CLOCKS)


@pytest.mark.parametrize("category", ["general", "enhancement", "other"])
def test_a_report_of_anything_else_is_kept_without_a_clock_and_the_client_is_told_so(juno: Desk, category: str) -> None:
    incident = juno.report("10:00", category=category)

    page = juno.read("10:01", f"/support/{incident.pk}/", by=juno.contact)
    assert not incident.supported
    assert not Clock.objects.exists()
    assert Finding.objects.get(subject=f"incident:{incident.ref}").kind == "unsupported"
    assert "JS-2" in page
