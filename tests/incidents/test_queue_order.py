"""What the queue is ordered by stands in columns: they say what the rows show, whatever happens to the clocks."""

from __future__ import annotations

import pytest

from incidents.models import NEVER, RANKS, Incident
from incidents.queries import dues_of
from incidents.services import answer_incident, withdraw_incident
from portal.clocks.flagging import flag_waking
from tests.factories import AgreementFactory, StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, reported

pytestmark = pytest.mark.django_db


def shown(incident: Incident) -> object:
    """Return what a row of the queue shows as due, the end of time where it shows nothing."""
    clock = dues_of([incident]).get(incident.pk)
    return clock.due_at if clock is not None else NEVER


def written(incident: Incident) -> object:
    return Incident.objects.get(pk=incident.pk).due_next


def test_what_is_due_next_is_written_with_each_act() -> None:
    incident, agent = reported("critical"), StaffFactory()
    assert written(incident) == shown(incident) == MONDAY + 30 * MINUTE

    answer_incident(incident_id=incident.pk, body="We look at it.", by=agent, now=MONDAY + 10 * MINUTE)
    assert written(incident) == shown(incident) != MONDAY + 30 * MINUTE

    withdraw_incident(incident_id=incident.pk, reason="It was ours.", by=agent, now=MONDAY + HOUR)
    assert written(incident) == shown(incident) == NEVER


def test_a_promise_that_breaks_stays_first_without_being_written_again() -> None:
    incident = reported("critical")

    flag_waking(now=MONDAY + HOUR)

    assert written(incident) == shown(incident) == MONDAY + 30 * MINUTE


@pytest.mark.parametrize(("terms", "severity"), [("juno-live-support", "major"), ("jbi-support", "low")])
def test_the_rank_follows_the_severity_in_the_words_of_the_terms(terms: str, severity: str) -> None:
    incident = reported(severity, agreement=AgreementFactory(preset=terms))

    assert Incident.objects.get(pk=incident.pk).rank == RANKS[severity]
