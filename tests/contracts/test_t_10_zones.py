"""T-10: business days follow the calendar's zone, hosted days the event's, and neither the agreement's."""

from __future__ import annotations

from tests.contracts.judging import hosted, judged, ny, reported

AUCKLAND = "Pacific/Auckland"


def test_an_agreements_zone_moves_no_clock() -> None:
    for zone in ("America/New_York", AUCKLAND, "UTC"):
        case = judged(
            reported("16:59", severity="minor", incident="minor"),
            reported("16:59", severity="critical", incident="critical"),
            timezone=zone,
        )

        assert case.due("response", incident="minor") == ny("03-03 17:00")
        assert case.due("response", incident="critical") == ny("17:29")


def test_a_business_day_is_the_calendars() -> None:
    overrides = {"calendar": {"zone": AUCKLAND, "holidays": []}}

    case = judged(reported("03-02 22:00", severity="minor"), overrides=overrides)

    assert case.due("response") == ny("03-03 23:00")  # Tue 16:00 there: due Wed 17:00 there, 18 hours ahead.


def test_a_hosted_day_is_the_events_and_not_the_agreements() -> None:
    sessions = ("05-05 18:00", "05-05 19:00"), ("05-05 22:00", "05-05 23:00")
    between = reported("05-05 20:00")

    new_york = judged(hosted("05-01 09:00", *sessions), between)
    auckland_midnight = judged(hosted("05-01 09:00", *sessions, zone="Pacific/Auckland"), between)
    two_days = judged(hosted("05-01 09:00", *sessions, zone="Europe/London"), between)

    assert new_york.due("response") == ny("05-05 20:10")
    assert auckland_midnight.due("response") == ny("05-05 20:10")
    assert two_days.due("response") == ny("05-05 20:30")
