"""Breaches that no longer count."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incidents.errors import NoBreachError
from incidents.queries import clocks_of
from incidents.services.opening import open_incident, require, words
from incidents.services.retiming import retime_incidents
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract import events as e
from portal.journal.services import append


@transaction.atomic
def void_breach(*, incident_id: int, target: str, ordinal: int, reason: str, by: User, now: datetime) -> None:
    """Let a recorded breach no longer count, by a reasoned decision that stays on record.

    Raises:
        NoBreachError: The clock has no breach that counts.
    """
    require(by, Act.VOID_BREACH)
    opened = open_incident(incident_id, by=by, now=now)
    clock = clocks_of(opened.incident).filter(target=target, ordinal=ordinal, breached_at__isnull=False).first()
    if clock is None:
        raise NoBreachError(f"{target} {ordinal} of {opened.incident.ref} has no breach that counts.")
    reason = words(reason, field="reason", what="The reason")
    append(
        agreement=opened.agreement,
        event=e.BreachVoided(
            at=now, subject_ref=f"incident:{opened.incident.ref}", target=target, ordinal=ordinal, reason=reason
        ),
        actor=by,
        recorded_at=now,
    )
    retime_incidents(opened.agreement, [opened.incident.ref], now=now, by=by, reason=reason)
