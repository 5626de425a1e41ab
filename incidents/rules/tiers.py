"""How much downtime each tier of a month leaves, exactly. Clause: JS-17, JS-20, JB-10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from portal.contract.terms import AvailabilityTerms, Tier

HUNDRED = 100
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Step:
    """A tier of one month: as long as no more is down than `allowed`, the uptime is `at_least` percent.

    `percent` is what it costs, in percent of the month's fee; None where the terms name no cost.
    """

    at_least: str
    percent: str | None
    allowed: timedelta


def allowed_downtime(base: timedelta, at_least: str) -> timedelta:
    """Return the most downtime, to the microsecond, with which a base is still up for `at_least` percent.

    Comparing with it is comparing the uptime exactly: the edge itself is included.
    """
    microseconds = Fraction(base // MICROSECOND) * (HUNDRED - Fraction(at_least)) / HUNDRED
    return (microseconds.numerator // microseconds.denominator) * MICROSECOND


def steps(base: timedelta, terms: AvailabilityTerms, tiers: Sequence[Tier] | None) -> list[Step]:
    """Return the tiers of a base of time, the best first; without credits the promised uptime, and what is under it."""
    if tiers is None:
        target = terms.target.value
        return [Step(target, None, allowed_downtime(base, target)), Step("0", None, base)]
    return [Step(tier.at_least, tier.percent, allowed_downtime(base, tier.at_least)) for tier in tiers]


def current(found: Sequence[Step], down: timedelta) -> int:
    """Return the place of the tier in which this much downtime lies."""
    return next((place for place, step in enumerate(found) if down <= step.allowed), len(found) - 1)
