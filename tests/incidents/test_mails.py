"""The incidents' mails: what the client is told and owed, what the provider's people are asked to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.mails import render
from incidents.models import Incident
from incidents.notices import KINDS
from incidents.services import (
    answer_incident,
    ask_information,
    attribute_cause,
    comment_as_client,
    determine_unsupported,
    note_internally,
    reclassify_incident,
    reopen_incident,
    report_incident,
    resolve_incident,
    wait_for,
    withdraw_incident,
)
from portal.accounts.models import User
from portal.alerts.kinds import kind_of, render_each
from portal.alerts.models import Message
from portal.alerts.sender import send_outbox
from portal.journal.models import EventText
from tests.factories import (
    AgreementFactory,
    ClientFactory,
    ClientUserFactory,
    ContactFactory,
    StaffFactory,
    TeamFactory,
)

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
"""12:00 in New York."""
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def reported(severity: str = "critical", **fields: object) -> Incident:
    """Return an incident that Grace of Coastline reported at noon; Hana's team answers, Sam is a support contact."""
    team = TeamFactory()
    team.members.add(StaffFactory(name="Hana Lee", email="hana@people.example", zone="America/New_York"))
    client = ClientFactory(name="Coastline Credit Union")
    ContactFactory(client=client, email="sam@coastline.example")
    grace = ClientUserFactory(
        client=client, name="Grace Holloway", email="grace@coastline.example", zone="America/New_York"
    )
    return report_incident(
        agreement_id=AgreementFactory(client=client, team=team, **fields).pk,
        title="Registration is down",
        description="Attendees see an error.\n\nSince this morning.",
        severity=severity,
        by=grace,
        now=NOON,
    )


def hana() -> User:
    return User.objects.get(email="hana@people.example")


def grace() -> User:
    return User.objects.get(email="grace@coastline.example")


def mail_to(address: str, *, at: datetime = NOON + 60 * MINUTE) -> EmailMessage:
    """Send the outbox and return the last mail that one address got."""
    send_outbox(clock=lambda: at)
    return [sent for sent in mail.outbox if sent.to == [address]][-1]


def subject_of(sent: EmailMessage) -> str:
    return str(sent.subject).replace("\N{NO-BREAK SPACE}", " ")


def body_of(sent: EmailMessage) -> str:
    return sent.body.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_notice_has_its_words(kind: str) -> None:
    assert kind_of(kind).render is render


def test_staff_are_asked_to_reply_to_a_report_by_its_first_deadline() -> None:
    incident = reported()

    sent = mail_to("hana@people.example")

    assert subject_of(sent) == f"Critical: {incident.ref} Registration is down, reported Mon 2 Mar 2026, 12:00 ET"
    assert body_of(sent).startswith("Reply to Coastline Credit Union by Mon 2 Mar 2026, 12:30 ET.")
    assert "Attendees see an error.\n\nSince this morning." in body_of(sent)
    assert f"/incidents/{incident.pk}/" in body_of(sent)
    assert "First response: by Mon 2 Mar 2026, 12:30 ET (JS-6)" in body_of(sent)


def test_the_client_reads_the_answer_and_what_it_is_owed_by_when() -> None:
    incident = reported()
    answer_incident(incident_id=incident.pk, body="We are on it.", by=hana(), now=NOON + 20 * MINUTE)

    sent = mail_to("grace@coastline.example")

    assert subject_of(sent) == f"Answered: {incident.ref} Registration is down, Mon 2 Mar 2026, 12:20 ET"
    assert body_of(sent).startswith(f"Read what Hana Lee wrote on {incident.ref}.")
    assert "We are on it." in body_of(sent)
    assert "Next update: by Mon 2 Mar 2026, 12:50 ET (JS-6)" in body_of(sent)
    assert "Resolution: by Mon 2 Mar 2026, 18:00 ET (JS-6)" in body_of(sent)
    assert "threshold" not in body_of(sent)
    assert f"/support/{incident.pk}/" in body_of(sent)
    assert "/incidents/" not in body_of(sent)
    assert "You reported it." in body_of(sent)


def test_a_contact_without_a_login_reads_instants_in_the_providers_zone() -> None:
    incident = reported()
    answer_incident(incident_id=incident.pk, body="We are on it.", by=hana(), now=NOON + 20 * MINUTE)

    sent = mail_to("sam@coastline.example")

    assert "You are a designated support contact." in body_of(sent)
    assert "We are on it." in body_of(sent)


