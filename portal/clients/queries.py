"""Reading clients and agreements: what pages show, and what an activation still needs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Count, Prefetch, Q, QuerySet

from portal.accounts.models import STAFF_ROLES, User
from portal.alerts.provider import Sender
from portal.clients.models import Agreement, AgreementQuerySet, Client, Contact, Invitation, Provider
from portal.contract.events import AgreementAmended
from portal.contract.terms import Terms, Value, known_terms
from portal.journal.models import Event, EventQuerySet
from portal.journal.services import read


def reachable(path: str = "") -> Q:
    """Return the condition of a designated support contact with full details, seen along a path. Clause: JS-16."""
    return Q(**{f"{path}is_support_contact": True}) & ~Q(**{f"{path}phone": ""}) & ~Q(**{f"{path}email": ""})


def provider() -> Provider:
    """Return the one company that runs this installation. One query."""
    return Provider.objects.get(pk=1)


def provider_as_sender() -> Sender | None:
    """Return the provider as mails need it, None while it has no address of its own. One query."""
    found = Provider.objects.filter(pk=1).first()
    if found is None or not found.sender:
        return None
    return Sender(found.name, found.sender, found.fallback, found.zone)


def client_list(user: User, *, search: str = "") -> QuerySet[Client]:
    """Return the clients a user may see, with their agreements and their number of contacts. Two queries."""
    clients = (
        Client.objects.visible_to(user)
        .select_related("relationship_manager")
        .annotate(support_contacts=Count("contacts", filter=reachable("contacts__")))
        .prefetch_related(Prefetch("agreements", Agreement.objects.visible_to(user).order_by("ref")))
    )
    return clients.filter(name__icontains=search) if search else clients


def agreement_list(user: User) -> QuerySet[Agreement]:
    """Return the agreements a user may see, with what their page names. One query."""
    return Agreement.objects.visible_to(user).select_related("client", "product", "team")


def contacts_of(client: Client) -> QuerySet[Contact]:
    """Return a client's people with their logins, designated support contacts first. One query."""
    return client.contacts.select_related("user").order_by("-is_support_contact", "name", "id")


def invitations_of(user: User, client: Client | None) -> QuerySet[Invitation]:
    """Return the invitations to a client, or to the staff, that wait to be confirmed, latest first. One query."""
    pending = Invitation.objects.visible_to(user).pending().filter(client=client)
    return pending.select_related("invited_by", "replaces").order_by("-sent_at", "-id")


def staff_list() -> QuerySet[User]:
    """Return the provider's people, open logins first. One query."""
    return User.objects.filter(role__in=STAFF_ROLES).order_by("-is_active", "name", "id")


def terms_at(agreement: Agreement, instants: Iterable[datetime]) -> list[Terms]:
    """Return the terms that hold for what begins at each of these instants. One query."""
    amendments = Event.objects.filter(agreement=agreement).amendments().in_order()
    since: list[datetime] = []
    terms = [agreement.pinned_terms]
    for row in amendments:
        event = read(row)
        assert isinstance(event, AgreementAmended)  # noqa: S101  # The filter on `kind` says so.
        since.append(row.at)
        terms.append(known_terms(event.terms))
    return [terms[bisect_right(since, at)] for at in instants]


def terms_in_force(agreement: Agreement, *, at: datetime) -> Terms:
    """Return the terms that hold for what begins at an instant: the last amendment's, else the pinned. One query."""
    amended = Event.objects.filter(agreement=agreement, at__lte=at).amendments().in_order().last()
    if amended is None:
        return agreement.pinned_terms
    event = read(amended)
    assert isinstance(event, AgreementAmended)  # noqa: S101  # The filter on `kind` says so.
    return known_terms(event.terms)


def days_of_notice(terms: Terms) -> Value[int] | None:
    """Return how many days of notice a discontinuation takes; None where no clause allows one. Clause: JS-22."""
    support = terms.document.support
    return support.discontinuation_days if support is not None else None


FURTHEST_REMINDER = timedelta(days=366)
"""How long before a term's end anybody may be reminded of it."""


def terms_running_out(*, at: datetime, among: AgreementQuerySet | None = None) -> AgreementQuerySet:
    """Return the active agreements whose term ends within a year or has ended, soonest first, with their people.

    Those that were renewed already, or that end by notice, are not among them. One query.
    """
    agreements = Agreement.objects.all() if among is None else among
    # A day more, because the agreement's own zone may be ahead; who reads them looks at its local date.
    soon = at.date() + FURTHEST_REMINDER + timedelta(days=1)
    running_out = agreements.active(at).filter(
        ends_on__lte=soon, renewed_until__isnull=True, discontinued_at__isnull=True, ended_at__isnull=True
    )
    return running_out.select_related("client__relationship_manager").order_by("ends_on", "pk")


def amendments(agreement: Agreement) -> Iterable[Event]:
    """Return the agreement's own events, newest first: amendments, suspensions, renewals, notices. One query."""
    own = agreement.events.filter(subject_kind="agreement")
    return own.select_related("actor", "on_behalf_of", "text").order_by("-at", "-id")


@dataclass(frozen=True, slots=True)
class Missing:
    """What has to be done before an agreement can be activated: a sentence, its clause, and what it is about."""

    sentence: str
    clause: str
    what: Literal["severities", "contact"]


def missing_for_activation(agreement: Agreement) -> list[Missing]:
    """Return what has to be done before the agreement can be activated. One query at most.

    Clause: JS-16, JB-2.
    """
    support = agreement.pinned_terms.document.support
    if support is None:
        return []
    missing = []
    if support.severities_missing is not None:
        sentence = "Fill in the table of severities and times: the contract has none."
        missing.append(Missing(sentence, "JB-2", "severities"))
    if not agreement.client.contacts.filter(reachable()).exists():
        missing.append(Missing("Name a designated support contact with phone and email.", "JS-16", "contact"))
    return missing


def activity_of(user: User, client: Client) -> EventQuerySet:
    """Return what the journal says of a client, as far as a user may read it. One query.

    A client's user reads its own client's, and only what the journal keeps for both sides.
    """
    events = Event.objects.filter(client=client).select_related("actor", "on_behalf_of", "text", "agreement")
    if user.is_provider:
        return events
    return events.filter(client=user.client_id, visible_to_client=True)
