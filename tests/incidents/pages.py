"""What the tests of incidents' pages share: people, an incident of theirs, and browsers at an instant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import time_machine
from django.test import Client as Browser

from incidents.models import Incident
from incidents.services import report_incident
from portal.accounts.models import User
from portal.clients.models import Agreement
from tests.factories import AgreementFactory, ClientUserFactory

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""10:00 in New York."""
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def browser_of(user: User) -> Browser:
    """Return a browser in which somebody is signed in."""
    browser = Browser()
    browser.force_login(user)
    return browser


def reported(severity: str = "critical", *, agreement: Agreement | None = None, **fields: Any) -> Incident:
    """Return an incident that a support contact reported on Monday."""
    agreement = agreement or AgreementFactory()
    return report_incident(
        agreement_id=agreement.pk,
        by=ClientUserFactory(client=agreement.client),
        now=fields.pop("now", MONDAY),
        severity=severity,
        **{"title": "Registration is down", "description": "Attendees see an error.", **fields},
    )


def reporter_of(incident: Incident) -> User:
    """Return the client's person who reported an incident."""
    assert incident.reporter is not None
    return incident.reporter


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let the pages be asked for at an instant."""
    with time_machine.travel(instant, tick=False):
        yield


def sending(**fields: Any) -> dict[str, Any]:
    """Return what a form sends, with a token of its own."""
    return {"submission": str(uuid4()), **fields}


def text_of(response: Any) -> str:
    """Return a page as its reader has it, with single spaces between its words."""
    return " ".join(response.content.decode().split())


def words_of(response: Any) -> str:
    """Return a page's words alone, without its markup."""
    words = re.sub(r"<[^>]*>", "", response.content.decode()).replace("\N{NON-BREAKING HYPHEN}", "-")
    return " ".join(words.split())
