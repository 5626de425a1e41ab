"""The client's word on a resolution. The other word, that it is not solved, reopens the incident. Clause: T-11."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incidents.errors import AlreadyDoneError, MissingError, NotResolvedError
from incidents.models import Incident, Verdict
from incidents.services.opening import open_incident, require
from portal.accounts.models import User
from portal.accounts.permissions import Act


@transaction.atomic
def confirm_resolution(
    *, incident_id: int, by: User, now: datetime, stars: int | None = None, body: str = ""
) -> Verdict:
    """Say as the client that it is solved, and how it was served, once for each opening; it moves no clock.

    Raises:
        NotResolvedError: It is not resolved.
        AlreadyDoneError: Somebody of the client said so already.
        MissingError: There are no such stars, or staff speak for the client.
    """
    require(by, Act.COMMENT)
    incident = open_incident(incident_id, by=by, now=now).incident
    if by.is_provider:
        raise MissingError("The client says whether it is solved, not staff.")
    if incident.status != Incident.Status.RESOLVED:
        raise NotResolvedError(f"{incident.ref} is {incident.get_status_display().lower()}, not resolved.")
    said = incident.verdicts.filter(opening=incident.reopenings).select_related("confirmed_by").first()
    if said is not None:
        raise AlreadyDoneError(f"{said.confirmed_by} said so already. Reopen it if it is not solved.")
    if stars not in (None, 1, 2, 3, 4, 5):
        raise MissingError(f"{stars} is no rating. Choose 1 to 5.", field="stars")
    return Verdict.objects.create(
        incident=incident,
        opening=incident.reopenings,
        confirmed_by=by,
        confirmed_at=now,
        stars=stars,
        words=body.strip(),
    )
