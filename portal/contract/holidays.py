"""Holidays from the library, as plain dates. Clause: T-1."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

FIRST_YEAR = 1990
LAST_YEAR = 2070


@lru_cache(maxsize=1)
def federal_holidays() -> dict[date, str]:
    """Return the US federal holidays with their names, observed dates included and no state's, 1990 to 2070."""
    found = holidays.country_holidays("US", years=range(FIRST_YEAR, LAST_YEAR + 1), observed=True)
    return dict(sorted(found.items()))
