"""The register of places: where the modules above show what concerns one client; its page leads there.

Each module adds its own in AppConfig.ready, by the URL's name, so that this floor knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from portal.accounts.models import User
from portal.clients.models import Client


def _everyone(user: User) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place of the staff's.

    Attributes:
        url_name: A page of one client's, whose address takes its number; or a list, with `narrowed`.
        narrowed: Whether the page is a list that `?client=` narrows.
        order: Where it stands among the others.
    """

    url_name: str
    label: str
    icon: str
    order: int
    narrowed: bool = False
    allows: Callable[[User], bool] = _everyone


@dataclass(frozen=True, slots=True)
class Link:
    """A place as the page of one client shows it."""

    label: str
    icon: str
    url: str


_places: dict[str, Place] = {}


def register(*places: Place) -> None:
    """Add places. Registering the same URL again replaces its place."""
    _places.update({place.url_name: place for place in places})


def places_of(client: Client, *, user: User) -> list[Link]:
    """Return the links to what concerns a client, as far as a user may follow them."""
    shown = sorted((place for place in _places.values() if place.allows(user)), key=lambda place: place.order)
    return [
        Link(
            place.label,
            place.icon,
            f"{reverse(place.url_name)}?client={client.pk}"
            if place.narrowed
            else reverse(place.url_name, args=[client.pk]),
        )
        for place in shown
    ]
