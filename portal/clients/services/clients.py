"""The client companies, and the one provider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from portal.clients.errors import NameTakenError
from portal.clients.models import Client, Provider
from portal.web.taken import refused_if_taken


@contextmanager
def _named(name: str, *, besides: int = 0) -> Iterator[None]:
    """Save a client under a name that no other has."""
    taken = NameTakenError(f"There is a client named {name} already. Give another name.", field="name")
    if Client.objects.filter(name__iexact=name).exclude(pk=besides).exists():
        raise taken
    with refused_if_taken(taken):
        yield


@transaction.atomic
def create_client(
    *, name: str, zone: str, domains: Sequence[str] = (), relationship_manager_id: int | None = None
) -> Client:
    """Create a client, without people or agreements.

    Raises:
        NameTakenError: Another client has the name, whatever its case.
    """
    with _named(name):
        return Client.objects.create(
            name=name, zone=zone, domains=list(domains), relationship_manager_id=relationship_manager_id
        )


@transaction.atomic
def change_client(
    *, client_id: int, name: str, zone: str, domains: Sequence[str], relationship_manager_id: int | None
) -> Client:
    """Change what is known of a client. Its agreements keep their own zones.

    Raises:
        NameTakenError: Another client has the name, whatever its case.
    """
    client = Client.objects.select_for_update().get(pk=client_id)
    client.name = name
    client.zone = zone
    client.domains = list(domains)
    client.relationship_manager_id = relationship_manager_id
    with _named(name, besides=client_id):
        client.save(update_fields=["name", "zone", "domains", "relationship_manager"])
    return client


def change_provider(*, name: str, sender: str, zone: str, fallback: str) -> Provider:
    """Change how the provider is called, and where its mails come from."""
    provider, _ = Provider.objects.update_or_create(
        pk=1, defaults={"name": name, "sender": sender, "zone": zone, "fallback": fallback}
    )
    return provider
