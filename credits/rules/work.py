"""What logged time costs. Clause: JS-2, JB-8, JB-14."""

from __future__ import annotations


def price_of(minutes: int, *, hourly: int) -> int:
    """Return the price of some minutes at an hourly rate, both in minor units, rounded half up."""
    return (2 * minutes * hourly + 60) // 120
