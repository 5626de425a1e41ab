"""Services of incidents: what is recorded, and what the clocks become."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidents.errors import (
    BackdatingError,
    BadInstantError,
    IncidentClosedError,
    NotAllowedError,
    UnknownSeverityError,
)
from incidents.models import Incident
from incidents.services import (
    answer_incident,
    ask_information,
    comment_as_client,
    determine_unsupported,
    reclassify_incident,
    reopen_incident,
    report_incident,
    resolve_incident,
    schedule_hosted_event,
)
from portal.accounts.models import Role
from portal.clients.models import Agreement
from portal.clocks.flagging import flag_waking
from portal.clocks.models import Breach, Clock
from portal.journal.models import EventText
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def reported(severity: str = "critical", **fields: object) -> Incident:
    agreement: Agreement = AgreementFactory(**fields)
    contact = ClientUserFactory(client=agreement.client)
    return report_incident(
        agreement_id=agreement.pk,
        title="Registration is down",
        description="Attendees see an error.",
        severity=severity,
        by=contact,
        now=NOON,
    )


def clock(incident: Incident, target: str, ordinal: int = 1) -> Clock:
    return Clock.objects.get(agreement=incident.agreement, subject_ref=incident.ref, target=target, ordinal=ordinal)


def test_a_report_starts_the_clocks_of_its_severity() -> None:
    incident = reported()

    assert clock(incident, "response").due_at == NOON + 30 * MINUTE
    assert clock(incident, "resolution").due_at == NOON + 360 * MINUTE
    assert clock(incident, "response").clause == "JS-6"
    assert incident.status == "new"


def test_a_public_reply_meets_the_response_and_opens_the_first_contact_gap() -> None:
    incident = reported()
    agent = StaffFactory()

    answer_incident(incident_id=incident.pk, body="We are on it.", by=agent, now=NOON + 21 * MINUTE)

    assert clock(incident, "response").state == "met"
    assert clock(incident, "contact").due_at == NOON + 51 * MINUTE


def test_an_answer_recorded_later_than_given_voids_the_breach() -> None:
    incident = reported()
    agent = StaffFactory()
    Clock.objects.filter(pk=clock(incident, "response").pk).update(state="breached", breached_at=NOON + 30 * MINUTE)
    breach = Breach.objects.create(
        clock=clock(incident, "response"),
        due_at=NOON + 30 * MINUTE,
        detected_at=NOON + 30 * MINUTE,
        late_detected=False,
    )

    answer_incident(
        incident_id=incident.pk,
        body="As I said on the phone.",
        by=agent,
        now=NOON + 45 * MINUTE,
        at=NOON + 20 * MINUTE,
        backdating_reason="Answered by phone.",
    )

    breach.refresh_from_db()
    assert clock(incident, "response").state == "met"
    assert breach.void.actor == agent
    assert "Answered by phone." in breach.void.reason


def test_an_answer_recorded_after_a_later_one_is_the_first_and_the_later_one_an_update() -> None:
    incident = reported()
    agent = StaffFactory()
    answer_incident(incident_id=incident.pk, body="We are on it.", by=agent, now=NOON + 45 * MINUTE)

    answer_incident(
        incident_id=incident.pk,
        body="As I said on the phone.",
        by=agent,
        now=NOON + 50 * MINUTE,
        at=NOON + 20 * MINUTE,
        backdating_reason="Answered by phone.",
    )

    incident.refresh_from_db()
    response = clock(incident, "response")
    assert (incident.responded_at, response.state) == (NOON + 20 * MINUTE, "met")
    assert response.breach.void.actor == agent
    assert clock(incident, "contact").met_at == NOON + 45 * MINUTE
    assert clock(incident, "contact", 2).due_at == NOON + 75 * MINUTE


def test_nothing_is_recorded_as_done_before_an_incident_was_opened_again() -> None:
    incident = reported()
    agent = StaffFactory()
    done: dict[str, Any] = {"incident_id": incident.pk, "by": agent, "body": "Restarted."}
    resolve_incident(how="fix", now=NOON + 30 * MINUTE, **done)
    reopen_incident(incident_id=incident.pk, reason="It is back.", by=agent, now=NOON + 60 * MINUTE)
    late = {**done, "now": NOON + 90 * MINUTE, "backdating_reason": "Done by phone."}

    with pytest.raises(BadInstantError, match="opened again"):
        resolve_incident(how="fix", at=NOON + 45 * MINUTE, **late)
    resolve_incident(how="fix", at=NOON + 60 * MINUTE, **late)

    incident.refresh_from_db()
    assert (incident.status, incident.resolved_at) == ("resolved", NOON + 60 * MINUTE)


def test_a_resolution_recorded_later_than_an_update_leaves_the_gap_after_that_update_void() -> None:
    incident = reported()
    agent = StaffFactory()
    for minutes in (10, 30):
        answer_incident(incident_id=incident.pk, body="Still at it.", by=agent, now=NOON + minutes * MINUTE)
    flag_waking(now=NOON + 61 * MINUTE)
    before = clock(incident, "contact", 2).state

    resolve_incident(
        incident_id=incident.pk,
        how="fix",
        body="It was up again by then.",
        by=agent,
        now=NOON + 70 * MINUTE,
        at=NOON + 20 * MINUTE,
        backdating_reason="Seen in the log.",
    )
    flag_waking(now=NOON + 200 * MINUTE)

    assert (before, clock(incident, "contact", 2).state) == ("breached", "void")
    assert clock(incident, "contact", 1).met_at == NOON + 20 * MINUTE
    assert "Seen in the log." in Breach.objects.get().void.reason


def test_an_answer_recorded_later_than_a_change_upward_leaves_no_threshold_running() -> None:
    incident = reported("minor")
    agent = StaffFactory()
    reclassify_incident(
        incident_id=incident.pk, severity="critical", reason="Everybody is hit.", by=agent, now=NOON + 60 * MINUTE
    )

    answer_incident(
        incident_id=incident.pk,
        body="As I said on the phone.",
        by=agent,
        now=NOON + 61 * MINUTE,
        at=NOON + 59 * MINUTE,
        backdating_reason="Answered by phone.",
    )
    flag_waking(now=NOON + 95 * MINUTE)

    assert clock(incident, "response_credit").state == "void"
    assert not Breach.objects.filter(clock__target="response_credit").exists()


def test_a_client_cannot_backdate() -> None:
    incident = reported()
    agent = StaffFactory()

    with pytest.raises(BackdatingError):
        answer_incident(incident_id=incident.pk, body="x", by=agent, now=NOON + 45 * MINUTE, at=NOON + MINUTE)


def test_reclassifying_moves_the_clocks_by_t7() -> None:
    incident = reported("major")
    agent = StaffFactory()

    reclassify_incident(
        incident_id=incident.pk, severity="critical", reason="Everybody is hit.", by=agent, now=NOON + 60 * MINUTE
    )

    assert clock(incident, "response").due_at == NOON + 90 * MINUTE
    assert clock(incident, "response").severity == "critical"


def test_an_information_request_pauses_and_the_clients_reply_resumes() -> None:
    incident = reported()
    agent = StaffFactory()
    ask_information(incident_id=incident.pk, items=["A log"], by=agent, now=NOON + 60 * MINUTE)
    paused = clock(incident, "resolution")
    contact = ClientUserFactory(client=incident.client)

    comment_as_client(incident_id=incident.pk, body="Here.", by=contact, now=NOON + 120 * MINUTE)

    assert (paused.state, paused.due_at) == ("paused", None)
    assert clock(incident, "resolution").due_at == NOON + 420 * MINUTE


def test_a_hosted_event_tightens_open_critical_incidents() -> None:
    incident = reported()

    schedule_hosted_event(
        agreement_id=incident.agreement_id,
        name="Summit",
        zone="America/New_York",
        sessions=[(NOON + 95 * MINUTE, NOON + 200 * MINUTE)],
        by=StaffFactory(),
        now=NOON + MINUTE,
    )

    assert clock(incident, "response").next_at is not None
    assert clock(incident, "response").next_at == NOON + 5 * MINUTE
    assert clock(incident, "response").wake == "rules"


def test_a_resolved_incident_takes_no_reply() -> None:
    incident = reported()
    agent = StaffFactory()
    resolve_incident(incident_id=incident.pk, how="fix", body="Done.", by=agent, now=NOON + 30 * MINUTE)

    with pytest.raises(IncidentClosedError):
        answer_incident(incident_id=incident.pk, body="And more.", by=agent, now=NOON + 40 * MINUTE)


def test_finance_may_not_work_on_incidents() -> None:
    incident = reported()

    with pytest.raises(NotAllowedError):
        answer_incident(incident_id=incident.pk, body="x", by=StaffFactory(role=Role.FINANCE), now=NOON)


def test_a_severity_that_the_terms_lack_is_refused() -> None:
    with pytest.raises(UnknownSeverityError, match="critical, major, minor"):
        reported("urgent")


def test_what_was_written_in_events_is_erased_and_the_incident_goes_on_as_it_was() -> None:
    incident = reported()
    agent = StaffFactory()
    determine_unsupported(
        incident_id=incident.pk, category="other", reason="Ann Lee's own network.", by=agent, now=NOON + MINUTE
    )
    EventText.objects.update(texts={}, erased_at=NOON + 5 * MINUTE)

    answer_incident(incident_id=incident.pk, body="We help all the same.", by=agent, now=NOON + 10 * MINUTE)

    incident.refresh_from_db()
    assert (incident.supported, incident.responded_at) == (False, NOON + 10 * MINUTE)
