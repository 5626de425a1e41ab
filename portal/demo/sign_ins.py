"""Who may sign in to the demonstration."""

from dataclasses import dataclass
from functools import cache, partial

from django.contrib.auth.hashers import check_password

from portal.accounts.models import Role, User

PASSWORD = "every promise is a clock"  # noqa: S105  (printed on purpose: it opens made-up data on this computer only)


@dataclass(frozen=True)
class SignIn:
    """One address that opens the demonstration, and what it shows."""

    role: str
    email: str
    client: str
    """The client's name, '' for the provider's staff."""


def sign_ins() -> list[SignIn]:
    """Return the first active user of each role whose password is the demonstration's, in the roles' order. One query.

    Users that someone has made here, with passwords of their own, are not among them.
    """
    first: dict[str, User] = {}
    opened = cache(partial(check_password, PASSWORD))  # Slow on purpose, and the demonstration's own share one hash.
    for user in User.objects.filter(is_active=True).select_related("client").order_by("pk"):
        if user.role not in first and opened(user.password):
            first[user.role] = user
    return [
        SignIn(role=user.get_role_display(), email=user.email, client=user.client.name if user.client else "")
        for user in sorted(first.values(), key=lambda user: Role.values.index(user.role))
    ]
