"""A client's people: who is told, who may open incidents, who signs in. Clause: JS-16, JB-2."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from portal.accounts.models import Role, User
from portal.accounts.services import LoginExistsError, create_login
from portal.clients.errors import ContactNeededError, NameTakenError
from portal.clients.models import Client, Contact
from portal.clients.queries import reachable
from portal.web.taken import refused_if_taken


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDetails:
    """What is known of a contact. A login's role follows from it: designated contacts report, members read and comment.

    Attributes:
        is_support_contact: Designated to open incidents, and told of what happens to them.
        signs_in: Whether the contact has a login.
        is_administrator: Whether that login administers the client's side of the portal.
    """

    name: str
    email: str
    phone: str = ""
    is_support_contact: bool = False
    signs_in: bool = False
    is_administrator: bool = False

    @property
    def role(self) -> Role:
        """The role of the contact's login."""
        if self.is_administrator:
            return Role.CLIENT_ADMINISTRATOR
        return Role.SUPPORT_CONTACT if self.is_support_contact else Role.MEMBER


@transaction.atomic
def add_contact(*, client_id: int, details: ContactDetails) -> Contact:
    """Add a person to a client, with a login if they are to sign in.

    Raises:
        NameTakenError: The client has a contact with this address.
        LoginExistsError: Somebody signs in with this address already.
    """
    client = Client.objects.select_for_update().get(pk=client_id)
    return _save(Contact(client=client), details)


@transaction.atomic
def change_contact(*, contact_id: int, details: ContactDetails) -> Contact:
    """Change what is known of a person, and their login with it; one who no longer signs in keeps a closed login.

    Raises:
        NameTakenError: The client has another contact with this address.
        LoginExistsError: Somebody else signs in with this address already.
        ContactNeededError: An active agreement would be left without a designated support contact.
    """
    contact = _locked(contact_id)
    changed = _save(contact, details)
    check_designated(contact.client)
    return changed


@transaction.atomic
def remove_contact(*, contact_id: int) -> None:
    """Remove a person from a client and close their login; what they wrote keeps their name.

    Raises:
        ContactNeededError: An active agreement would be left without a designated support contact.
    """
    contact = _locked(contact_id)
    if contact.user is not None:
        contact.user.is_active = False
        contact.user.save(update_fields=["is_active"])
    contact.delete()
    check_designated(contact.client)


def _locked(contact_id: int) -> Contact:
    # The client is the lock: two of its last contacts can't be removed at once.
    contact = Contact.objects.select_related("client", "user").get(pk=contact_id)
    Client.objects.select_for_update().get(pk=contact.client_id)
    return contact


def _save(contact: Contact, details: ContactDetails) -> Contact:
    email = details.email.lower()
    if contact.client.contacts.filter(email__iexact=email).exclude(pk=contact.pk).exists():
        raise NameTakenError(f"{contact.client} has a contact with {email} already.", field="email")
    contact.name = details.name
    contact.email = email
    contact.phone = details.phone
    contact.is_support_contact = details.is_support_contact
    contact.user = _login(contact, details)
    contact.save()
    return contact


def _login(contact: Contact, details: ContactDetails) -> User | None:
    user = contact.user
    if user is None:
        if not details.signs_in:
            return None
        client = contact.client
        return create_login(
            email=contact.email, name=contact.name, role=details.role, client_id=client.pk, zone=client.zone
        )
    taken = LoginExistsError(f"{contact.email} has a login already. Give another address.", field="email")
    if User.objects.filter(email=contact.email).exclude(pk=user.pk).exists():
        raise taken
    user.email = contact.email
    user.name = contact.name
    user.role = details.role
    user.is_active = details.signs_in
    with refused_if_taken(taken):
        user.save(update_fields=["email", "name", "role", "is_active"])
    return user


def check_designated(client: Client) -> None:
    """Refuse to leave active support without anybody to turn to. Clause: JS-16."""
    if client.contacts.filter(reachable()).exists():
        return
    # One whose end is fixed has to name nobody any more.
    for agreement in client.agreements.filter(activated_at__isnull=False, ended_at__isnull=True):
        if agreement.pinned_terms.document.support is not None:
            raise ContactNeededError(
                f"{agreement.ref} needs a designated support contact with phone and email (JS-16). "
                "Name another one first."
            )
