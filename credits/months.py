"""Months in words, for what keeps them as `2026-03`."""

from __future__ import annotations

from incidents.rules.months import Month
from incidents.service_page import month_title


def month_words(month: str) -> str:
    """Return `2026-03` as `March 2026`."""
    year, _, number = month.partition("-")
    return month_title(Month(int(year), int(number)))
