"""What missed promises cost, as replay reckons it.

Clause: JS-13, JS-14, JS-20
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.judging import Judged, Line, event, judged, reported

FEE = {"amount": "10000.00", "currency": "USD", "per": "month"}


def late_critical() -> list[Line]:
    """A critical incident answered after an hour and resolved after seven."""
    return [reported("04-02 10:00"), event("04-02 11:00", "responded"), event("04-02 17:00", "resolved")]


def credits_of(case: Judged) -> list[tuple[str, str, str | None]]:
    return [(row["rule"], row["percent"], row["amount"]) for row in case.judgement.credits]


def outage(end: str) -> Line:
    start = "2026-04-10T00:00:00-04:00"
    return event("04-12 12:00", "outage.recorded", outage="O", start=start, end=f"2026-04-{end}-04:00")


def critical_of_a_problem(name: str, day: str) -> list[Line]:
    return [
        reported(f"{day} 10:00", incident=name),
        event(f"{day} 10:05", "responded", incident=name),
        event(f"{day} 10:30", "resolved", incident=name),
        event(f"{day} 11:00", "linked", incident=name, problem="P"),
    ]


def test_js_13_rows_of_one_incident_add_up_and_name_it_as_evidence() -> None:
    case = judged(*late_critical(), until="05-01 00:00", fee=FEE)

    assert credits_of(case) == [("critical_resolution", "15", "1500.00"), ("critical_response", "10", "1000.00")]
    assert case.judgement.credits[0]["evidence"] == ["incident:A"]
    assert case.summary.credit_total == "2500.00"


def test_js_13_a_row_is_credited_once_a_month_or_for_each_incident_as_the_terms_read_it() -> None:
    answers = [
        line
        for name in ("A", "B")
        for line in (reported("04-02 10:00", incident=name), event("04-02 11:00", "responded", incident=name))
    ]
    solved = [event("04-02 12:00", "resolved", incident=name) for name in ("A", "B")]
    each: dict[str, Any] = {"credits": {"critical_response": {"per": "incident"}}}

    once = judged(*answers, *solved, until="05-01 00:00", fee=FEE)
    for_each = judged(*answers, *solved, until="05-01 00:00", fee=FEE, overrides=each)

    assert [row["evidence"] for row in once.judgement.credits] == [["incident:A", "incident:B"]]
    assert [row["evidence"] for row in for_each.judgement.credits] == [["incident:A"], ["incident:B"]]


def test_js_13_a_month_never_costs_more_than_its_fee() -> None:
    dear = {"credits": {"critical_response": {"percent": "60"}, "critical_resolution": {"percent": "60"}}}

    case = judged(*late_critical(), until="05-01 00:00", fee=FEE, overrides=dear)

    assert credits_of(case)[0] == ("cap", "-20", "-2000.00")
    assert (case.summary.credit_total, case.summary.credit_capped) == ("10000.00", True)


def test_js_13_a_voided_threshold_costs_nothing() -> None:
    void = {"subject": "incident:A", "target": "response_credit", "ordinal": 1, "reason": "Agreed with the client."}

    case = judged(*late_critical(), event("04-03 09:00", "breach.voided", **void), until="05-01 00:00", fee=FEE)

    assert [row["rule"] for row in case.judgement.credits] == ["critical_resolution"]


@pytest.mark.parametrize(("later", "credited"), [("2026-02-28", True), ("2026-03-01", False)])
def test_js_13_a_critical_recurs_within_three_calendar_months_month_ends_clamped(later: str, *, credited: bool) -> None:
    history = critical_of_a_problem("A", "2025-11-30") + critical_of_a_problem("B", later)

    case = judged(*history, until="04-01 00:00", fee=FEE)

    assert ("recurring_critical", "15", "1500.00") in credits_of(case) or not credited
    assert bool(case.judgement.credits) is credited


@pytest.mark.parametrize(
    ("fee", "amounts"),
    [
        ({"amount": "10.05", "currency": "USD", "per": "month"}, ["1.51", "1.01"]),
        ({"amount": "100000.00", "currency": "USD", "per": "year"}, ["1250.00", "833.33"]),
    ],
)
def test_js_14_each_line_is_rounded_half_up_and_the_twelfth_stays_exact(fee: Line, amounts: list[str]) -> None:
    case = judged(*late_critical(), until="05-01 00:00", fee=fee)

    assert [row["amount"] for row in case.judgement.credits] == amounts


@pytest.mark.parametrize(
    ("end", "percent"),
    [
        ("10T07:12:00", "0"),
        ("10T07:12:01", "5"),
        ("10T21:36:00", "10"),
        ("10T21:36:01", "20"),
        ("11T04:48:00", "20"),
        ("11T04:48:01", "30"),
    ],
)
def test_js_20_tiers_are_exact_at_their_lower_edges(end: str, percent: str) -> None:
    case = judged(outage(end), until="05-01 00:00", fee=FEE)

    assert case.judgement.availability[0]["credit_percent"] == percent
    assert [row["percent"] for row in case.judgement.credits] == ([percent] if percent != "0" else [])


def test_js_20_an_unfinished_month_is_shown_and_costs_nothing_yet() -> None:
    case = judged(outage("11T04:48:01"), until="04-20 00:00", fee=FEE)

    assert case.judgement.availability[0]["partial"] is True
    assert case.judgement.credits == []
