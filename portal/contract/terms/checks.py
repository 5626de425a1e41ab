"""What the types of the schema can't say: each check refuses with the counter-example that it found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec

from portal.contract.durations import InvalidDuration, parse_duration
from portal.contract.terms.library import clause_texts
from portal.contract.terms.refusals import InvalidTerms, shown
from portal.contract.terms.schema import (
    AvailabilityTerms,
    CreditTerms,
    Document,
    ImplementationTerms,
    Iso,
    Recurring,
    SupportTerms,
    Threshold,
    Tier,
    Value,
)

FEWEST_CUTOFF_DAYS = 3
"""Business days before go-live that the cut-off never falls short of. Clause: JI-6."""

_PERCENT = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,10})?")
_DURATIONS = {
    "availability": ("notice", "scheduled_allowance", "outage_resolution"),
    "backups": ("full", "incremental"),
    "engagement": ("meeting_notice", "resume", "session", "half_day", "full_day"),
    "change": ("longest_window", "between_windows"),
}
"""The fields by section that are plain durations; the targets of severities may count business days too."""


def check(document: Document) -> None:
    """Check a document whole.

    Raises:
        InvalidTerms: Something in it contradicts itself or a clause.
    """
    _check_clauses(document)
    for section, fields in _DURATIONS.items():
        for field in fields:
            value = getattr(getattr(document, section), field, None)
            if value is not None:
                read_duration(f"{section}.{field}", value)
    if document.support is not None:
        _check_support(document.support)
    if document.credits is not None:
        _check_credits(document.credits, document.support)
    if document.availability is not None:
        _check_availability(document.availability)
    if document.implementation is not None:
        _check_implementation(document.implementation)


def read_duration(label: str, value: Value[Iso]) -> timedelta:
    """Return a plain duration of the terms.

    Raises:
        InvalidTerms: It is none; the label says which.
    """
    try:
        return parse_duration(value.value)
    except InvalidDuration as error:
        raise InvalidTerms(f"{label}: {error}") from None


def read_percent(label: str, text: str, *, highest: int = 100) -> Decimal:
    """Return a percentage of the terms, exactly.

    Raises:
        InvalidTerms: It is no plain decimal number, or above the highest that makes sense.
    """
    if _PERCENT.fullmatch(text) is None or Decimal(text) > highest:
        raise InvalidTerms(f"{label}: {shown(text)} is no percentage: write a number from 0 to {highest}, such as 12.5")
    return Decimal(text)


def check_cutoff(label: str, business_days: int) -> None:
    """Check how many business days before go-live a timeline is cut off. Clause: JI-6.

    Raises:
        InvalidTerms: Fewer than the contract allows.
    """
    if business_days < FEWEST_CUTOFF_DAYS:
        raise InvalidTerms(
            f"{label}: {business_days} business days before go-live are too few: "
            f"give {FEWEST_CUTOFF_DAYS} or more, as JI-6 has it"
        )


def _check_clauses(document: Document) -> None:
    for label, clause in _clauses(msgspec.to_builtins(document), ""):
        if clause not in clause_texts():
            raise InvalidTerms(f"{label}: {shown(clause)} is no clause: give an id of the clause list, such as JS-7")


def _clauses(plain: Any, label: str) -> Iterator[tuple[str, str]]:
    if isinstance(plain, dict):
        for key, value in plain.items():
            if key == "clause":
                yield f"{label}.clause", value
            else:
                yield from _clauses(value, f"{label}.{key}" if label else key)
    elif isinstance(plain, list):
        for index, value in enumerate(plain):
            yield from _clauses(value, f"{label}[{index}]")


def _check_support(support: SupportTerms) -> None:
    _check_once("support.severities", [severity.name for severity in support.severities])
    hosted = support.hosted
    if hosted is not None:
        read_duration("support.hosted.before", hosted.before)
        read_duration("support.hosted.after", hosted.after)
    for severity in support.severities:
        if severity.hosted is not None and hosted is None:
            raise InvalidTerms(
                f"support.severities: {severity.name!r} has hosted targets, and nothing says when a hosted period is: "
                f"give support.hosted, or leave them out"
            )


def _check_credits(credits: CreditTerms, support: SupportTerms | None) -> None:
    known = [severity.name for severity in support.severities] if support is not None else []
    rows: list[Threshold | Recurring] = [*credits.rows, *([credits.recurring] if credits.recurring is not None else [])]
    for row in rows:
        if row.severity not in known:
            raise InvalidTerms(
                f"credits: {row.rule!r} is for the severity {row.severity!r}, which is not in these terms: "
                f"they have {', '.join(known) or 'none'}"
            )
        read_percent(f"credits.{row.rule}.percent", row.percent.value)
    _check_once("credits", [row.rule for row in rows])
    _check_once("credits.rows", [f"{row.target} of {row.severity}" for row in credits.rows])
    read_percent("credits.cap", credits.cap.value)
    if credits.tiers is not None:
        _check_tiers(credits.tiers.value)


def _check_tiers(tiers: Sequence[Tier]) -> None:
    for tier in tiers:
        read_percent("credits.tiers.percent", tier.percent)
    edges = [read_percent("credits.tiers.at_least", tier.at_least) for tier in tiers]
    for higher, lower in pairwise(edges):
        if lower >= higher:
            raise InvalidTerms(
                f"credits.tiers: an uptime of {lower} % lies in two tiers: give each edge once, the highest first"
            )
    if not edges or edges[-1] != 0:
        gap = f"just under {edges[-1]} %" if edges else "of 100 %"
        raise InvalidTerms(f"credits.tiers: an uptime {gap} lies in no tier: end with a tier at_least '0'")


def _check_availability(availability: AvailabilityTerms) -> None:
    read_percent("availability.target", availability.target.value)
    if availability.hosted_target is not None:
        read_percent("availability.hosted_target", availability.hosted_target.value)


def _check_implementation(implementation: ImplementationTerms) -> None:
    check_cutoff("implementation.cutoff_business_days", implementation.cutoff_business_days.value)
    windows = implementation.windows.value
    for window in [*windows, implementation.after_live.value]:
        if window.due < window.aim:
            raise InvalidTerms(
                f"implementation: a window aims at {window.aim} business days and is due at {window.due}: "
                f"give a due of {window.aim} or more"
            )
    for farther, nearer in pairwise(windows):
        if nearer.days_out >= farther.days_out:
            raise InvalidTerms(
                f"implementation.windows: {nearer.days_out} days before go-live lie in two windows: "
                f"give each distance once, the farthest first"
            )
    if not windows or windows[-1].days_out != 0:
        gap = windows[-1].days_out - 1 if windows else 0
        raise InvalidTerms(
            f"implementation.windows: {gap} days before go-live lie in no window: end with a window of days_out 0"
        )


def _check_once(label: str, names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise InvalidTerms(f"{label}: {name!r} stands there twice: name each once")
