from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client as Browser
from django.urls import reverse

from incidents.services import report_incident, schedule_hosted_event
from portal.accounts.models import Role, User
from portal.clients.models import Agreement, Client, Contact
from portal.clocks.models import Breach, Clock
from portal.journal.models import Event
from tests.factories import (
    AgreementFactory,
    ClientFactory,
    ClientUserFactory,
    ContactFactory,
    StaffFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
FACTS = {
    "accounts.absence",
    "accounts.acting",
    "accounts.shift",
    "accounts.signin",
    "accounts.team",
    "alerts.heartbeat",
    "alerts.message",
    "alerts.preference",
    "clients.client",
    "clients.contact",
    "clients.invitation",
    "clients.provider",
    "clocks.breach",
    "clocks.breachvoid",
    "clocks.clock",
    "incidents.comment",
    "incidents.hostedevent",
    "incidents.informationrequest",
    "journal.event",
    "journal.eventtext",
    "journal.finding",
    "web.submission",
}
"""What nobody adds, changes or removes in the admin."""

MODELS = {model._meta.label_lower: model for model in admin.site._registry}


@pytest.fixture
def administrator(client: Browser) -> User:
    user: User = StaffFactory(role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture
def history() -> None:
    """Two clients, each with an incident and a hosted event: rows in nearly every table."""
    for _ in range(2):
        agreement = AgreementFactory(team=TeamFactory())
        contact = ClientUserFactory(client=agreement.client)
        ContactFactory(client=agreement.client, user=contact)
        incident = report_incident(
            agreement_id=agreement.pk,
            title="Registration is down",
            description="Attendees see an error.",
            severity="critical",
            by=contact,
            now=MONDAY,
        )
        clock = Clock.objects.filter(agreement=agreement, subject_ref=incident.ref)[0]
        Breach.objects.create(clock=clock, due_at=MONDAY, detected_at=MONDAY, late_detected=False)
        schedule_hosted_event(
            agreement_id=agreement.pk,
            name="Spring summit",
            zone="America/New_York",
            sessions=[(datetime(2026, 5, 4, 13, tzinfo=UTC), datetime(2026, 5, 4, 15, tzinfo=UTC))],
            by=contact,
            now=MONDAY,
        )


def address(model: type[Model], page: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


@pytest.mark.parametrize("label", MODELS)
def test_every_table_is_listed_searched_and_opened(
    client: Browser, administrator: User, history: None, label: str
) -> None:
    model = MODELS[label]

    assert client.get(address(model, "changelist")).status_code == 200
    assert client.get(address(model, "changelist"), {"q": "registration 7"}).status_code == 200
    row = model._default_manager.first()
    if row is not None:
        assert client.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("label", MODELS)
def test_every_table_is_searchable(label: str) -> None:
    assert admin.site._registry[MODELS[label]].search_fields


def test_the_admin_shows_every_model_of_the_portal_and_none_of_tables_that_stay_empty() -> None:
    labels = {label.partition(".")[0] for label in MODELS}

    assert labels == {"accounts", "alerts", "clients", "clocks", "credits", "incidents", "journal", "replay", "web"}
    assert set(MODELS) >= FACTS


@pytest.mark.parametrize("label", sorted(FACTS))
def test_facts_are_neither_added_changed_nor_removed(
    client: Browser, administrator: User, history: None, label: str
) -> None:
    model = MODELS[label]
    before = list(model._default_manager.order_by("pk").values())
    row = model._default_manager.first()
    key = row.pk if row is not None else 1

    statuses = [
        client.post(address(model, "add"), {}).status_code,
        client.post(address(model, "change", key), {"reason": "mine"}).status_code,
        client.post(address(model, "delete", key), {"post": "yes"}).status_code,
    ]
    client.post(address(model, "changelist"), {"action": "delete_selected", "_selected_action": [key], "post": "yes"})

    assert statuses == [403] * 3
    assert list(model._default_manager.order_by("pk").values()) == before


def test_what_the_fold_of_the_journal_wrote_is_not_changed_here(
    client: Browser, administrator: User, history: None
) -> None:
    incident = MODELS["incidents.incident"]._default_manager.first()
    assert incident is not None

    client.post(
        address(type(incident), "change", incident.pk),
        {"title": "Corrected", "channel": "", "version": "", "severity": "minor", "status": "resolved"},
    )

    incident.refresh_from_db()
    assert (incident.title, incident.severity, incident.status) == ("Corrected", "critical", "new")  # type: ignore[attr-defined]


def test_a_forged_key_of_anothers_row_is_refused_and_nothing_is_changed(client: Browser, administrator: User) -> None:
    ours, theirs = ClientFactory(name="Alder"), ClientFactory(name="Coastline")
    stranger = ContactFactory(client=theirs, name="Sam")
    forged = {
        "name": "Alder",
        "zone": "UTC",
        "domains": "[]",
        "contacts-TOTAL_FORMS": "1",
        "contacts-INITIAL_FORMS": "1",
        "contacts-0-id": str(stranger.pk),
        "contacts-0-client": str(ours.pk),
        "contacts-0-name": "Mine",
    }

    refused = client.post(address(Client, "change", ours.pk), forged)

    assert refused.status_code == 403
    assert Contact.objects.get().name == "Sam"
    assert Client.objects.get(pk=ours.pk).zone == "America/New_York"


def test_a_client_with_agreements_is_not_removed(client: Browser, administrator: User) -> None:
    agreement = AgreementFactory()

    client.post(address(Client, "delete", agreement.client.pk), {"post": "yes"})

    assert Client.objects.filter(pk=agreement.client.pk).exists()


def test_an_agreement_is_renamed_and_given_to_a_team_and_nothing_else(client: Browser, administrator: User) -> None:
    agreement, team = AgreementFactory(), TeamFactory()
    fee, zone = agreement.fee_minor, agreement.zone
    given = {
        "title": "Support, renamed",
        "team": team.pk,
        "zone": "UTC",
        "fee_minor": "1",
        "reminder_days": '["x"]',
        "discontinued_at_0": "2026-03-02",
        "last_day": "2026-03-03",
    }

    client.post(address(Agreement, "change", agreement.pk), given)

    agreement.refresh_from_db()
    assert (agreement.title, agreement.team) == ("Support, renamed", team)
    assert (agreement.fee_minor, agreement.zone, agreement.last_day) == (fee, zone, None)
    assert agreement.reminder_days == [90, 60, 30]


def staff_login(**fields: Any) -> dict[str, Any]:
    return {"email": "Jo@Northlight.example", "name": "Jo", "role": Role.MANAGER, "zone": "Europe/Zurich"} | fields


def test_a_staff_logins_address_and_role_are_changed(client: Browser, administrator: User) -> None:
    jo = StaffFactory(role=Role.AGENT)

    client.post(address(User, "change", jo.pk), staff_login())

    jo.refresh_from_db()
    assert (jo.email, jo.role, jo.zone) == ("jo@northlight.example", Role.MANAGER, "Europe/Zurich")


@pytest.mark.parametrize("wrong", [{"zone": "Mars/Phobos"}, {"role": Role.MEMBER}, {"email": "none"}])
def test_what_no_login_may_be_is_refused_beside_its_field(
    client: Browser, administrator: User, wrong: dict[str, str]
) -> None:
    jo = StaffFactory(role=Role.AGENT, zone="UTC")

    page = client.post(address(User, "change", jo.pk), staff_login(**wrong))

    jo.refresh_from_db()
    assert page.context["adminform"].form.errors.keys() == wrong.keys()
    assert (jo.role, jo.zone) == (Role.AGENT, "UTC")


def test_nobody_changes_their_own_role(client: Browser, administrator: User) -> None:
    refused = client.post(address(User, "change", administrator.pk), staff_login())

    administrator.refresh_from_db()
    assert refused.status_code == 409
    assert administrator.role == Role.ADMINISTRATOR


def test_a_clients_login_is_changed_on_the_page_of_its_person_alone(client: Browser, administrator: User) -> None:
    dana = ClientUserFactory(role=Role.MEMBER)

    refused = client.post(address(User, "change", dana.pk), staff_login(role=Role.CLIENT_ADMINISTRATOR))

    dana.refresh_from_db()
    assert refused.status_code == 403
    assert dana.role == Role.MEMBER


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [
        ("admin:login", "/admin/"),
        ("admin:logout", "/account/login/"),
        ("admin:password_change", "/account/password/change/"),
    ],
)
def test_the_admin_has_no_sign_in_of_its_own(client: Browser, administrator: User, name: str, leads_to: str) -> None:
    assert client.post(reverse(name))["Location"] == leads_to


def test_the_admin_leads_to_the_one_sign_in_and_back(client: Browser) -> None:
    assert client.get("/admin/journal/event/")["Location"] == "/account/login/?next=/admin/journal/event/"


def test_events_are_listed_at_a_constant_cost(
    client: Browser, administrator: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    agreement = AgreementFactory()
    contact = ClientUserFactory(client=agreement.client)
    for _ in range(5):
        report_incident(
            agreement_id=agreement.pk, title="Down", description="It is.", severity="critical", by=contact, now=MONDAY
        )

    with django_assert_max_num_queries(15):
        client.get(address(Event, "changelist"))
