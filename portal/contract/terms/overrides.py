"""Overrides: the few values that one agreement, or one replay, may change in named terms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from portal.contract.terms.checks import check_cutoff
from portal.contract.terms.refusals import InvalidTerms, convert, shown
from portal.contract.terms.schema import Iso, Percent

_NOTE = "set by this agreement"
_SECTIONS = {
    "sessions_a_week": "engagement",
    "reply_window_business_days": "engagement",
    "no_response_pause": "engagement",
    "cutoff_business_days": "implementation",
}
"""The section of each override that is one value of it."""


class SeverityOverride(Struct, frozen=True, forbid_unknown_fields=True):
    """Other targets for one severity."""

    response: Iso | UnsetType = UNSET
    contact: Iso | UnsetType = UNSET
    resolution: Iso | UnsetType = UNSET


class CreditOverride(Struct, frozen=True, forbid_unknown_fields=True):
    """Another percent or another reading for one credit rule."""

    percent: Percent | UnsetType = UNSET
    per: Literal["month", "incident"] | UnsetType = UNSET


class CalendarOverride(Struct, frozen=True, forbid_unknown_fields=True):
    """Another business calendar; a missing key keeps its default, and `weekly` replaces the whole week."""

    zone: str | UnsetType = UNSET
    weekly: dict[str, list[tuple[str, str]]] | UnsetType = UNSET
    holidays: list[date] | UnsetType = UNSET


class Overrides(Struct, frozen=True, forbid_unknown_fields=True):
    """All of them, each optional; one for a section that the terms do not have changes nothing."""

    severities: dict[str, SeverityOverride] = {}
    credits: dict[str, CreditOverride] = {}
    sessions_a_week: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET
    reply_window_business_days: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET
    no_response_pause: Literal["automatic", "proposed"] | UnsetType = UNSET
    cutoff_business_days: Annotated[int, Meta(le=100)] | UnsetType = UNSET
    calendar: CalendarOverride = CalendarOverride()


def merge(plain: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Write overrides into the plain values of a valid document, in place. The result is yet to be checked.

    Raises:
        InvalidTerms: An unknown key, severity or credit rule, or a value that a clause forbids.
    """
    overrides = convert(given, Overrides, "overrides")
    if "support" in plain:
        _merge_severities(plain["support"], overrides.severities)
    if "credits" in plain:
        _merge_credits(plain["credits"], overrides.credits)
    for key, section in _SECTIONS.items():
        value = getattr(overrides, key)
        if value is not UNSET and section in plain:
            plain[section][key] = _set(plain[section][key], value)
    if overrides.cutoff_business_days is not UNSET:
        check_cutoff("overrides.cutoff_business_days", overrides.cutoff_business_days)
    calendar = msgspec.to_builtins(overrides.calendar)
    if calendar:
        plain["calendar"].update(calendar, basis="stated", note=_NOTE)


def _merge_severities(support: dict[str, Any], overrides: Mapping[str, SeverityOverride]) -> None:
    rows = {row["name"]: row for row in support["severities"]}
    for name, override in overrides.items():
        row = _named("overrides.severities", name, rows)
        for target, text in msgspec.to_builtins(override).items():
            row[target] = _set(row.get(target, {"clause": row["meaning"]["clause"]}), text)


def _merge_credits(credits: dict[str, Any], overrides: Mapping[str, CreditOverride]) -> None:
    rows = {row["rule"]: row for row in credits["rows"]}
    if "recurring" in credits:
        rows[credits["recurring"]["rule"]] = credits["recurring"]
    for name, override in overrides.items():
        row = _named("overrides.credits", name, rows)
        for key, value in msgspec.to_builtins(override).items():
            row[key] = _set(row[key], value)


def _set(old: dict[str, Any], value: object) -> dict[str, Any]:
    return {**old, "value": value, "basis": "stated", "note": _NOTE}


def _named(label: str, name: str, rows: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    if name not in rows:
        raise InvalidTerms(f"{label}: {shown(name)} is not in these terms: they have {', '.join(rows) or 'none'}")
    return rows[name]
