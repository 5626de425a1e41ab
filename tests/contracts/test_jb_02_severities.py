"""JB-2: severities and times are the table's; the preset's are stand-ins and say so."""

from __future__ import annotations

import pytest

from portal.contract.bad_line import BadLine
from portal.contract.terms import library_document, read_terms
from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import event, judged, ny, reported
from tests.factories import AgreementFactory


@pytest.mark.parametrize(
    ("severity", "response", "resolution"),
    [
        ("critical", "11:00", "03-03 10:00"),
        ("high", "12:00", "03-04 10:00"),
        ("normal", "03-03 17:00", "03-09 17:00"),
        ("low", "03-04 17:00", "03-20 12:00"),
    ],
)
def test_the_demonstrations_table(severity: str, response: str, resolution: str) -> None:
    case = judged(
        event("09:00", "release.planned", release="r", planned_at=ny("03-20 12:00").isoformat()),
        reported("10:00", severity=severity),
        event("10:00", "reproduced"),
        terms="jbi-support",
    )

    assert (case.due("response"), case.clock("response").clause) == (ny(response), "JB-4")
    assert (case.due("resolution"), case.clock("resolution").clause) == (ny(resolution), "JB-5")


def test_without_any_severity_in_the_table_a_report_is_a_bad_line() -> None:
    bare = library_document("jbi-support")
    bare["support"]["severities"] = []

    with pytest.raises(BadLine, match="line 2: severity: 'critical' is no severity of these terms; they have none"):
        judged(reported("10:00"), event("11:00", "reclassified", severity="high"), terms=bare)


def test_there_is_no_contact_frequency_and_no_credit_threshold() -> None:
    case = judged(reported("10:00"), event("10:10", "reproduced"), event("10:20", "responded"), terms="jbi-support")

    assert case.targets() == [("resolution", 1), ("response", 1)]


def test_the_terms_say_that_their_table_is_a_stand_in() -> None:
    support = read_terms("jbi-support").document.support

    assert support is not None
    assert support.severities_missing is not None
    assert {severity.response.basis for severity in support.severities if severity.response} == {"assumed"}


def test_another_contracts_severity_is_refused() -> None:
    with pytest.raises(BadLine, match="major"):
        judged(reported("10:00", severity="major"), terms="jbi-support")


def test_an_agreements_own_table_replaces_the_stand_ins() -> None:
    overrides = {"severities": {"normal": {"response": "PT4H", "contact": "P1D"}}}

    case = judged(
        reported("15:00", severity="normal"), event("16:00", "responded"), terms="jbi-support", overrides=overrides
    )

    assert case.clock("response").due_at == ny("03-03 11:00")
    assert case.due("contact") == ny("03-05 16:00")  # 24 hours of support time.


def test_events_of_families_that_it_has_no_section_for_are_counted_and_ignored() -> None:
    case = judged(
        event("09:00", "engagement.noticed", engagement="e"),
        event("09:00", "implementation.planned", implementation="i", go_live=None),
        reported("10:00"),
        terms="jbi-support",
    )

    assert case.summary.ignored == 2
    assert case.summary.incidents == 1


# ------------------------------------------------------------------------------------------------------ in the portal


@pytest.mark.parametrize(
    ("severity", "response", "resolution"),
    [("critical", "11:00", "03-03 10:10"), ("high", "12:00", "03-04 10:10"), ("normal", "03-03 17:00", "03-09 17:00")],
)
def test_what_is_reported_on_the_page_is_due_by_the_table(
    jbi: Desk, severity: str, response: str, resolution: str
) -> None:
    incident = jbi.report("10:00", severity)
    jbi.work("10:10", incident, "reproduced")

    assert clock_of(incident, "response").due_at == ny(response)
    assert clock_of(incident, "resolution").due_at == ny(resolution)


def test_the_page_of_the_report_says_what_each_severity_promises(jbi: Desk) -> None:
    page = jbi.read("10:00", "/support/new/", by=jbi.contact).replace("\xa0", " ")
    assert "First response within 1 h, resolution within 8 h." in page
    assert "First response within 2 h, resolution within 16 h." in page
    assert "First response within 1 business day, resolution within 5 business days." in page
    assert "resolution with the next release." in page


def test_a_severity_that_the_table_lacks_is_refused_on_the_page(jbi: Desk) -> None:
    fields = {"title": "Down", "description": "A 503.", "category": "availability", "severity": "major"}

    response = jbi.send("10:00", "/support/new/", by=jbi.contact, **fields)

    assert "“major” is none of the choices." in str(response.context["form"].errors["severity"])


def test_an_agreement_is_not_activated_by_a_page_before_its_table_is_filled_in(jbi: Desk) -> None:
    draft = AgreementFactory(preset="jbi-support", client=jbi.agreement.client, draft=True)

    jbi.send("10:00", f"/agreements/{draft.pk}/activate/", by=jbi.manager)
    page = jbi.read("10:00", f"/agreements/{draft.pk}/", by=jbi.manager)

    draft.refresh_from_db()
    assert "Fill in the table of severities and times" in page
    assert draft.activated_at is None
