"""Invitations: what a person is asked for by mail holds once they confirm the mailed link. Clause: JS-16."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from portal.accounts.models import Role, User
from portal.accounts.services import LoginExistsError, create_login
from portal.alerts.services import Notice, enqueue
from portal.clients.errors import (
    AddressChangedError,
    AlreadyDesignatedError,
    AlreadyInvitedError,
    LinkEndedError,
)
from portal.clients.models import Client, Contact, Invitation
from portal.clients.services.contacts import check_designated
from portal.web.taken import refused_if_taken

GOOD_FOR = timedelta(days=7)
"""How long a mailed link can be confirmed, from its last sending; at that instant it no longer can."""

KIND = "invitation"
_SALT = "portal.clients.invitation"
_MOVED = "The invitation was sent to another address since, or is gone. Use the link in the latest mail."


def link_token(invitation: Invitation) -> str:
    """Return what the mailed link carries: signed, and good for the address it goes to alone."""
    return signing.dumps([invitation.pk, invitation.email], salt=_SALT)


def invitation_of(token: str) -> Invitation:
    """Return the invitation that a mailed link names. One query.

    Raises:
        LinkEndedError: The link is damaged, or its invitation went to another address since.
    """
    try:
        pk, email = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise LinkEndedError("This link is damaged. Copy the whole of it from the mail.") from None
    found = Invitation.objects.select_related("client", "contact__user", "replaces", "invited_by").filter(pk=pk).first()
    if found is None or found.email != email:
        raise LinkEndedError(_MOVED)
    return found


def check_open(invitation: Invitation, *, at: datetime) -> None:
    """Refuse an invitation that can't be confirmed at an instant.

    Raises:
        LinkEndedError: It was confirmed, was taken back, or is too old.
    """
    if invitation.confirmed_at is not None:
        raise LinkEndedError("This link was used. Sign in instead.")
    if invitation.revoked_at is not None:
        raise LinkEndedError(f"{invitation.invited_by} took this invitation back. Ask them for another one.")
    if at >= invitation.expires_at:
        raise LinkEndedError(f"This link is older than 7 days. Ask {invitation.invited_by} to send it again.")


@transaction.atomic
def invite(
    *,
    email: str,
    role: Role,
    by: User,
    at: datetime,
    client_id: int | None = None,
    name: str = "",
    phone: str = "",
    replaces_id: int | None = None,
) -> Invitation:
    """Ask somebody by mail to join the staff or, with `client_id`, a client; a support contact has a phone.

    Raises:
        AlreadyInvitedError: An invitation to the address waits.
        LoginExistsError: Somebody signs in with this address already.
        AlreadyDesignatedError: The person is a designated support contact.
    """
    email = email.strip().lower()
    contact: Contact | None = None
    if client_id is not None:
        client = Client.objects.select_for_update().get(pk=client_id)
        contact = client.contacts.select_related("user").filter(email__iexact=email).first()
    _check_free(email, role, contact)
    # The unique address decides between two that invite at once.
    invitation, is_new = Invitation.objects.get_or_create(
        email=email,
        confirmed_at=None,
        revoked_at=None,
        defaults={
            "role": role,
            "client_id": client_id,
            "contact": contact,
            "replaces_id": replaces_id,
            "name": contact.name if contact else name,
            "phone": phone or (contact.phone if contact else ""),
            "invited_by": by,
            "sent_at": at,
            "expires_at": at + GOOD_FOR,
        },
    )
    if not is_new:
        raise AlreadyInvitedError(
            f"{email} was invited already. Send that invitation again, or take it back.", field="email"
        )
    _mail(invitation)
    return invitation


def _check_free(email: str, role: Role, contact: Contact | None) -> None:
    """Refuse an address that has a login, unless its owner becomes a support contact of the client they belong to."""
    designates = role == Role.SUPPORT_CONTACT
    if contact is not None and designates and contact.is_support_contact:
        raise AlreadyDesignatedError(f"{contact} is a designated support contact already.", field="email")
    known = contact.user if contact is not None else None
    if known is not None and designates and known.is_active:
        return
    if User.objects.filter(email=email).exists():
        raise LoginExistsError(f"{email} has a login already. Give another address, or reopen it.", field="email")


def _mail(invitation: Invitation) -> None:
    # The row names the invitation only; the link is made when the mail is written, so that nobody reads it in a table.
    notice = Notice(
        key=f"{KIND}:{invitation.pk}:{invitation.email}:{invitation.sent_at.isoformat()}",
        kind=KIND,
        address=invitation.email,
        context={"invitation": invitation.pk},
        mutable=False,
    )
    enqueue([notice], at=invitation.sent_at)


@transaction.atomic
def resend_invitation(*, invitation_id: int, email: str, at: datetime) -> Invitation:
    """Mail an invitation again, for seven more days; a link that went to another address ends.

    Raises:
        LinkEndedError: It was confirmed or taken back.
        AlreadyInvitedError: An invitation to the new address waits.
        AddressChangedError: It is about a known person, who has one address.
        LoginExistsError: Somebody signs in with the new address already.
    """
    invitation = _locked(invitation_id)
    email = email.strip().lower()
    if invitation.confirmed_at is not None or invitation.revoked_at is not None:
        raise LinkEndedError("This invitation was confirmed or taken back. Invite the person anew.")
    if email != invitation.email:
        if invitation.contact is not None:
            raise AddressChangedError(
                f"{invitation.contact} is reached at {invitation.email}. Change the contact first.", field="email"
            )
        _check_free(email, Role(invitation.role), None)
    invitation.email = email
    invitation.sent_at = at
    invitation.expires_at = at + GOOD_FOR
    # The address is unique among those that wait.
    with refused_if_taken(AlreadyInvitedError(f"{email} was invited already. Give another address.", field="email")):
        invitation.save(update_fields=["email", "sent_at", "expires_at"])
    _mail(invitation)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation_id: int, at: datetime) -> Invitation:
    """Take an invitation back: its link opens nothing any more. Taking back what was taken back changes nothing.

    Raises:
        LinkEndedError: It was confirmed.
    """
    invitation = _locked(invitation_id)
    if invitation.confirmed_at is not None:
        raise LinkEndedError(f"{invitation} has confirmed it by now. Close the login instead.")
    if invitation.revoked_at is None:
        invitation.revoked_at = at
        invitation.save(update_fields=["revoked_at"])
    return invitation


@transaction.atomic
def confirm_invitation(*, token: str, name: str = "", password: str | None = None, at: datetime) -> User:
    """Let what was asked for hold, and return the person's login; who had none gets one with this name and password.

    Clause: JS-16.

    Raises:
        LinkEndedError: The link can't be confirmed, or not any more.
        AddressChangedError: The person has another address by now.
        LoginExistsError: Somebody signs in with this address by now.
    """
    found = invitation_of(token)
    if found.client_id is not None:
        # The same lock, in the same order, as every change of a client's people.
        Client.objects.select_for_update().get(pk=found.client_id)
    invitation = _locked(found.pk)
    if invitation.email != found.email:
        raise LinkEndedError(_MOVED)
    check_open(invitation, at=at)
    if invitation.client is None:
        user = create_login(email=invitation.email, name=name, role=Role(invitation.role), password=password)
    else:
        user = _join(invitation, invitation.client, name=name, password=password)
    invitation.confirmed_at = at
    invitation.save(update_fields=["confirmed_at"])
    return user


def _join(invitation: Invitation, client: Client, *, name: str, password: str | None) -> User:
    contact = invitation.contact or Contact(client=client, email=invitation.email)
    if contact.email.lower() != invitation.email:
        raise AddressChangedError(f"{contact} is reached at another address by now. Ask for another link.")
    if contact.pk is None and client.contacts.filter(email__iexact=invitation.email).exists():
        raise LoginExistsError(f"{invitation.email} was added meanwhile. Ask for another link.")
    if contact.user is None:
        role = Role(invitation.role)
        contact.name = name
        contact.user = create_login(
            email=invitation.email, name=name, role=role, client_id=client.pk, zone=client.zone, password=password
        )
    elif invitation.designates and contact.user.role == Role.MEMBER:
        contact.user.role = Role.SUPPORT_CONTACT
        contact.user.save(update_fields=["role"])
    contact.phone = invitation.phone or contact.phone
    contact.is_support_contact = contact.is_support_contact or invitation.designates
    contact.save()
    if invitation.replaces is not None:
        undesignate(invitation.replaces)
    return contact.user


def undesignate(contact: Contact) -> None:
    """Make a designated support contact one of the client's other people. The caller holds the client's lock."""
    contact.is_support_contact = False
    contact.save(update_fields=["is_support_contact"])
    if contact.user is not None and contact.user.role == Role.SUPPORT_CONTACT:
        contact.user.role = Role.MEMBER
        contact.user.save(update_fields=["role"])


@transaction.atomic
def end_designation(*, contact_id: int) -> Contact:
    """Let somebody no longer be a support contact; they read and comment still. Clause: JS-16.

    Raises:
        ContactNeededError: An active agreement would be left without a designated support contact.
    """
    contact = Contact.objects.select_related("client", "user").get(pk=contact_id)
    Client.objects.select_for_update().get(pk=contact.client_id)
    undesignate(contact)
    check_designated(contact.client)
    return contact


def _locked(invitation_id: int) -> Invitation:
    invitations = Invitation.objects.select_related("client", "contact__user", "replaces__user", "invited_by")
    return invitations.select_for_update(of=("self",)).get(pk=invitation_id)
