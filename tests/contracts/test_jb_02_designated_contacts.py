"""JB-2: only designated contacts open requests, and an agreement needs its own table of severities."""

from datetime import UTC, datetime

import pytest
from django.test import Client as Browser
from django.urls import reverse

from incidents.errors import NotAllowedError
from incidents.models import Incident
from incidents.services import report_incident
from portal.accounts.models import Role
from portal.clients.models import Client
from tests.factories import AgreementFactory, ClientFactory, ClientUserFactory, ContactFactory, StaffFactory

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)


def test_a_member_who_is_no_designated_contact_opens_no_incident() -> None:
    agreement = AgreementFactory(preset="jbi-support")
    member = ClientUserFactory(client=agreement.client, role=Role.MEMBER)

    with pytest.raises(NotAllowedError):
        report_incident(
            agreement_id=agreement.pk,
            title="Exports are blank",
            description="Every statement.",
            severity="high",
            by=member,
            now=MONDAY,
        )

    assert not Incident.objects.exists()


def test_the_page_of_reports_opens_to_designated_contacts_alone(client: Browser) -> None:
    agreement = AgreementFactory(preset="jbi-support")
    statuses = {}

    for role in (Role.MEMBER, Role.SUPPORT_CONTACT):
        client.force_login(ClientUserFactory(client=agreement.client, role=role))
        statuses[role] = client.get(reverse("support_report")).status_code

    assert statuses == {Role.MEMBER: 403, Role.SUPPORT_CONTACT: 200}


def test_a_contact_who_is_designated_by_staff_may_report_from_then_on(client: Browser) -> None:
    alder: Client = ClientFactory()
    AgreementFactory(client=alder, preset="jbi-support")
    client.force_login(StaffFactory(role=Role.MANAGER))
    new = reverse("contact_new", args=[alder.pk])
    given = {"name": "Dana Whitlock", "email": "dana@alder.example", "phone": "+1 212 555 0100", "signs_in": "on"}
    client.post(
        new, given | {"is_support_contact": "on", "submission": client.get(new).context["form"]["submission"].value()}
    )

    client.force_login(alder.users.get(email="dana@alder.example"))

    assert client.get(reverse("support_report")).status_code == 200


def test_an_agreement_without_its_own_table_of_severities_is_not_activated(client: Browser) -> None:
    draft = AgreementFactory(preset="jbi-support", draft=True)
    ContactFactory(client=draft.client)
    client.force_login(StaffFactory(role=Role.MANAGER))

    page = client.post(reverse("agreement_activate", args=[draft.pk]), follow=True).content.decode()

    draft.refresh_from_db()
    assert draft.activated_at is None
    assert "Fill in the table of severities and times" in page
