"""JS-22: while fees are overdue support is suspended; the clocks of incidents stand still and go on afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from incidents.models import Incident
from incidents.services import report_incident
from portal.accounts.models import Role, User
from portal.clients.models import Agreement
from portal.clients.services import reinstate_agreement, suspend_agreement
from portal.clocks.models import Clock
from portal.journal.models import Finding
from tests.contracts.desk import Desk, clock_of, promises_of
from tests.contracts.judging import ny
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def manager() -> User:
    return StaffFactory(role=Role.MANAGER)


def reported(agreement: Agreement, at: datetime) -> Incident:
    return report_incident(
        agreement_id=agreement.pk,
        title="Registration is down",
        description="Attendees see an error.",
        severity="critical",
        by=ClientUserFactory(client=agreement.client),
        now=at,
    )


def response_of(incident: Incident) -> Clock:
    return Clock.objects.get(agreement=incident.agreement, subject_ref=incident.ref, target="response")


def test_an_open_clock_pauses_at_the_suspension_and_keeps_what_was_left(manager: User) -> None:
    agreement = AgreementFactory()
    incident = reported(agreement, NOON)

    suspend_agreement(agreement_id=agreement.pk, by=manager, at=NOON + 10 * MINUTE)
    paused = response_of(incident)
    reinstate_agreement(agreement_id=agreement.pk, by=manager, at=NOON + 100 * MINUTE)

    assert (paused.state, paused.due_at) == ("paused", None)
    assert response_of(incident).due_at == NOON + 120 * MINUTE


def test_an_incident_reported_meanwhile_is_kept_and_waits_from_its_report(manager: User) -> None:
    agreement = AgreementFactory()
    suspend_agreement(agreement_id=agreement.pk, by=manager, at=NOON)

    incident = reported(agreement, NOON + 10 * MINUTE)
    paused = response_of(incident).state
    reinstate_agreement(agreement_id=agreement.pk, by=manager, at=NOON + 60 * MINUTE)

    assert paused == "paused"
    assert response_of(incident).due_at == NOON + 90 * MINUTE


def test_a_suspension_touches_no_other_agreement(manager: User) -> None:
    agreement, other = AgreementFactory(), AgreementFactory()
    incident = reported(other, NOON)

    suspend_agreement(agreement_id=agreement.pk, by=manager, at=NOON + 10 * MINUTE)

    assert response_of(incident).state == "running"


@pytest.mark.parametrize("side", ["staff", "client"])
def test_both_sides_see_the_suspension_on_the_agreements_page(client: Browser, manager: User, side: str) -> None:
    agreement = AgreementFactory()
    suspend_agreement(agreement_id=agreement.pk, by=manager, at=NOON)
    client.force_login(manager if side == "staff" else ClientUserFactory(client=agreement.client, role=Role.MEMBER))

    page = client.get(reverse("agreement", args=[agreement.pk])).content.decode()

    assert "Support is suspended since" in page
    assert "/clauses/JS-22/" in page


# ------------------------------------------------------------------------------------------------------ through pages


def suspended(desk: Desk, when: str) -> None:
    desk.send(when, f"/agreements/{desk.agreement.pk}/suspend/", by=desk.manager)


def reinstated(desk: Desk, when: str) -> None:
    desk.send(when, f"/agreements/{desk.agreement.pk}/reinstate/", by=desk.manager)


def test_what_is_reported_on_the_page_meanwhile_is_kept_marked_and_paused_from_its_report(juno: Desk) -> None:
    suspended(juno, "09:00")
    incident = juno.report("10:00")
    waiting = clock_of(incident, "response")

    for address, reader in (("incidents", juno.manager), ("support", juno.contact)):
        page = juno.read("10:01", f"/{address}/{incident.pk}/", by=reader)
        assert "Support is suspended since" in page
        assert "JS-22" in page
    reinstated(juno, "12:00")

    assert (waiting.state, waiting.due_at) == ("paused", None)
    assert Finding.objects.get(subject=f"incident:{incident.ref}").kind == "support_suspended"
    assert promises_of(juno, "12:01", incident) == {
        "First response": "Due 12:30 ET JS-6",
        "Resolution": "Due 18:00 ET JS-6",
    }
    assert "Support is suspended" not in juno.read("12:01", f"/support/{incident.pk}/", by=juno.contact)


def test_outages_go_on_while_support_is_suspended(juno: Desk) -> None:
    suspended(juno, "09:00")

    address = f"/availability/{juno.agreement.pk}/outages/new/"
    juno.send("10:00", address, by=juno.manager, start="2026-03-02T10:00", cause="unscheduled")
    juno.flag("16:00")

    outage = Clock.objects.get(subject_kind="outage")
    assert (outage.breached_at, outage.clause) == (ny("16:00"), "JS-18")


def test_the_client_suspends_and_reinstates_nothing(juno: Desk) -> None:
    for act in ("suspend", "reinstate"):
        response = juno.send("09:00", f"/agreements/{juno.agreement.pk}/{act}/", by=juno.contact)

        assert response.status_code in (403, 404)
    assert Agreement.objects.get(pk=juno.agreement.pk).suspended_at is None
