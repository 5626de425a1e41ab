"""Who is told in writing of what concerns a client's contracts: its own people, and whoever of ours answers for it."""

from __future__ import annotations

from collections.abc import Iterator

from portal.accounts.models import User
from portal.accounts.permissions import ALLOWED, Act
from portal.clients.models import Client, Contact
from portal.journal.subjects import Recipient

WHY_CONTACT = "You are a designated support contact."
WHY_CLIENT = "You speak for your company on support."

_SPEAKERS = [role for role, acts in ALLOWED.items() if Act.REMEDY_PLAN in acts]


def client_people(client_id: int) -> Iterator[Recipient]:
    """Yield a client's people who may speak for it, its administrators among them, then the other support contacts.

    Two queries. Clause: JS-16, JS-21.
    """
    seen: set[str] = set()
    for user in User.objects.filter(client=client_id, role__in=_SPEAKERS, is_active=True).order_by("pk"):
        seen.add(user.email.lower())
        yield Recipient(user.email, user.name, user.pk, False, WHY_CLIENT)
    for contact in Contact.objects.filter(client=client_id, is_support_contact=True):
        if contact.email.lower() not in seen:
            yield Recipient(contact.email, contact.name, contact.user_id, False, WHY_CONTACT)


def relationship_manager(client: Client) -> list[Recipient]:
    """Return a client's relationship manager; nobody where it has none, or one whose login was closed."""
    manager = client.relationship_manager
    if manager is None or not manager.is_active:
        return []
    return [Recipient(manager.email, manager.name, manager.pk, True, f"You are {client.name}'s relationship manager.")]
