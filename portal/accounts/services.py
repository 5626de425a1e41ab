"""Writing logins."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from portal.accounts.models import Role, User
from portal.web.errors import PortalError


class LoginExistsError(PortalError):
    """The address has a login already."""

    code = "login_exists"
    status = 409


@transaction.atomic
def create_login(
    *, email: str, name: str, role: Role, client_id: int | None = None, zone: str = "", password: str | None = None
) -> User:
    """Create a login; without a password it is opened by an emailed code alone.

    Raises:
        LoginExistsError: Somebody signs in with this address already.
    """
    if User.objects.filter(email=email.strip().lower()).exists():
        raise LoginExistsError(f"{email} has a login already. Give another address.", field="email")
    fields: dict[str, Any] = {"name": name, "role": role, "client_id": client_id, "zone": zone}
    return User.objects.create_user(email, password, **fields)


def change_account(*, user: User, name: str, zone: str) -> User:
    """Change how a person is called and the zone in which times are told to them."""
    user.name = name
    user.zone = zone
    user.save(update_fields=["name", "zone"])
    return user
