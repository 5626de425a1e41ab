"""Staff acting as a client's person: begun with a reason, never nested, ended by a button or with the session."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest

from portal.accounts.models import Acting, User
from portal.accounts.permissions import Act, may
from portal.web.errors import PortalError

_ACTING = "acting"


class ActingRefusedError(PortalError):
    """Nobody acts as this login."""

    code = "acting_refused"
    status = 409


@transaction.atomic
def begin_acting(request: HttpRequest, *, by: User, user: User, reason: str, at: datetime) -> Acting:
    """Let one of the staff act as a client's person from the next page on, for as long as this session lasts.

    Raises:
        ActingRefusedError: The login is staff's or closed, or `by` acts as somebody already.
    """
    if by.acted_by is not None:
        raise ActingRefusedError(f"You act as {by} already. Stop that first.")
    if user.is_provider or not user.is_active:
        raise ActingRefusedError(f"{user} has no open login of a client. Choose somebody else.")
    acting = Acting.objects.create(staff=by, user=user, reason=reason, began_at=at)
    request.session[_ACTING] = acting.pk
    return acting


def end_acting(request: HttpRequest, *, at: datetime) -> None:
    """Let the staff's person be themselves again; nothing happens where nobody acts."""
    Acting.objects.filter(pk=request.session.pop(_ACTING, None), ended_at=None).update(ended_at=at)


def acting_of(request: HttpRequest) -> User | None:
    """Return the client's person in whose name a request is made, `acted_by` set; None for nearly every request.

    One query while acting, none otherwise. It ends where either login was closed or the role was taken away.
    """
    pk = request.session.get(_ACTING)
    if pk is None or not isinstance(request.user, User):
        return None
    acting = Acting.objects.select_related("user__client").filter(pk=pk, staff=request.user, ended_at=None).first()
    if acting is None or not acting.user.is_active or not may(request.user, Act.ACT_AS_CLIENT):
        return None
    person: User = acting.user
    person.acted_by = request.user
    return person
