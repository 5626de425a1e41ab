"""What terms may hold and hardly mean is said, and nothing that a contract of the library holds is."""

from __future__ import annotations

import pytest

from portal.contract.oddities import oddities
from portal.contract.terms import library_names, read_terms


@pytest.mark.parametrize("name", sorted(library_names()))
def test_no_contract_of_the_library_is_odd(name: str) -> None:
    assert oddities(read_terms(name)) == []


def test_a_resolution_before_the_first_response_is_said() -> None:
    terms = read_terms("juno-live-support", {"severities": {"critical": {"response": "PT2H", "resolution": "PT1H"}}})

    assert oddities(terms) == [
        (
            "Critical: the resolution is due after 1 h, before the first response after 2 h. "
            "A resolution answers too, so the response promises nothing."
        )
    ]


def test_a_milder_severity_that_is_served_before_a_graver_one_is_said() -> None:
    terms = read_terms("juno-live-support", {"severities": {"major": {"response": "PT10M"}}})

    assert oddities(terms) == ["Major has its first response sooner than critical: after 10 min, not 30 min."]


@pytest.mark.parametrize("minor", ["2 business days", "next release"])
def test_what_is_measured_otherwise_is_not_compared(minor: str) -> None:
    assert oddities(read_terms("juno-live-support", {"severities": {"major": {"resolution": minor}}})) == []
