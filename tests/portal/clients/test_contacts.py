from __future__ import annotations

import pytest

from portal.accounts.models import Role, User
from portal.accounts.services import LoginExistsError
from portal.clients.errors import ContactNeededError, NameTakenError
from portal.clients.models import Client, Contact
from portal.clients.services import ContactDetails, add_contact, change_contact, remove_contact
from tests.factories import AgreementFactory, ClientFactory, ContactFactory, StaffFactory

pytestmark = pytest.mark.django_db

DANA = ContactDetails(name="Dana Whitlock", email="Dana@Alder.example", phone="+1 212 555 0100")


def details(**changes: object) -> ContactDetails:
    plain = {name: getattr(DANA, name) for name in ContactDetails.__dataclass_fields__}
    return ContactDetails(**{**plain, **changes})


@pytest.fixture
def alder() -> Client:
    return ClientFactory(zone="Europe/London")


@pytest.mark.parametrize(
    ("ticked", "role"),
    [
        ({}, Role.MEMBER),
        ({"is_support_contact": True}, Role.SUPPORT_CONTACT),
        ({"is_support_contact": True, "is_administrator": True}, Role.CLIENT_ADMINISTRATOR),
    ],
)
def test_a_contacts_role_follows_from_what_the_contact_is(alder: Client, ticked: dict[str, bool], role: Role) -> None:
    contact = add_contact(client_id=alder.pk, details=details(signs_in=True, **ticked))

    assert contact.user is not None
    assert (contact.user.role, contact.user.client, contact.user.email) == (role, alder, "dana@alder.example")
    assert contact.user.zone == "Europe/London"


def test_a_contact_without_sign_in_has_no_login(alder: Client) -> None:
    contact = add_contact(client_id=alder.pk, details=DANA)

    assert contact.user is None
    assert not User.objects.exists()


def test_a_contact_no_longer_designated_may_no_longer_report(alder: Client) -> None:
    contact = add_contact(client_id=alder.pk, details=details(signs_in=True, is_support_contact=True))

    changed = change_contact(contact_id=contact.pk, details=details(signs_in=True))

    assert changed.user is not None
    assert changed.user.role == Role.MEMBER


def test_a_contact_who_no_longer_signs_in_keeps_a_closed_login(alder: Client) -> None:
    contact = add_contact(client_id=alder.pk, details=details(signs_in=True))

    changed = change_contact(contact_id=contact.pk, details=DANA)

    assert changed.user is not None
    assert not changed.user.is_active


def test_an_address_signs_in_to_one_client_only(alder: Client) -> None:
    StaffFactory(email="dana@alder.example")

    with pytest.raises(LoginExistsError, match=r"dana@alder\.example"):
        add_contact(client_id=alder.pk, details=details(signs_in=True))

    assert not Contact.objects.exists()


def test_a_client_has_each_address_once_whatever_its_case(alder: Client) -> None:
    ContactFactory(client=alder, email="dana@alder.example")

    with pytest.raises(NameTakenError):
        add_contact(client_id=alder.pk, details=DANA)


def test_the_last_designated_contact_of_an_active_agreement_is_neither_removed_nor_undesignated(
    alder: Client,
) -> None:
    AgreementFactory(client=alder, ref="ALDER-SUPPORT")
    last = ContactFactory(client=alder, phone="+44 20 7946 0000")

    with pytest.raises(ContactNeededError, match="ALDER-SUPPORT"):
        remove_contact(contact_id=last.pk)
    with pytest.raises(ContactNeededError, match="ALDER-SUPPORT"):
        change_contact(contact_id=last.pk, details=details(email=last.email, is_support_contact=False))
    with pytest.raises(ContactNeededError, match="ALDER-SUPPORT"):
        change_contact(contact_id=last.pk, details=details(email=last.email, is_support_contact=True, phone=""))

    last.refresh_from_db()
    assert last.is_support_contact


def test_one_of_two_designated_contacts_is_removed_and_their_login_closed(alder: Client) -> None:
    AgreementFactory(client=alder)
    ContactFactory(client=alder)
    leaving = add_contact(client_id=alder.pk, details=details(signs_in=True, is_support_contact=True))

    remove_contact(contact_id=leaving.pk)

    assert not Contact.objects.filter(pk=leaving.pk).exists()
    assert not User.objects.get(email="dana@alder.example").is_active
