"""Writing logins."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.accounts.models import STAFF_ROLES, Role, User
from portal.alerts.provider import provider
from portal.web.errors import PortalError
from portal.web.taken import refused_if_taken


class LoginExistsError(PortalError):
    """The address has a login already."""

    code = "login_exists"
    status = 409


class OwnLoginError(PortalError):
    """Nobody closes the login they act with."""

    code = "own_login"
    status = 409


class LastAdministratorError(PortalError):
    """It would leave the installation without an administrator."""

    code = "last_administrator"
    status = 409


@transaction.atomic
def create_login(
    *, email: str, name: str, role: Role, client_id: int | None = None, zone: str = "", password: str | None = None
) -> User:
    """Create a login; without a password it is opened by an emailed code alone.

    Without a zone, times are told in that of its client, or of the provider for staff.

    Raises:
        LoginExistsError: Somebody signs in with this address already.
    """
    fields: dict[str, Any] = {"name": name, "role": role, "client_id": client_id, "zone": zone}
    taken = _login_exists(email)
    try:
        with refused_if_taken(taken):
            user = User.objects.create_user(email, password, **fields)
    except ValidationError:
        # The manager looks for the address too, and somebody else may save it before or after.
        if User.objects.filter(email=email.strip().lower()).exists():
            raise taken from None
        raise
    if not user.zone:
        user.zone = user.client.zone if user.client is not None else provider().zone
        user.save(update_fields=["zone"])
    return user


def _login_exists(email: str) -> LoginExistsError:
    return LoginExistsError(f"{email} has a login already. Give another address.", field="email")


def change_account(*, user: User, name: str, zone: str) -> User:
    """Change how a person is called and the zone in which times are told to them."""
    user.name = name
    user.zone = zone
    user.save(update_fields=["name", "zone"])
    return user


@transaction.atomic
def close_login(*, user_id: int, by: User) -> User:
    """Close a login: its sessions end with its next request. What the person wrote stays.

    Raises:
        OwnLoginError: It is the login that acts.
        LastAdministratorError: Nobody else administers the installation.
    """
    others = _other_administrators(user_id)
    if user_id == by.pk:
        raise OwnLoginError("This is your own login. Ask a colleague to close it.")
    if others is not None and not others:
        raise LastAdministratorError("Nobody else administers the portal. Invite another administrator first.")
    return _set_active(user_id, active=False)


def _other_administrators(user_id: int) -> set[int] | None:
    """Return who administers the installation beside an administrator; None where that person is none.

    All of them are locked, in one order: two can't end each other at once.
    """
    administrators = User.objects.select_for_update(no_key=True).filter(role=Role.ADMINISTRATOR, is_active=True)
    found = set(administrators.order_by("pk").values_list("pk", flat=True))
    return found - {user_id} if user_id in found else None


@transaction.atomic
def change_staff_login(*, user_id: int, email: str, name: str, role: Role, zone: str, by: User) -> User:
    """Change a login of the staff's: what it may do, and the address to which its codes are mailed.

    Raises:
        OwnLoginError: It is the role of the login that acts.
        LastAdministratorError: Nobody else administers the installation.
        LoginExistsError: Somebody else signs in with this address.
    """
    others = _other_administrators(user_id)
    user = User.objects.select_for_update(no_key=True).get(pk=user_id, role__in=STAFF_ROLES)
    if role != user.role and user_id == by.pk:
        raise OwnLoginError("This is your own role. Ask a colleague to change it.")
    if role != Role.ADMINISTRATOR and others is not None and not others:
        raise LastAdministratorError("Nobody else administers the portal. Make somebody else an administrator first.")
    user.email, user.name, user.role, user.zone = email.strip().lower(), name, role, zone
    with refused_if_taken(_login_exists(email)):
        user.save(update_fields=["email", "name", "role", "zone"])
    return user


@transaction.atomic
def reopen_login(*, user_id: int) -> User:
    """Open a closed login again, with the role and password that it had."""
    return _set_active(user_id, active=True)


def _set_active(user_id: int, *, active: bool) -> User:
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    user.is_active = active
    user.save(update_fields=["is_active"])
    return user
