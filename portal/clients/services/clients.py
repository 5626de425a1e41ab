"""The client companies, and the one provider."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from portal.clients.errors import NameTakenError
from portal.clients.models import Client, Provider


def _check_name(name: str, *, besides: int = 0) -> None:
    if Client.objects.filter(name__iexact=name).exclude(pk=besides).exists():
        raise NameTakenError(f"There is a client named {name} already. Give another name.", field="name")


@transaction.atomic
def create_client(
    *, name: str, zone: str, domains: Sequence[str] = (), relationship_manager_id: int | None = None
) -> Client:
    """Create a client, without people or agreements.

    Raises:
        NameTakenError: Another client has the name, whatever its case.
    """
    _check_name(name)
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
    _check_name(name, besides=client_id)
    client.name = name
    client.zone = zone
    client.domains = list(domains)
    client.relationship_manager_id = relationship_manager_id
    client.save(update_fields=["name", "zone", "domains", "relationship_manager"])
    return client


def change_provider(*, name: str, sender: str, zone: str, fallback: str) -> Provider:
    """Change how the provider is called, and where its mails come from."""
    provider, _ = Provider.objects.update_or_create(
        pk=1, defaults={"name": name, "sender": sender, "zone": zone, "fallback": fallback}
    )
    return provider
