"""Instants as other systems write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from portal.contract.events import EARLIEST_YEAR, LATEST_YEAR


def read_instant(text: str, form: str, zone: ZoneInfo) -> datetime:
    """Read a local time of a zone into UTC. Of a time that occurs twice, when clocks go back, the first is meant.

    Raises:
        ValueError: It is no such time, it lies far off, or clocks that go forward leave it out; the text says which.
    """
    try:
        local = datetime.strptime(text, form)  # noqa: DTZ007  (the zone is put on below)
    except ValueError:
        raise ValueError("is no time as day-month-year hour:minute, such as 29-02-2016 13:05") from None
    if not EARLIEST_YEAR <= local.year <= LATEST_YEAR:
        raise ValueError(f"lies outside {EARLIEST_YEAR} to {LATEST_YEAR}")
    at = local.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(f"does not exist in {zone.key}: clocks go forward then; give the time that they showed")
    return at
