"""Who sends: the provider stands on a floor above, so that it is told here by a register.

`portal.clients` fills it in AppConfig.ready. Until it does, and in its absence, the settings answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Sender:
    """The provider as mails need it.

    Attributes:
        name: The company's name.
        address: Where mails come from.
        fallback: Who is told when a mail fails for good; '' for nobody.
        zone: The IANA zone in which mails tell instants to people without one of their own.
    """

    name: str
    address: str
    fallback: str = ""
    zone: str = "UTC"


def _from_settings() -> Sender:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Sender(name, address, zone=settings.TIME_ZONE)


_read: Callable[[], Sender | None] = _from_settings


def set_provider(read: Callable[[], Sender | None]) -> None:
    """Register how the provider is read: one query at most, None while there is none."""
    global _read
    _read = read


def provider() -> Sender:
    """Return the provider as it is now."""
    return _read() or _from_settings()
