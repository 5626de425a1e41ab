"""The first beats of every service about work and prepaid units: may they, and did they say why?"""

from __future__ import annotations

from credits.errors import MayNotError, NoWordsError
from portal.accounts.models import User
from portal.accounts.permissions import Act, may


def require(by: User | None, act: Act) -> None:
    """Refuse what the user's role does not allow, and whoever acts in another's name; None is the portal itself.

    Raises:
        MayNotError: It does not.
    """
    if by is None or may(by, act):
        return
    if by.acted_by is not None:
        raise MayNotError(f"You act as {by}. What costs or moves money is theirs to decide, not yours.")
    raise MayNotError(
        f"Your role, {by.get_role_display().lower()}, does not allow this. Ask an administrator for another."
    )


def words(text: str, *, field: str, what: str, longest: int) -> str:
    """Return a text without blank ends.

    Raises:
        NoWordsError: Nothing is left, or it is too long.
    """
    text = text.strip()
    if not text:
        raise NoWordsError(f"{what} is missing. Write it in a sentence.", field=field)
    if len(text) > longest:
        raise NoWordsError(f"{what} has {len(text):,} characters. Shorten it to {longest:,}.", field=field)
    return text
