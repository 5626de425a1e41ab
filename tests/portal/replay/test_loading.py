"""Loading a history: all of it or nothing, into the live portal, without a word to anybody."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidents.models import HostedEvent, Incident, Release
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.clocks.models import Breach, Clock
from portal.contract.bad_line import BadLine
from portal.journal.models import Event
from portal.replay.loading import LoadRefusedError, load_history
from tests.factories import AgreementFactory
from tests.portal.replay.comparing import kept, replayed

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
NOW = NOON + timedelta(days=2)
HEADER = {"replay": 1, "terms": "juno-live-support", "timezone": "America/New_York"}

pytestmark = pytest.mark.django_db


def history(*events: tuple[float, str, dict[str, Any]], **header: Any) -> list[bytes]:
    """Lines of a history; each event as hours after noon, name and fields."""
    rows = [
        {"at": (NOON + timedelta(hours=hours)).isoformat(), "event": name, **fields} for hours, name, fields in events
    ]
    return [json.dumps(row).encode() for row in ({**HEADER, **header}, *rows)]


REPORTED = (0.0, "incident.reported", {"incident": "A", "severity": "critical", "title": "Down"})


def test_a_loaded_incident_stands_as_the_rules_have_it() -> None:
    agreement: Agreement = AgreementFactory()

    load_history(
        agreement_ref=agreement.ref,
        lines=history(
            REPORTED, (0.25, "incident.responded", {"incident": "A"}), (1, "incident.resolved", {"incident": "A"})
        ),
        now=NOW,
    )

    incident = Incident.objects.get(ref="A")
    assert (incident.status, incident.title, incident.severity) == ("resolved", "Down", "critical")
    assert kept(agreement) == replayed(agreement, until=NOW)


def test_breaches_of_the_past_are_recorded_late_and_told_to_nobody() -> None:
    agreement: Agreement = AgreementFactory()

    load_history(agreement_ref=agreement.ref, lines=history(REPORTED), now=NOW)

    breach = Breach.objects.get(clock__target="response")
    assert breach.due_at == NOON + timedelta(minutes=30)
    assert breach.late_detected
    assert not Message.objects.exists()


def test_a_breach_that_the_history_voids_stays_on_record_with_its_void() -> None:
    agreement: Agreement = AgreementFactory()
    voided = {"subject": "incident:A", "target": "response", "ordinal": 1, "reason": "Agreed by phone."}

    load_history(agreement_ref=agreement.ref, lines=history(REPORTED, (2.0, "breach.voided", voided)), now=NOW)

    clock = Clock.objects.get(target="response")
    breach = Breach.objects.get(clock=clock)
    assert (clock.state, clock.breached_at) == ("void", None)
    assert (breach.due_at, breach.late_detected) == (NOON + timedelta(minutes=30), True)
    assert breach.void.reason == "breach voided"
    assert not Message.objects.exists()


def test_what_is_the_staffs_alone_stays_hidden_from_the_client() -> None:
    agreement: Agreement = AgreementFactory()
    linked = (1.0, "incident.linked", {"incident": "A", "problem": "PRB-1"})

    load_history(agreement_ref=agreement.ref, lines=history(REPORTED, linked), now=NOW)

    seen = Event.objects.filter(visible_to_client=True).values_list("kind", flat=True)
    assert "incident.linked" not in seen
    assert "incident.reported" in seen


def test_an_open_ticket_goes_on_live() -> None:
    agreement: Agreement = AgreementFactory()
    reported = (47.75, "incident.reported", {"incident": "A", "severity": "critical"})

    load_history(agreement_ref=agreement.ref, lines=history(reported), now=NOW)

    clock = Clock.objects.get(target="response")
    assert clock.state == "running"
    assert clock.due_at == NOW + timedelta(minutes=15)
    assert clock.next_at is not None
    assert NOW < clock.next_at <= clock.due_at


def test_hosted_events_and_releases_stand_as_last_known() -> None:
    agreement: Agreement = AgreementFactory()
    first = [(NOON + timedelta(days=1)).isoformat(), (NOON + timedelta(days=1, hours=2)).isoformat()]
    last = [(NOON + timedelta(days=9)).isoformat(), (NOON + timedelta(days=9, hours=2)).isoformat()]
    planned = (NOON + timedelta(days=5)).isoformat()

    load_history(
        agreement_ref=agreement.ref,
        lines=history(
            (0, "hosted_event.scheduled", {"hosted_event": "Summit", "timezone": "UTC", "sessions": [first]}),
            (1, "hosted_event.rescheduled", {"hosted_event": "Summit", "timezone": "Europe/Paris", "sessions": [last]}),
            (2, "release.planned", {"release": "6.0", "planned_at": planned}),
        ),
        now=NOW,
    )

    event = HostedEvent.objects.get(agreement=agreement)
    assert (event.zone, event.sessions.get().starts_at) == ("Europe/Paris", NOON + timedelta(days=9))
    assert Release.objects.get(product=agreement.product).planned_at == NOON + timedelta(days=5)


def test_a_suspension_that_lasts_shows_on_the_agreement() -> None:
    agreement: Agreement = AgreementFactory()

    load_history(
        agreement_ref=agreement.ref,
        lines=history(REPORTED, (0.1, "agreement.suspended", {})),
        now=NOW,
    )

    agreement.refresh_from_db()
    assert agreement.suspended_at == NOON + timedelta(minutes=6)
    assert Clock.objects.get(target="response").state == "paused"


def test_a_history_is_loaded_once() -> None:
    agreement: Agreement = AgreementFactory()
    load_history(agreement_ref=agreement.ref, lines=history(REPORTED), now=NOW)

    with pytest.raises(LoadRefusedError, match="has a journal of 1 events already"):
        load_history(agreement_ref=agreement.ref, lines=history(REPORTED), now=NOW)


def test_severities_of_another_contract_are_refused_or_mapped() -> None:
    agreement: Agreement = AgreementFactory(preset="jbi-support")
    reported = (0.0, "incident.reported", {"incident": "A", "severity": "major"})

    with pytest.raises(BadLine, match=r"line 2: severity: 'major' is no severity of these terms"):
        load_history(agreement_ref=agreement.ref, lines=history(reported), now=NOW)
    load_history(agreement_ref=agreement.ref, lines=history(reported, severity_map={"major": "high"}), now=NOW)

    assert Incident.objects.get(ref="A").severity == "high"


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ((49.0, "incident.reported", {"incident": "B", "severity": "minor"}), "line 3: at: lies in the future"),
        ((1.0, "incident.linked", {"incident": "A", "problem": "P" * 61}), "line 3: problem: expected at most 60"),
        ((1.0, "incident.reported", {"incident": "B", "severity": "minor", "title": "x" * 301}), "line 3: title: "),
    ],
)
def test_a_line_that_the_portal_cannot_keep_refuses_the_whole(
    event: tuple[float, str, dict[str, Any]], sentence: str
) -> None:
    agreement: Agreement = AgreementFactory()

    with pytest.raises(BadLine, match=sentence):
        load_history(agreement_ref=agreement.ref, lines=history(REPORTED, event), now=NOW)

    assert not Event.objects.exists()
    assert not Incident.objects.exists()


def test_a_release_needs_a_product() -> None:
    agreement: Agreement = AgreementFactory(product=None)
    planned = (0.0, "release.planned", {"release": "6.0", "planned_at": NOW.isoformat()})

    with pytest.raises(BadLine, match=r"line 2: release: .* names no product"):
        load_history(agreement_ref=agreement.ref, lines=history(planned), now=NOW)


def test_a_draft_takes_no_history() -> None:
    agreement: Agreement = AgreementFactory(draft=True)

    with pytest.raises(LoadRefusedError, match="is not active"):
        load_history(agreement_ref=agreement.ref, lines=history(REPORTED), now=NOW)
