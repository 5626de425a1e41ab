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
from portal.clients.models import Client, Contact
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
    "accounts.acting",
    "accounts.signin",
    "alerts.heartbeat",
    "alerts.message",
    "alerts.preference",
    "clients.invitation",
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


def test_a_clients_own_page_is_saved_with_the_keys_of_its_own_people(client: Browser, administrator: User) -> None:
    ours: Client = ClientFactory(name="Alder")
    dana = ContactFactory(client=ours)
    given = {
        "name": "Alder & Finch",
        "zone": "UTC",
        "domains": "[]",
        "contacts-TOTAL_FORMS": "1",
        "contacts-INITIAL_FORMS": "1",
        "contacts-0-id": str(dana.pk),
        "contacts-0-client": str(ours.pk),
    }

    saved = client.post(address(Client, "change", ours.pk), given)

    ours.refresh_from_db()
    assert saved.status_code == 302
    assert ours.name == "Alder & Finch"


def test_a_client_with_agreements_is_not_removed(client: Browser, administrator: User) -> None:
    agreement = AgreementFactory()

    client.post(address(Client, "delete", agreement.client.pk), {"post": "yes"})

    assert Client.objects.filter(pk=agreement.client.pk).exists()


def test_a_login_made_here_is_opened_by_an_emailed_code_alone(client: Browser, administrator: User) -> None:
    given = {"email": "Ann@Northlight.example", "name": "Ann Lee", "role": Role.AGENT, "zone": "UTC", "is_active": "on"}

    client.post(address(User, "add"), given)

    made = User.objects.get(email="ann@northlight.example")
    assert not made.has_usable_password()


def test_a_staff_role_with_a_client_is_refused_in_words(client: Browser, administrator: User) -> None:
    alder = ClientFactory()
    given = {"email": "a@b.example", "name": "Ann", "role": Role.AGENT, "client": alder.pk, "zone": "UTC"}

    page = client.post(address(User, "add"), given)

    assert "A staff role has no client, and a client role has one." in page.content.decode()


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
