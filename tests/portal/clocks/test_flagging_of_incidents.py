"""What time alone does to incidents under a real contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from incidents.models import Incident
from incidents.services import IncidentKind, answer_incident, report_incident, schedule_hosted_event
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.clocks.flagging import flag_waking
from portal.clocks.models import Breach, BreachVoid, Clock, State
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory, TeamFactory

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement() -> Agreement:
    """An agreement for which one team of two answers."""
    team = TeamFactory()
    team.members.set([StaffFactory(), StaffFactory()])
    return AgreementFactory(team=team)


def reported(agreement: Agreement) -> Incident:
    return report_incident(
        agreement_id=agreement.pk,
        title="Registration is down",
        description="Attendees see an error.",
        severity="critical",
        by=ClientUserFactory(client=agreement.client),
        now=NOON,
    )


def response(incident: Incident) -> Clock:
    return Clock.objects.get(agreement=incident.agreement, subject_ref=incident.ref, target="response")


def test_nobody_answers_and_the_team_is_warned_thrice_and_told_of_the_breach(agreement: Agreement) -> None:
    reported(agreement)

    for minute in range(31):
        flag_waking(now=NOON + minute * MINUTE)

    told = Message.objects.filter(kind__in=["warning", "breach"])
    shares = told.filter(kind="warning").order_by("pk").values_list("context__share", flat=True)
    assert list(shares) == [50, 50, 75, 75, 90, 90]
    assert told.filter(kind="breach").count() == 2
    assert Breach.objects.get(clock__target="response").due_at == NOON + 30 * MINUTE


def test_an_answer_of_the_due_instant_that_commits_later_voids_the_breach(agreement: Agreement) -> None:
    incident = reported(agreement)
    flag_waking(now=NOON + 30 * MINUTE)

    answer_incident(incident_id=incident.pk, body="On it.", by=StaffFactory(), now=NOON + 30 * MINUTE)

    assert response(incident).state == State.MET
    assert BreachVoid.objects.filter(breach__clock=response(incident)).exists()


def test_a_backdated_answer_voids_the_breach_with_its_reason(agreement: Agreement) -> None:
    incident = reported(agreement)
    flag_waking(now=NOON + 30 * MINUTE)
    agent = StaffFactory()

    answer_incident(
        incident_id=incident.pk,
        body="As I said on the phone.",
        by=agent,
        now=NOON + 45 * MINUTE,
        at=NOON + 20 * MINUTE,
        backdating_reason="Answered by phone.",
    )

    void = BreachVoid.objects.get(breach__clock=response(incident))
    assert (response(incident).state, response(incident).met_at) == (State.MET, NOON + 20 * MINUTE)
    assert (void.actor, "Answered by phone." in void.reason) == (agent, True)


def test_an_answer_after_the_due_leaves_the_breach(agreement: Agreement) -> None:
    incident = reported(agreement)
    flag_waking(now=NOON + 30 * MINUTE)

    answer_incident(incident_id=incident.pk, body="On it.", by=StaffFactory(), now=NOON + 31 * MINUTE)

    assert response(incident).breached_at == NOON + 30 * MINUTE
    assert not BreachVoid.objects.exists()


def test_a_hosted_period_tightens_at_its_begin_though_nobody_does_anything(agreement: Agreement) -> None:
    incident = reported(agreement)
    schedule_hosted_event(
        agreement_id=agreement.pk,
        name="Summit",
        zone="America/New_York",
        sessions=[(NOON + 95 * MINUTE, NOON + 200 * MINUTE)],
        by=StaffFactory(),
        now=NOON + MINUTE,
    )

    flagged = flag_waking(now=NOON + 5 * MINUTE)

    assert flagged.retimed == 1
    assert (response(incident).due_at, response(incident).clause) == (NOON + 15 * MINUTE, "JS-7")


def test_a_period_and_a_due_that_were_both_missed_are_made_up_for_in_their_order(agreement: Agreement) -> None:
    incident = reported(agreement)
    schedule_hosted_event(
        agreement_id=agreement.pk,
        name="Summit",
        zone="America/New_York",
        sessions=[(NOON + 95 * MINUTE, NOON + 200 * MINUTE)],
        by=StaffFactory(),
        now=NOON + MINUTE,
    )

    flag_waking(now=NOON + 60 * MINUTE)

    assert Breach.objects.get(clock=response(incident)).due_at == NOON + 15 * MINUTE


def test_a_retime_that_read_the_time_before_an_answer_does_not_undo_it(agreement: Agreement) -> None:
    incident = reported(agreement)
    answer_incident(incident_id=incident.pk, body="On it.", by=StaffFactory(), now=NOON + 2 * MINUTE)

    IncidentKind().retime(agreement.pk, [incident.ref], now=NOON + MINUTE)

    assert response(incident).state == State.MET
