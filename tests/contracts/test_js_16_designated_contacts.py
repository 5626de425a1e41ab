"""JS-16: a designated support contact with phone and email, from the activation on; replaced by a confirmed mail."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from portal.accounts.models import Role
from portal.clients.models import Agreement, Contact
from tests.factories import AgreementFactory, ClientUserFactory, ContactFactory, StaffFactory
from tests.portal.clients.invited import PASSWORD, mailed_link, send_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Browser) -> Browser:
    client.force_login(StaffFactory(role=Role.MANAGER))
    return client


@pytest.fixture
def agreement() -> Agreement:
    return AgreementFactory()


@pytest.fixture
def administrator(agreement: Agreement) -> Browser:
    """The client's own administrator, in a browser."""
    browser = Browser()
    browser.force_login(ClientUserFactory(client=agreement.client, role=Role.CLIENT_ADMINISTRATOR))
    return browser


def designated(agreement: Agreement) -> set[str]:
    return set(agreement.client.contacts.filter(is_support_contact=True).values_list("email", flat=True))


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


def test_a_replacement_by_the_client_holds_when_the_mailed_link_is_confirmed(
    agreement: Agreement, administrator: Browser
) -> None:
    leaving = ContactFactory(client=agreement.client, email="sam@alder.example")

    send_form(
        administrator,
        reverse("people_invite"),
        email="dana@alder.example",
        role=Role.SUPPORT_CONTACT,
        phone="+1 212 555 0101",
        replaces=leaving.pk,
    )
    link = mailed_link()
    seen = Browser().get(link)
    before = designated(agreement)
    Browser().post(link, {"name": "Dana Whitlock", "password": PASSWORD})

    assert seen.status_code == 200
    assert before == {"sam@alder.example"}
    assert designated(agreement) == {"dana@alder.example"}


def test_a_colleague_with_a_login_becomes_a_support_contact_by_confirming_the_link(
    agreement: Agreement, administrator: Browser
) -> None:
    dana = ClientUserFactory(client=agreement.client, role=Role.MEMBER)
    contact = ContactFactory(client=agreement.client, user=dana, email=dana.email, is_support_contact=False, phone="")

    send_form(administrator, reverse("person_designate", args=[contact.pk]), phone="+1 212 555 0101")
    before = designated(agreement)
    answer = Browser().post(mailed_link())

    dana.refresh_from_db()
    assert before == set()
    assert "You are a support contact" in answer.content.decode()
    assert designated(agreement) == {dana.email}
    assert dana.role == Role.SUPPORT_CONTACT


def test_a_support_contact_without_a_phone_is_not_named(agreement: Agreement, administrator: Browser) -> None:
    contact = ContactFactory(client=agreement.client, is_support_contact=False, phone="")

    answer = send_form(administrator, reverse("person_designate", args=[contact.pk]))

    assert answer.context["form"].errors["phone"] == ["Nothing is filled in. Fill it in."]


def test_the_client_does_not_remove_its_last_support_contact(agreement: Agreement, administrator: Browser) -> None:
    last = ContactFactory(client=agreement.client)

    answer = send_form(administrator, reverse("person_release", args=[last.pk]))

    assert "needs a designated support contact with phone and email (JS-16)" in answer.content.decode()
    assert designated(agreement) == {last.email}


def test_the_client_removes_a_support_contact_who_is_not_the_last(agreement: Agreement, administrator: Browser) -> None:
    leaving, staying = (ContactFactory(client=agreement.client) for _ in range(2))

    send_form(administrator, reverse("person_release", args=[leaving.pk]))

    assert designated(agreement) == {staying.email}


def test_staff_see_who_is_to_become_a_support_contact_and_in_whose_place(
    manager: Browser, agreement: Agreement, administrator: Browser
) -> None:
    leaving = ContactFactory(client=agreement.client, name="Sam Ortiz")
    form = {"role": Role.SUPPORT_CONTACT, "phone": "+1 212 555 0101", "replaces": leaving.pk}
    send_form(administrator, reverse("people_invite"), email="dana@alder.example", **form)

    page = manager.get(reverse("client_people", args=[agreement.client.pk])).content.decode()

    assert "dana@alder.example" in page
    assert "in place of Sam Ortiz" in page
