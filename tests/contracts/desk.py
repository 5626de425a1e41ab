"""One agreement with its people, each in a browser of their own; everything happens through pages or the flagger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import time_machine
from django.test import Client as Browser

from incidents.models import Incident
from portal.accounts.models import Role, User
from portal.clients.models import Agreement
from portal.clocks.flagging import Flagged, flag_waking
from portal.clocks.models import Clock
from tests.contracts.judging import ny
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory


@contextmanager
def at(instant: str) -> Iterator[None]:
    """Let the portal be used at an instant of New York's wall clock."""
    with time_machine.travel(ny(instant), tick=False):
        yield


class Desk:
    """What a support contact and a manager do to the agreement's incidents, by the day's time in New York."""

    def __init__(self, preset: str, **agreement: Any) -> None:
        self.agreement: Agreement = AgreementFactory(preset=preset, **agreement)
        self.contact: User = ClientUserFactory(client=self.agreement.client, zone="America/New_York")
        self.manager: User = StaffFactory(role=Role.MANAGER, zone="America/New_York")
        self._browsers: dict[int, Browser] = {}
        for user in (self.contact, self.manager):
            self.sign_in(user)

    def sign_in(self, user: User) -> None:
        """Give somebody a browser of their own."""
        self._browsers[user.pk] = Browser()
        self._browsers[user.pk].force_login(user)

    def read(self, when: str, address: str, *, by: User) -> str:
        """Return a page's text with single spaces."""
        with at(when):
            return " ".join(self._browsers[by.pk].get(address, follow=True).content.decode().split())

    def send(self, when: str, address: str, *, by: User, **fields: Any) -> Any:
        """Send a form; the response is a redirect where it was kept."""
        with at(when):
            return self._browsers[by.pk].post(address, {"submission": str(uuid4()), **fields})

    def report(self, when: str, severity: str = "critical", **fields: Any) -> Incident:
        """Let the contact report an incident on the page, its diagnostics complete."""
        form: dict[str, Any] = {"title": "Registration is down", "description": "A 503.", "category": "availability"}
        form |= {"severity": severity, "diagnostics": ["0", "1", "2"], **fields}
        response = self.send(when, f"/support/new/?agreement={self.agreement.pk}", by=self.contact, **form)
        assert response.status_code == 302, response.context["form"].errors
        return Incident.objects.latest("pk")

    def work(self, when: str, incident: Incident, act: str, **fields: Any) -> None:
        """Let the manager do something to the incident on its page."""
        response = self.send(when, f"/incidents/{incident.pk}/{act}/", by=self.manager, **fields)
        assert response.status_code == 302, response.context["form"].errors

    def answer(self, when: str, incident: Incident) -> None:
        """Let the contact write."""
        response = self.send(when, f"/support/{incident.pk}/reply/", by=self.contact, body="Here it is.")
        assert response.status_code == 302, response.context["form"].errors

    def flag(self, when: str) -> Flagged:
        """Let the flagger of the beat job look."""
        return flag_waking(now=ny(when))


def clock_of(incident: Incident, target: str, ordinal: int = 1) -> Clock:
    """Return a clock's row."""
    return Clock.objects.get(agreement=incident.agreement, subject_ref=incident.ref, target=target, ordinal=ordinal)


def promises_of(desk: Desk, when: str, incident: Incident) -> dict[str, str]:
    """Return what both sides read on the incident's page of each clock, by its title; they read the same of these.

    `Due 10:30 ET JS-6`, `Met 10:10 ET JS-6`; a running update says how often, too.
    """
    read = []
    for address, reader in (("incidents", desk.manager), ("support", desk.contact)):
        page = desk.read(when, f"/{address}/{incident.pk}/", by=reader).replace("\xa0", " ")
        cards = [re.sub(r"<[^>]*>", "|", card) for card in re.findall(r'<article class="clock".*?</article>', page)]
        parts = [[part.strip() for part in card.split("|") if part.strip()] for card in cards]
        read.append({card[0]: _by_when(card) for card in parts})
    ours, theirs = read
    assert ours == theirs
    return theirs


def _by_when(card: list[str]) -> str:
    """Return what a card says of its instant and its clause, the link that explains it left out."""
    begins = max((place for place, part in enumerate(card) if part.startswith(("Due", "Met"))), default=len(card))
    return " ".join(part for part in card[begins:] if part != "Why").replace(" ,", ",")


def schedule_event(desk: Desk, when: str, *sessions: tuple[str, str], address: str = "/events/new/") -> None:
    """Let the contact enter an event with its sessions on a page, or change one at its `address`."""
    rows: dict[str, Any] = {"sessions-TOTAL_FORMS": len(sessions), "sessions-INITIAL_FORMS": 0}
    for place, (start, end) in enumerate(sessions):
        rows |= {f"sessions-{place}-starts_at": start, f"sessions-{place}-ends_at": end}
    event = {"agreement": desk.agreement.pk, "name": "Summit", "zone": "America/New_York"}
    response = desk.send(when, address, by=desk.contact, **event, **rows)
    assert response.status_code == 302, response.context["form"].errors
