"""JB-12: an incident on a version marked beta is unsupported."""

from __future__ import annotations

from portal.clocks.models import Clock
from portal.journal.models import Finding
from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import event, judged, ny, reported


def test_a_beta_has_no_clock_and_a_finding_at_the_report() -> None:
    case = judged(
        reported("10:00", version="3.0b2", beta=True),
        event("11:00", "reproduced"),
        event("03-09 10:00", "resolved"),
        terms="jbi-support",
    )

    assert case.targets() == []
    assert [(row.kind, row.subject, row.at, row.clause) for row in case.findings] == [
        ("unsupported", "incident:A", ny("10:00"), "JB-12")
    ]


def test_a_version_that_is_not_marked_beta_is_supported_whatever_it_is_called() -> None:
    case = judged(reported("10:00", version="3.0b2"), terms="jbi-support")

    assert case.targets() == [("response", 1)]
    assert case.findings == []


# ------------------------------------------------------------------------------------------------------ in the portal


def test_a_report_on_a_beta_is_kept_without_a_clock_and_says_why(jbi: Desk) -> None:
    incident = jbi.report("10:00", version="3.0b2", beta="on")

    page = jbi.read("10:01", f"/support/{incident.pk}/", by=jbi.contact)

    assert not Clock.objects.exists()
    assert Finding.objects.get(subject=f"incident:{incident.ref}").clause == "JB-12"
    assert "JB-12" in page


def test_the_same_version_without_the_mark_is_supported_and_has_its_clock(jbi: Desk) -> None:
    incident = jbi.report("10:00", version="3.0b2")

    assert clock_of(incident, "response").due_at == ny("11:00")
    assert not Finding.objects.exists()


def test_terms_without_the_clause_ask_nothing_about_betas(juno: Desk) -> None:
    assert "beta" not in juno.read("10:00", "/support/new/", by=juno.contact)
