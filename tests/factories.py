"""What tests stand on, with defaults for all that a test does not care about. Instants are fixed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from portal.accounts.models import Role, Team, User
from portal.clients.models import Agreement, Client, Contact, Invitation, Product, Provider
from portal.contract.terms import read_terms

ACTIVATED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""When the agreements of these factories were activated."""


class ProviderFactory(DjangoModelFactory[Provider]):
    """The one provider; made again where a test emptied the tables."""

    class Meta:
        model = Provider
        django_get_or_create = ("id",)

    id = 1
    name = "Northlight"
    sender = "success@northlight.example"
    zone = "America/New_York"


class ClientFactory(DjangoModelFactory[Client]):
    """A client company."""

    class Meta:
        model = Client

    name = factory.Sequence(lambda number: f"Client {number}")
    zone = "America/New_York"


class UserFactory(DjangoModelFactory[User]):
    """A login with a role. Give `password` where the test signs in by it; else nobody can."""

    class Meta:
        model = User
        abstract = True

    name = factory.Sequence(lambda number: f"Person {number}")
    email = factory.Sequence(lambda number: f"person{number}@people.example")
    password = ""

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return User.objects.create_user(password=kwargs.pop("password") or None, **kwargs)


class StaffFactory(UserFactory):
    """One of the provider's people: an agent unless the test says otherwise."""

    role = Role.AGENT


class ClientUserFactory(UserFactory):
    """A client's login: a designated support contact unless the test says otherwise."""

    role = Role.SUPPORT_CONTACT
    client = factory.SubFactory(ClientFactory)


class TeamFactory(DjangoModelFactory[Team]):
    """A team without members."""

    class Meta:
        model = Team

    name = factory.Sequence(lambda number: f"Team {number}")


class ProductFactory(DjangoModelFactory[Product]):
    """A product that releases are published for."""

    class Meta:
        model = Product

    name = factory.Sequence(lambda number: f"Product {number}")


class ContactFactory(DjangoModelFactory[Contact]):
    """A designated support contact with phone and e-mail, without a login."""

    class Meta:
        model = Contact

    client = factory.SubFactory(ClientFactory)
    name = factory.Sequence(lambda number: f"Contact {number}")
    email = factory.Sequence(lambda number: f"contact{number}@people.example")
    phone = "+1 212 555 0100"
    is_support_contact = True


class InvitationFactory(DjangoModelFactory[Invitation]):
    """An invitation to a client that waits, as member, mailed when the agreements were activated."""

    class Meta:
        model = Invitation

    email = factory.Sequence(lambda number: f"invited{number}@people.example")
    role = Role.MEMBER
    client = factory.SubFactory(ClientFactory)
    invited_by = factory.SubFactory(StaffFactory)
    sent_at = ACTIVATED_AT
    expires_at = ACTIVATED_AT + timedelta(days=7)


class AgreementFactory(DjangoModelFactory[Agreement]):
    """An agreement active since `ACTIVATED_AT` under a library contract (`preset`), with `overrides` if given.

    `AgreementFactory(draft=True)` is one that nobody activated yet.
    """

    class Meta:
        model = Agreement

    class Params:
        preset = "juno-live-support"
        overrides: dict[str, Any] | None = None
        draft = factory.Trait(activated_at=None)

    client = factory.SubFactory(ClientFactory)
    ref = factory.Sequence(lambda number: f"SUPPORT-{number}")
    title = "Live platform support"
    terms_name = factory.LazyAttribute(lambda made: made.preset)
    terms = factory.LazyAttribute(lambda made: read_terms(made.preset, made.overrides).to_json())
    zone = factory.LazyAttribute(lambda made: made.client.zone)
    fee_minor = 1_000_000
    fee_currency = "USD"
    product = factory.SubFactory(ProductFactory)
    team = factory.SubFactory(TeamFactory)
    activated_at = ACTIVATED_AT
