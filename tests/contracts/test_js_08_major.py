"""JS-8: major is answered within 4 hours, told every 4 hours, resolved within 24, around the clock."""

from __future__ import annotations

import pytest

from tests.contracts.desk import Desk, clock_of, promises_of
from tests.contracts.judging import event, judged, ny, reported


def test_the_three_targets_of_a_major_incident() -> None:
    case = judged(reported("03-07 22:00", severity="major"), event("03-07 23:00", "responded"), until="03-07 23:01")

    assert case.due("response") == ny("03-08 03:00")  # Four real hours over the change of the clocks.
    assert case.due("contact") == ny("03-08 04:00")
    assert case.due("resolution") == ny("03-08 23:00")
    assert {case.clock(name).clause for name in ("response", "contact", "resolution")} == {"JS-8"}


@pytest.mark.parametrize(("answered", "state"), [("14:00", "met"), ("14:00:00.000001", "breached")])
def test_four_hours_to_the_microsecond(answered: str, state: str) -> None:
    case = judged(reported("10:00", severity="major"), event(answered, "responded"), until="15:00")

    assert case.state("response") == state


def test_waiting_for_the_client_pauses_nothing() -> None:
    case = judged(reported("10:00", severity="major"), event("10:10", "waiting", on="client"), until="12:00")

    assert case.due("response") == ny("14:00")
    assert case.due("resolution") == ny("03-03 10:00")


# ------------------------------------------------------------------------------------------------------ in the portal


def test_the_flagger_breaks_an_unanswered_major_after_four_hours(juno: Desk) -> None:
    incident = juno.report("10:00", "major")

    juno.flag("13:59:59")
    before = clock_of(incident, "response").state
    juno.flag("14:00")

    response = clock_of(incident, "response")
    assert (before, response.state, response.breached_at, response.clause) == (
        "running",
        "breached",
        ny("14:00"),
        "JS-8",
    )


def test_both_sides_read_the_three_targets_and_their_clause(juno: Desk) -> None:
    incident = juno.report("10:00", "major")

    juno.work("11:00", incident, "reply", body="We are on it.")

    assert promises_of(juno, "11:01", incident) == {
        "First response": "Met 11:00 ET JS-8",
        "Next update": "Due 15:00 ET, every 4 h JS-8",
        "Resolution": "Due Tue 3 Mar, 10:00 ET JS-8",
    }


def test_what_is_not_told_of_within_4_hours_and_not_resolved_within_24_is_broken(juno: Desk) -> None:
    incident = juno.report("10:00", "major")
    juno.work("11:00", incident, "reply", body="We are on it.")

    juno.flag("15:00")
    juno.flag("03-03 10:00")

    assert clock_of(incident, "contact").breached_at == ny("15:00")
    assert clock_of(incident, "resolution").breached_at == ny("03-03 10:00")
