"""JS-5: what each severity means stands beside the choice, in our own words."""

from __future__ import annotations

from portal.contract.terms import read_terms
from tests.contracts.desk import Desk


def test_the_report_shows_what_each_severity_means_and_the_clause(juno: Desk) -> None:
    page = juno.read("10:00", "/support/new/", by=juno.contact)

    support = read_terms("juno-live-support").document.support
    assert support is not None
    assert [severity.name for severity in support.severities] == ["critical", "major", "minor"]
    for severity in support.severities:
        assert severity.meaning is not None
        assert severity.meaning.clause == "JS-5"
        assert severity.meaning.value in page


def test_staff_who_reclassify_read_the_same(juno: Desk) -> None:
    incident = juno.report("10:00", "minor")

    page = juno.read("10:10", f"/incidents/{incident.pk}/reclassify/", by=juno.manager)

    assert "so badly affected" in page
    assert "touches very few people" in page
