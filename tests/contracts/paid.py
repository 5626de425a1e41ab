"""A desk with those who decide on money: the client's administrator, and a second person of the provider's."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client as Browser

from credits.models import Charge, Entry, Proposal, QuoteVersion, Rate, ServiceRequest
from incidents.models import Incident
from portal.accounts.models import Role, User
from tests.contracts.desk import Desk
from tests.factories import ClientUserFactory, StaffFactory


class PaidDesk(Desk):
    """The desk's contact and manager; `boss` decides for the client, `finance` is the second person."""

    def __init__(self, preset: str, **agreement: Any) -> None:
        super().__init__(preset, **agreement)
        self.boss: User = ClientUserFactory(
            client=self.agreement.client, role=Role.CLIENT_ADMINISTRATOR, name="Dana Alder", zone="America/New_York"
        )
        self.finance: User = StaffFactory(role=Role.FINANCE, zone="America/New_York")
        for user in (self.boss, self.finance):
            self.join(user)
        Rate.objects.create(name="Engineer", unit_id="USD", hourly=20_000, from_on=date(2026, 1, 1))

    def join(self, user: User) -> User:
        """Give somebody a browser."""
        self._browsers[user.pk] = Browser()
        self._browsers[user.pk].force_login(user)
        return user

    def do(self, when: str, address: str, *, by: User, **fields: Any) -> str:
        """Send a form that is kept, and return where it leads."""
        response = self.send(when, address, by=by, **fields)
        assert response.status_code == 302, response.context and response.context["form"].errors
        return str(response["Location"])

    def refused(self, when: str, address: str, *, by: User, **fields: Any) -> dict[str, list[str]]:
        """Send a form that is not kept, and return what it says, field by field."""
        response = self.send(when, address, by=by, **fields)
        assert response.status_code == 200, response.status_code
        return {name: list(errors) for name, errors in response.context["form"].errors.items()}

    def unsupported(self, when: str = "10:00") -> Incident:
        """Let the contact ask for something that support does not cover."""
        return self.report(when, "minor", category="general", title="Teach us the report builder")

    def quote(self, when: str, kind: str, pk: int, **fields: Any) -> QuoteVersion:
        """Let the manager quote a fixed price."""
        offer = {"text": "Two sessions.", "basis": "fixed", "price": "1200.00", "valid_until": "2026-03-31"}
        self.do(when, f"/work/{kind}/{pk}/quote/", by=self.manager, **{**offer, **fields})
        return QuoteVersion.objects.latest("pk")

    def accept(self, when: str, version: QuoteVersion, *, by: User | None = None) -> None:
        """Let the client's administrator accept."""
        self.do(when, f"/quotes/versions/{version.pk}/accept/", by=by or self.boss)

    def log(self, when: str, kind: str, pk: int, **fields: Any) -> None:
        """Let the manager log an hour and a half."""
        told = {"worked_on": "2026-03-02", "hours": "1:30", "rate": "Engineer", "note": "Read the logs"}
        self.do(when, f"/work/{kind}/{pk}/time/", by=self.manager, **{**told, **fields})

    def charge(self, when: str, kind: str, pk: int, **fields: Any) -> Proposal:
        """Let the manager propose a charge."""
        self.do(when, f"/work/{kind}/{pk}/charge/", by=self.manager, **{"reason": "As you asked.", **fields})
        return Proposal.objects.latest("pk")

    def approve(self, when: str, proposal: Proposal) -> Charge:
        """Let the second person approve it."""
        self.do(when, f"/money/proposals/{proposal.pk}/", by=self.finance, verdict="approve", reason="")
        return Charge.objects.get(entry=Entry.objects.get(decision__proposal=proposal))

    def ask(self, when: str = "10:00", **fields: Any) -> ServiceRequest:
        """Let the contact ask for a service."""
        wish = {"agreement": self.agreement.pk, "kind": "training", "title": "Train our admins", "wish": "Six people."}
        self.do(when, "/service-requests/new/", by=self.contact, **{**wish, **fields})
        return ServiceRequest.objects.latest("pk")
