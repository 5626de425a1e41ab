"""What terms may hold and hardly mean: targets that get in each other's way. Said on a draft, never refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from portal.contract.explain import measure_text
from portal.contract.measures import BusinessDays, Duration, Promise
from portal.contract.terms import Terms

NAMES = {"response": "first response", "contact": "update", "resolution": "resolution"}


def oddities(terms: Terms) -> list[str]:
    """Return what looks like a slip: a solution due before the answer, a milder severity served before a graver one.

    Only targets that are measured alike are compared: hours of one calendar, or business days. Clause: T-11.
    """
    names = terms.severity_names()
    return [*_within(terms, names), *_between(terms, names)]


def _within(terms: Terms, names: list[str]) -> Iterator[str]:
    for name in names:
        response, resolution = terms.promise(name, "response"), terms.promise(name, "resolution")
        if _is_shorter(resolution, response):
            yield (
                f"{_word(name)}: the resolution is due after {_text(resolution)}, before the first response "
                f"after {_text(response)}. A resolution answers too, so the response promises nothing."
            )


def _between(terms: Terms, names: list[str]) -> Iterator[str]:
    for graver, milder in pairwise(names):
        for target, name in NAMES.items():
            sooner, later = terms.promise(milder, target), terms.promise(graver, target)
            if _is_shorter(sooner, later):
                yield (
                    f"{_word(milder)} has its {name} sooner than {_word(graver).lower()}: "
                    f"after {_text(sooner)}, not {_text(later)}."
                )


def _is_shorter(one: Promise | None, other: Promise | None) -> bool:
    if one is None or other is None or type(one.measure) is not type(other.measure):
        return False
    if isinstance(one.measure, Duration) and one.measure.calendar != getattr(other.measure, "calendar", None):
        return False
    return _size(one) < _size(other)


def _size(promise: Promise) -> timedelta:
    """Return how much a target allows, to be compared with its like alone."""
    if isinstance(promise.measure, Duration):
        return promise.measure.amount
    return timedelta(days=promise.measure.days) if isinstance(promise.measure, BusinessDays) else timedelta()


def _text(promise: Promise | None) -> str:
    return measure_text(promise) if promise is not None else ""


def _word(severity: str) -> str:
    return severity.replace("_", " ").capitalize()
