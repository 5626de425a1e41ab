"""The search over all that a user may see: what a reference, a name or a few words of a title lead to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from incidents.models import HostedEvent, Incident, Problem, Release
from incidents.queries import listed
from portal.accounts.models import User
from portal.clients.models import Agreement, Client, Contact
from portal.clients.queries import agreement_list

MOST_FOUND = 8
"""Rows of each kind; more are a matter of the kind's own list."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: its name, where it is, and what it is told from its namesakes by."""

    title: str
    url: str
    about: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: incidents, which have a list of their own, and the rest by kind; kinds without a hit are out."""

    incidents: Sequence[Incident]
    kinds: Sequence[tuple[str, list[Hit]]]

    def __bool__(self) -> bool:
        return bool(self.incidents or self.kinds)

    @property
    def may_go_on(self) -> bool:
        """Whether there may be more incidents than are shown."""
        return len(self.incidents) == MOST_FOUND


def found(user: User, words: str) -> Found:
    """Return what holds the words in its reference, name, title or address. Seven queries."""
    titled = Q(ref__icontains=words) | Q(title__icontains=words)
    name = Q(name__icontains=words)
    seen = Client.objects.visible_to(user)
    clients = seen.filter(name | Q(domains__icontains=words)).order_by("name")[:MOST_FOUND]
    people = Contact.objects.filter(client__in=seen).filter(name | Q(email__icontains=words)).select_related("client")
    agreements = agreement_list(user).filter(titled).order_by("ref")[:MOST_FOUND]
    problems = Problem.objects.filter(titled)[:MOST_FOUND]
    releases = Release.objects.visible_to(user).filter(ref__icontains=words).select_related("product")[:MOST_FOUND]
    events = HostedEvent.objects.visible_to(user).filter(name | Q(ref__icontains=words))
    events = events.select_related("agreement__client")[:MOST_FOUND]
    kinds = {
        "Clients": [Hit(it.name, _page("client", it), ", ".join(it.domains)) for it in clients],
        "People of clients": list(_people(people[:MOST_FOUND])),
        "Agreements": [Hit(it.title, _page("agreement", it), f"{it.ref}, {it.client}") for it in agreements],
        "Problems": [Hit(it.title, _page("problem", it), it.ref) for it in problems],
        "Releases": [Hit(it.ref, _page("release", it), it.product.name) for it in releases],
        "Hosted events": [
            Hit(it.name, _page("hosted_event", it), f"{it.agreement.client}, {it.agreement.ref}") for it in events
        ],
    }
    # By an expression that no index serves: where few of a million incidents hold the words, PostgreSQL would read all
    # of them in the order of the index, one by one, which takes three times as long as to read them as they lie.
    newest = Coalesce("reported_at", "reported_at").desc()
    return Found(
        list(listed(user).mentioning(words).order_by(newest, "-id")[:MOST_FOUND]),
        [(kind, hits) for kind, hits in kinds.items() if hits],
    )


def _page(url_name: str, row: Model) -> str:
    return reverse(url_name, args=[row.pk])


def _people(people: Iterable[Contact]) -> Iterable[Hit]:
    """Yield people; who they are is told on their client's page."""
    for person in people:
        about: list[Any] = [person.client, person.email, person.phone]
        tag = "Support contact" if person.is_support_contact else ""
        url = f"{_page('client', person.client)}#people"
        yield Hit(person.name, url, ", ".join(str(part) for part in about if part), tag)


def named(user: User, words: str) -> Incident | None:
    """Return the one incident that has the words for its reference, in whatever case. One query.

    References are unique in their agreement only: where two have it, the list is for the reader.
    """
    # The agreements are named and no order is asked for, so that the index of (agreement, ref) is read and no other.
    own = Agreement.objects.visible_to(user)
    same = Incident.objects.visible_to(user).filter(agreement__in=own, ref__in={words, words.upper()})
    exact = same.order_by()[:2]
    return exact[0] if len(exact) == 1 else None