def test_internal_notes_reach_nobody() -> None:
    incident = reported()
    note_internally(incident_id=incident.pk, body="They forgot to pay.", by=hana(), now=NOON + MINUTE)
    answer_incident(incident_id=incident.pk, body="We are on it.", by=hana(), now=NOON + 2 * MINUTE)

    send_outbox(clock=lambda: NOON + 60 * MINUTE)

    assert mail.outbox
    assert not [sent for sent in mail.outbox if "forgot to pay" in sent.body]


def test_a_message_that_points_to_an_internal_note_says_nothing_of_it() -> None:
    incident = reported()
    note = note_internally(incident_id=incident.pk, body="They forgot to pay.", by=hana(), now=NOON + MINUTE)
    message = Message.objects.get(kind="incident_reported")
    message.context["comment"] = note.pk

    (written,) = render_each([message]).values()

    assert "forgot to pay" not in str(written)


def test_the_client_is_told_what_is_asked_of_it_and_what_waits_for_it() -> None:
    incident = reported()
    ask_information(incident_id=incident.pk, items=["A log", "Your systems"], by=hana(), now=NOON + 10 * MINUTE)

    sent = mail_to("grace@coastline.example")

    assert body_of(sent).startswith(f"Send us what is missing, so that we can go on with {incident.ref}.")
    assert "1. A log\n\n2. Your systems" in body_of(sent)
    assert "Resolution: waits for information from you (JS-6)" in body_of(sent)
    assert "First response: by Mon 2 Mar 2026, 12:30 ET" in body_of(sent)
    assert "By clause JS-12." in body_of(sent)


def test_a_reclassification_tells_old_and_new_severity_why_and_the_deadlines_that_moved() -> None:
    incident = reported("major")
    reclassify_incident(
        incident_id=incident.pk, severity="critical", reason="Everybody is hit.", by=hana(), now=NOON + 60 * MINUTE
    )

    sent = mail_to("sam@coastline.example")

    told = body_of(mail_to("grace@coastline.example"))
    assert subject_of(sent).startswith(f"Now critical, was major: {incident.ref} Registration is down")
    assert "Everybody is hit." in told
    assert "Severity: Critical, was major" in told
    assert "First response: by Mon 2 Mar 2026, 13:30 ET, was by Mon 2 Mar 2026, 16:00 ET (JS-6)" in told
    assert "Resolution: by Mon 2 Mar 2026, 19:00 ET, was by Tue 3 Mar 2026, 12:00 ET (JS-6)" in told
    assert "By clause JS-4." in told


def test_a_reclassification_is_told_as_it_was_though_much_happened_since() -> None:
    incident = reported("major")
    reclassify_incident(
        incident_id=incident.pk, severity="critical", reason="Everybody is hit.", by=hana(), now=NOON + 60 * MINUTE
    )
    reclassify_incident(
        incident_id=incident.pk, severity="minor", reason="It was a false alarm.", by=hana(), now=NOON + 70 * MINUTE
    )
    send_outbox(clock=lambda: NOON + 80 * MINUTE)

    first, second = (body for sent in mail.outbox if sent.to == ["grace@coastline.example"] for body in [body_of(sent)])

    assert "Severity: Critical, was major" in first
    assert "Severity: Minor, was critical" in second
    assert "Resolution: with the next release, not planned yet, was by Mon 2 Mar 2026, 19:00 ET (JS-9)" in second


def test_a_resolution_asks_the_client_to_check_and_says_how_it_was_done() -> None:
    incident = reported()
    resolve_incident(
        incident_id=incident.pk, how="workaround", body="Use the other door.", by=hana(), now=NOON + 20 * MINUTE
    )

    sent = mail_to("grace@coastline.example")

    assert body_of(sent).startswith(f"Check that {incident.ref} is solved for you, and reopen it if it is not.")
    assert "Use the other door." in body_of(sent)
    assert "Resolved by: A work-around" in body_of(sent)


def test_what_support_does_not_cover_is_told_with_the_reason() -> None:
    incident = reported()
    determine_unsupported(
        incident_id=incident.pk, category="enhancement", reason="It is a wish.", by=hana(), now=NOON + 5 * MINUTE
    )

    sent = mail_to("grace@coastline.example")

    assert subject_of(sent).startswith(f"Not covered by support: {incident.ref}")
    assert "It is a wish." in body_of(sent)
    assert "By clause JS-2." in body_of(sent)


