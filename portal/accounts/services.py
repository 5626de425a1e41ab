"""Writing logins."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from portal.accounts.models import Role, User
from portal.alerts.provider import provider
from portal.web.errors import PortalError


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
    if User.objects.filter(email=email.strip().lower()).exists():
        raise LoginExistsError(f"{email} has a login already. Give another address.", field="email")
    fields: dict[str, Any] = {"name": name, "role": role, "client_id": client_id, "zone": zone}
    user = User.objects.create_user(email, password, **fields)
    if not user.zone:
        user.zone = user.client.zone if user.client is not None else provider().zone
        user.save(update_fields=["zone"])
    return user


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
    # All administrators are locked, in one order: two of them can't close each other at once.
    administrators = set(
        User.objects.select_for_update()
        .filter(role=Role.ADMINISTRATOR, is_active=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if user_id == by.pk:
        raise OwnLoginError("This is your own login. Ask a colleague to close it.")
    if administrators == {user_id}:
        raise LastAdministratorError("Nobody else administers the portal. Invite another administrator first.")
    return _set_active(user_id, active=False)


@transaction.atomic
def reopen_login(*, user_id: int) -> User:
    """Open a closed login again, with the role and password that it had."""
    return _set_active(user_id, active=True)


def _set_active(user_id: int, *, active: bool) -> User:
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_active = active
    user.save(update_fields=["is_active"])
    return user
