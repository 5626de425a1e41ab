"""Zones: IANA names, checked before they are believed. Clause: T-1, T-10."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


class InvalidZone(ValueError):
    """A name that is no IANA zone; the sentence says what one looks like."""


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return every IANA zone that this installation knows."""
    return frozenset(name for name in available_timezones() if name not in {"Factory", "localtime"})


def check_zone(name: str) -> ZoneInfo:
    """Return the zone of that name.

    Raises:
        InvalidZone: No such zone.
    """
    if not isinstance(name, str) or len(name) > 64 or name not in zone_names():
        raise InvalidZone(f"zone {str(name)[:64]!r} is unknown; write an IANA name such as America/New_York")
    return ZoneInfo(name)
