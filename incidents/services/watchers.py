"""Who watches an incident: is told of what happens to it without working on it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incidents.errors import AlreadyDoneError, IncidentNotFoundError, UnknownReferenceError
from incidents.models import Incident, Watch
from incidents.services.opening import require
from portal.accounts.models import User
from portal.accounts.permissions import Act

MOST_WATCHERS = 50


@transaction.atomic
def watch_incident(*, incident_id: int, user_id: int, by: User, now: datetime) -> Watch:
    """Let somebody watch: oneself, or a colleague of one's own side.

    Staff add staff; a client's people add people of their own company, who see the incident anyway.

    Raises:
        IncidentNotFoundError: There is no such incident for the one who asks.
        UnknownReferenceError: The person is not of one's own side, or the login is closed.
        AlreadyDoneError: They watch it already, or too many do.
    """
    require(by, Act.COMMENT if not by.is_provider or user_id == by.pk else Act.WORK_INCIDENT)
    incident = _incident(incident_id, by)
    user = User.objects.filter(pk=user_id, client=by.client_id, is_active=True).first()
    if user is None:
        raise UnknownReferenceError("That person is not one of your colleagues. Choose one of the list.", field="user")
    if incident.watches.count() >= MOST_WATCHERS:
        raise AlreadyDoneError(
            f"{MOST_WATCHERS} people watch {incident.ref} already. Ask one of them to stop.", field="user"
        )
    watch, made = Watch.objects.get_or_create(incident=incident, user=user, defaults={"added_by": by, "at": now})
    if not made:
        raise AlreadyDoneError(f"{user} watches {incident.ref} already.", field="user")
    return watch


@transaction.atomic
def unwatch_incident(*, incident_id: int, user_id: int, by: User) -> None:
    """Let somebody stop watching: oneself, or whom one's own side added.

    Raises:
        IncidentNotFoundError: There is no such incident for the one who asks.
        UnknownReferenceError: They do not watch it.
    """
    require(by, Act.COMMENT if not by.is_provider or user_id == by.pk else Act.WORK_INCIDENT)
    incident = _incident(incident_id, by)
    gone, _ = incident.watches.filter(user=user_id, user__client=by.client_id).delete()
    if not gone:
        raise UnknownReferenceError(f"That person does not watch {incident.ref}.", field="user")


def _incident(incident_id: int, by: User) -> Incident:
    """Return the incident under a lock, so that a count of its watchers holds."""
    locked = Incident.objects.select_for_update(of=("self",), no_key=True)
    incident = locked.visible_to(by).filter(pk=incident_id).first()
    if incident is None:
        raise IncidentNotFoundError(f"Incident {incident_id} does not exist.")
    return incident
