"""What reclassifying would move: shown before it moves, and exactly what then moves. Clause: JS-4, T-7."""

from __future__ import annotations

import pytest

from incidents.models import Incident
from incidents.moves import moves_of_reclassification
from incidents.services import answer_incident, ask_information, reclassify_incident
from incidents.standing import standing_of
from portal.accounts.models import User
from portal.clocks.models import Clock
from portal.journal.models import Event
from tests.factories import StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, sending, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> User:
    return StaffFactory(zone="America/New_York")


@pytest.mark.parametrize(("first", "then"), [("major", "critical"), ("critical", "major"), ("critical", "minor")])
@pytest.mark.parametrize("answered", [False, True])
def test_the_preview_says_what_the_clocks_then_are(agent: User, first: str, then: str, answered: bool) -> None:
    incident = reported(first)
    if answered:
        answer_incident(incident_id=incident.pk, body="We are on it.", by=agent, now=MONDAY + 20 * MINUTE)
    now = MONDAY + 25 * MINUTE

    moves = moves_of_reclassification(standing_of(incident.pk, user=agent, at=now), then)
    reclassify_incident(incident_id=incident.pk, severity=then, reason="Looked at.", by=agent, now=now)

    clocks = Clock.objects.filter(subject_ref=incident.ref, state="running").exclude(target__endswith="_credit")
    foretold = [move.after.at for move in moves if move.after.at is not None]
    assert foretold == sorted(foretold)
    assert set(foretold) == {clock.due_at for clock in clocks if clock.due_at is not None}
    assert len(foretold) >= 1


def test_looking_writes_nothing(agent: User) -> None:
    incident = reported("major")
    events = Event.objects.count()

    with at(MONDAY + HOUR):
        browser_of(agent).get(f"/incidents/{incident.pk}/reclassify/moves/?severity=critical")

    assert Event.objects.count() == events
    assert Incident.objects.get().severity == "major"


def test_the_page_shows_old_and_new_dues_before_it_acts_without_a_script(agent: User) -> None:
    incident = reported("major")
    browser = browser_of(agent)
    form = sending(severity="critical", reason="Everybody is hit.")

    with at(MONDAY + HOUR):
        asked = browser.post(f"/incidents/{incident.pk}/reclassify/", {**form, "preview": "on"})
        unchanged = Incident.objects.get().severity
        done = browser.post(f"/incidents/{incident.pk}/reclassify/", {**form, "seen": "critical"})

    page = text_of(asked)
    assert "What moves as critical" in page
    assert "14:00 ET" in page
    assert "11:30 ET" in page
    assert "2 h 30 min earlier" in page
    assert "Everybody is hit." in page
    assert unchanged == "major"
    assert done.status_code == 302
    assert Incident.objects.get().severity == "critical"


def test_another_severity_than_the_one_shown_is_shown_first(agent: User) -> None:
    incident = reported("major")
    form = sending(severity="minor", reason="One browser only.", seen="critical")

    with at(MONDAY + HOUR):
        page = text_of(browser_of(agent).post(f"/incidents/{incident.pk}/reclassify/", form))

    assert "What moves as minor" in page
    assert Incident.objects.get().severity == "major"


@pytest.mark.parametrize("severity", ["", "major", "urgent"])
def test_what_cannot_be_chosen_shows_no_moves(agent: User, severity: str) -> None:
    incident = reported("major")

    with at(MONDAY + HOUR):
        page = text_of(browser_of(agent).get(f"/incidents/{incident.pk}/reclassify/moves/", {"severity": severity}))

    assert "What moves" not in page
    assert "Show what moves" in page


def test_a_clock_that_waits_says_how_much_is_left(agent: User) -> None:
    incident = reported("critical")
    answer_incident(incident_id=incident.pk, body="We are on it.", by=agent, now=MONDAY + MINUTE)
    ask_information(incident_id=incident.pk, items=["A log"], by=agent, now=MONDAY + HOUR)

    moves = moves_of_reclassification(standing_of(incident.pk, user=agent, at=MONDAY + 2 * HOUR), "major")

    resolution = next(move for move in moves if move.label == "Resolution")
    assert resolution.before.words.replace("\N{NO-BREAK SPACE}", " ") == (
        "Waits for the client's information, 5 h left"
    )
    assert resolution.after.at is None
