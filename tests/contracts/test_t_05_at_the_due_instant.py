"""T-5: met at the due instant is met; a breach stands at the due instant and not when somebody looked."""

from __future__ import annotations

import pytest

from tests.contracts.judging import event, hosted, judged, ny, reported


@pytest.mark.parametrize(
    ("answered", "state", "breached_at"),
    [("10:29:59.999999", "met", None), ("10:30", "met", None), ("10:30:00.000001", "breached", "10:30")],
)
def test_an_answer_at_the_due_instant_is_in_time(answered: str, state: str, breached_at: str | None) -> None:
    case = judged(reported("10:00"), event(answered, "responded"), until="12:00")

    clock = case.clock("response")
    assert clock.state == state
    assert clock.breached_at == (ny(breached_at) if breached_at else None)
    assert clock.met_at == ny(answered)


@pytest.mark.parametrize(
    ("until", "state"), [("10:29:59", "running"), ("10:30", "running"), ("10:30:00.000001", "breached")]
)
def test_a_clock_due_exactly_at_until_still_runs(until: str, state: str) -> None:
    case = judged(reported("10:00"), until=until)

    assert case.state("response") == state


def test_the_breachs_instant_is_the_due_instant_however_late_it_was_met() -> None:
    case = judged(reported("10:00"), event("03-05 10:00", "responded"), until="03-06 00:00")

    clock = case.clock("response")
    assert (clock.due_at, clock.breached_at, clock.met_at) == (ny("10:30"), ny("10:30"), ny("03-05 10:00"))


def test_events_after_until_are_ignored_and_one_at_until_is_applied() -> None:
    events = reported("10:00"), event("10:20", "responded"), event("10:25", "resolved")

    assert judged(*events, until="10:19").state("response") == "running"
    assert judged(*events, until="10:20").state("response") == "met"
    assert judged(*events, until="10:20").state("resolution") == "running"


def test_without_until_the_last_event_ends_the_history() -> None:
    case = judged(reported("10:00"), reported("10:30", incident="B"))

    assert case.state("response") == "running"
    assert case.clock("response").breached_at is None


def test_the_header_ends_it_only_where_nobody_asked_for_another_instant() -> None:
    case = judged(reported("10:00"), event("11:00", "responded"), until="10:10")

    assert case.state("response") == "running"


@pytest.mark.parametrize(
    ("name", "fields", "state"),
    [
        ("responded", {}, "met"),
        ("resolved", {}, "met"),
        ("withdrawn", {"reason": "Ours."}, "void"),
        ("merged", {"into": "B"}, "void"),
        ("reclassified", {"severity": "major"}, "running"),
        ("contacted", {}, "running"),
    ],
)
def test_whatever_happens_at_the_due_instant_precedes_the_breach(name: str, fields: dict[str, str], state: str) -> None:
    case = judged(reported("10:00"), event("10:30", name, **fields), until="10:30")

    assert case.state("response") == state
    assert case.clock("response").breached_at is None


def test_a_hosted_period_is_half_open() -> None:
    case = judged(
        hosted("05-01 09:00", ("05-05 12:00", "05-05 13:00")),
        reported("05-05 10:30", incident="first"),
        reported("05-05 13:29:59", incident="last"),
        reported("05-05 13:30", incident="after"),
        until="05-05 13:30",
    )

    assert case.clock("response", incident="first").clause == "JS-7"
    assert case.due("response", incident="last") == ny("05-05 13:39:59")
    assert case.due("response", incident="after") == ny("05-05 14:00")