def test_a_cause_outside_our_control_is_told_with_the_reason() -> None:
    incident = reported("critical", preset="jbi-support")
    attribute_cause(
        incident_id=incident.pk,
        cause="outside_control",
        reason="Their network was down.",
        by=hana(),
        now=NOON + 5 * MINUTE,
    )

    sent = mail_to("grace@coastline.example")

    assert "Cause: A cause outside our control" in body_of(sent)
    assert "Their network was down." in body_of(sent)
    assert "By clause JB-7." in body_of(sent)


def test_staff_read_what_the_client_wrote_and_that_nothing_waits_any_more() -> None:
    incident = reported("major", preset="juno-live-support")
    wait_for(incident_id=incident.pk, on="client", by=hana(), now=NOON + 5 * MINUTE)
    comment_as_client(incident_id=incident.pk, body="Here you are.", by=grace(), now=NOON + 10 * MINUTE)

    sent = mail_to("hana@people.example")

    assert body_of(sent).startswith(f"Read what Grace Holloway of Coastline Credit Union wrote on {incident.ref}.")
    assert "Here you are." in body_of(sent)


def test_staff_are_asked_to_take_up_what_was_reopened() -> None:
    incident = reported()
    resolve_incident(incident_id=incident.pk, how="fix", body="Done.", by=hana(), now=NOON + 10 * MINUTE)
    reopen_incident(incident_id=incident.pk, reason="It is down again.", by=grace(), now=NOON + 30 * MINUTE)

    sent = mail_to("hana@people.example")

    assert body_of(sent).startswith(f"Take up {incident.ref} of Coastline Credit Union again.")
    assert "It is down again." in body_of(sent)
    assert "Resolution 2: by Mon 2 Mar 2026, 18:30 ET (JS-6)" in body_of(sent)


def test_staff_are_told_to_leave_what_was_withdrawn() -> None:
    incident = reported()
    withdraw_incident(incident_id=incident.pk, reason="Our mistake.", by=grace(), now=NOON + 10 * MINUTE)

    sent = mail_to("hana@people.example")

    assert body_of(sent).startswith(f"Leave {incident.ref}: Coastline Credit Union no longer needs an answer.")
    assert "Our mistake." in body_of(sent)


def test_a_reason_that_was_erased_is_not_sent() -> None:
    incident = reported()
    withdraw_incident(incident_id=incident.pk, reason="Our mistake.", by=grace(), now=NOON + 10 * MINUTE)
    EventText.objects.filter(event__kind="incident.withdrawn").update(texts={})

    sent = mail_to("hana@people.example")

    assert "Our mistake." not in body_of(sent)
    assert body_of(sent).startswith("Leave")


def test_a_deadline_that_waits_says_for_whom() -> None:
    incident = reported("critical", preset="jbi-support")
    wait_for(incident_id=incident.pk, on="third_party", by=hana(), now=NOON + 5 * MINUTE)
    attribute_cause(
        incident_id=incident.pk, cause="client_misuse", reason="It was unplugged.", by=hana(), now=NOON + 6 * MINUTE
    )

    sent = mail_to("grace@coastline.example")

    assert "First response: waits for a third party (JB-4)" in body_of(sent)


def test_markup_in_what_people_write_is_shown_as_text() -> None:
    incident = reported()
    answer_incident(incident_id=incident.pk, body="<script>alert(1)</script>", by=hana(), now=NOON + 20 * MINUTE)

    sent = mail_to("grace@coastline.example")

    html = str(sent.alternatives[0][0])  # type: ignore[attr-defined]
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_many_mails_cost_the_queries_of_one() -> None:
    incident = reported()
    answer_incident(incident_id=incident.pk, body="One.", by=hana(), now=NOON + MINUTE)
    for_few = queries_of_writing()
    for number in range(2, 12):
        answer_incident(incident_id=incident.pk, body="More.", by=hana(), now=NOON + number * MINUTE)

    assert queries_of_writing() == for_few


def queries_of_writing() -> int:
    """Return how many queries it takes to write the answers to whoever has a zone of its own."""
    messages = list(
        Message.objects.filter(kind="incident_answered", recipient__isnull=False).select_related("recipient")
    )
    with CaptureQueriesContext(connection) as queries:
        render_each(messages)
    return len(queries)
