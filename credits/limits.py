"""Up to which amount each role decides on money by itself: the installation's settings, `APPROVAL_LIMITS`."""

from __future__ import annotations

from django.conf import settings

from credits.rules.units import Amount
from portal.accounts.models import Role, User


def limit_of(user: User, unit: str) -> Amount | None:
    """Return the most that a user decides on in a unit, None where there is no limit: administrators have none.

    A unit that the settings don't name is left to administrators: a forgotten currency opens nothing.
    """
    if user.role == Role.ADMINISTRATOR:
        return None
    limits: dict[str, dict[str, int]] = settings.APPROVAL_LIMITS
    return Amount(limits.get(user.role, {}).get(unit, 0), unit)


def is_within_limit(user: User, amount: Amount) -> bool:
    """Return whether an amount, in either direction, is not beyond what a user decides on."""
    limit = limit_of(user, amount.unit)
    return limit is None or abs(amount.minor) <= limit.minor
