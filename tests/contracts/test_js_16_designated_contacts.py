"""JS-16: a designated support contact with phone and email, from the activation on."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from portal.accounts.models import Role
from portal.clients.models import Agreement, Contact
from tests.factories import AgreementFactory, ContactFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Browser) -> Browser:
    client.force_login(StaffFactory(role=Role.MANAGER))
    return client


def activated(browser: Browser, draft: Agreement) -> bool:
    browser.post(reverse("agreement_activate", args=[draft.pk]))
    draft.refresh_from_db()
    return draft.activated_at is not None


def test_an_agreement_is_activated_once_a_contact_with_full_details_is_designated(manager: Browser) -> None:
    draft = AgreementFactory(draft=True)

    nobody = activated(manager, draft)
    contact = ContactFactory(client=draft.client, phone="")
    without_phone = activated(manager, draft)
    contact.phone = "+1 212 555 0100"
    contact.save()

    assert (nobody, without_phone, activated(manager, draft)) == (False, False, True)


def test_a_contact_of_another_client_does_not_count(manager: Browser) -> None:
    ContactFactory()

    assert not activated(manager, AgreementFactory(draft=True))


def test_the_last_designated_contact_is_not_removed(manager: Browser) -> None:
    agreement = AgreementFactory()
    last = ContactFactory(client=agreement.client)

    manager.post(reverse("contact_remove", args=[agreement.client.pk, last.pk]))

    assert Contact.objects.filter(pk=last.pk).exists()


def test_a_designated_contact_is_replaced_by_another(manager: Browser) -> None:
    agreement = AgreementFactory()
    leaving, staying = (ContactFactory(client=agreement.client) for _ in range(2))

    manager.post(reverse("contact_remove", args=[agreement.client.pk, leaving.pk]))

    assert list(agreement.client.contacts.all()) == [staying]
