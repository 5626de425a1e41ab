"""The schema of terms: a contract as values, each with the clause it comes from.

A document is a library file (`library/NAME.toml`), or the same as JSON. Every value says whether the contract states it,
whether it is *assumed* because the document is silent, or a *reading* of words that allow two. Documents are whole and
immutable: what is pinned to an agreement never changes with the library. Clause: all of CLAUSES.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from portal.contract.calendar import BusinessCalendar, InvalidCalendar, always
from portal.contract.clock import Promise
from portal.contract.durations import InvalidDuration, parse_duration, parse_measure
from portal.contract.holidays import federal_holidays

LIBRARY = Path(__file__).parent / "library"
FEWEST_CUTOFF_DAYS = 3

T = TypeVar("T")
Basis = Literal["stated", "assumed", "reading"]
Percent = Annotated[str, Meta(max_length=20)]
Iso = Annotated[str, Meta(max_length=40)]


class InvalidTerms(ValueError):
    """A document that can't be run: the sentence names the field, the value and what would do."""


class Value(Struct, Generic[T], frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One value of a contract with its clause, and how it was found there."""

    value: T
    clause: str
    basis: Basis = "stated"
    note: str = ""


class CalendarTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Business hours: an IANA zone, weekly opening (weekday 0 is Monday), and holidays as dates. Clause: T-1."""

    zone: str
    weekly: dict[str, list[tuple[str, str]]]
    clause: str
    basis: Basis = "stated"
    note: str = ""
    country: Literal["", "US"] = ""
    holidays: list[date] | None = None


class HostedTargets(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The shorter targets of a severity while the client's event is on air. Clause: JS-7."""

    response: Value[Iso] | None = None
    contact: Value[Iso] | None = None
    resolution: Value[Iso] | None = None


class SeverityTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One severity: what it means and what is promised for it. A missing target is promised nowhere."""

    name: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,30}$")]
    meaning: Value[str]
    response: Value[Iso] | None = None
    contact: Value[Iso] | None = None
    resolution: Value[Iso] | None = None
    hosted: HostedTargets | None = None


class HostedTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How long before the first session of a day a hosted period begins, and how long after the last it ends. Clause: JS-10."""

    before: Value[Iso]
    after: Value[Iso]


class PauseTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which clocks stop while somebody else is waited for. Clause: JS-6, JS-12, JB-6."""

    client: Value[list[Literal["response", "resolution"]]]
    third_party: Value[list[Literal["response", "resolution"]]]
    information: Value[list[Literal["response", "resolution"]]]


class SupportTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Support of incidents. Severities stand in order, the most severe first. Clause: JS-1 to JS-12, JS-22, JB-1 to JB-7, JB-12."""

    counted: Value[Literal["24x7", "business"]]
    pauses: PauseTerms
    unsupported: Value[list[str]]
    severities: list[SeverityTerms]
    resolution_from: Value[Literal["report", "reproduction"]]
    severities_missing: Value[str] | None = None
    diagnostics: Value[list[str]] | None = None
    beta_unsupported: Value[bool] | None = None
    void_causes: Value[list[Literal["client_misuse", "outside_control"]]] | None = None
    hosted: HostedTerms | None = None
    suspension: Value[bool] | None = None
    discontinuation_days: Value[int] | None = None
    information: Value[list[str]] | None = None
    warnings: Value[list[int]] | None = None
    end_user_notice: Value[list[str]] | None = None


class Threshold(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A row of the credit table that a clock can pass. Clause: JS-13."""

    rule: str
    severity: str
    target: Literal["response", "resolution"]
    over: Value[Iso]
    percent: Value[Percent]
    per: Value[Literal["month", "incident"]]


class Recurring(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The row for critical incidents that come back. Clause: JS-13."""

    rule: str
    severity: str
    months: Value[int]
    percent: Value[Percent]
    per: Value[Literal["month", "incident"]]


class Tier(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From this uptime (percent, included) up to the next tier's edge. Clause: JS-20."""

    at_least: Percent
    percent: Percent


class CreditTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a missed promise costs, in percent of the month's fee. Clause: JS-13, JS-14, JS-20."""

    rows: list[Threshold]
    cap: Value[Percent]
    recurring: Recurring | None = None
    tiers: Value[list[Tier]] | None = None


class AvailabilityTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Uptime by the month. Clause: JS-17, JS-18, JB-10, JB-11."""

    target: Value[Percent]
    counted_causes: Value[list[str]]
    notice: Value[Iso]
    short_notice: Value[Literal["counts", "flagged"]]
    hosted_target: Value[Percent] | None = None
    scheduled_leaves_total: Value[bool] | None = None
    scheduled_allowance: Value[Iso] | None = None
    outage_resolution: Value[Iso] | None = None
    on_premise: Value[bool] | None = None
    termination_months: Value[int] | None = None
    termination_window_months: Value[int] | None = None


class BackupTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How often backups check in, and how long they are kept. Clause: JS-19."""

    full: Value[Iso]
    incremental: Value[Iso]
    retention_days: Value[int]


class ResponseWindow(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A window of business days: `aim` is hoped for, `due` is promised; it applies from this many days to go-live on."""

    days_out: int
    aim: int
    due: int


class ImplementationTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Implementation of a platform. Clause: JI-1 to JI-10."""

    windows: Value[list[ResponseWindow]]
    after_live: Value[ResponseWindow]
    cutoff_business_days: Value[int]
    committed_channels: Value[list[str]]
    provider_duties: Value[list[str]]
    client_duties: Value[list[str]]
    module_duties: Value[dict[str, list[str]]]


class EngagementTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Services by engagement. Clause: PB-1 to PB-14."""

    start_notice_days: Value[int]
    meeting_notice: Value[Iso]
    sessions_a_week: Value[int]
    reach_outs: Value[int]
    reply_window_business_days: Value[int]
    no_response_pause: Value[Literal["automatic", "proposed"]]
    resume: Value[Iso]
    session: Value[Iso]
    half_day: Value[Iso]
    full_day: Value[Iso]


class ChangeTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Support of network changes. Clause: JN-1 to JN-10."""

    notice_days: Value[int]
    longest_window: Value[Iso]
    between_windows: Value[Iso]
    embargoed: Value[list[str]]
    excluded_activities: Value[list[str]]
    readiness: Value[list[str]]
    asset_conditions: Value[list[str]]
    onsite: Value[Literal["by_agreement"]]


class Document(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole contract as values."""

    name: str
    title: str
    calendar: CalendarTerms
    support: SupportTerms | None = None
    credits: CreditTerms | None = None
    availability: AvailabilityTerms | None = None
    backups: BackupTerms | None = None
    implementation: ImplementationTerms | None = None
    engagement: EngagementTerms | None = None
    change: ChangeTerms | None = None


SECTION_OF_FAMILY = {
    "incident": "support",
    "hosted_event": "support",
    "release": "support",
    "maintenance": "support",
    "outage": "support",
    "backup": "support",
    "implementation": "implementation",
    "engagement": "engagement",
    "session": "engagement",
    "change": "change",
}
"""The section that must exist for a family of events; families not named here belong to every contract."""


class Terms:
    """A document ready to run: its calendar compiled and its targets read once.

    Raises:
        InvalidTerms: Something in the document can't be run.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.name = document.name
        try:
            self.business = _calendar(document.calendar)
        except InvalidCalendar as error:
            raise InvalidTerms(f"calendar: {error}") from None
        support = document.support
        self.counted = self.business if support is not None and support.counted.value == "business" else always()
        self.ranks: dict[str, int] = {}
        self._promises: dict[tuple[str, str], Promise] = {}
        self._hosted: dict[tuple[str, str], Promise] = {}
        if support is not None:
            self._read_support(support)
        if document.credits is not None:
            self._read_credits(document.credits)
        _check_numbers(document)

    def _read_support(self, support: SupportTerms) -> None:
        for rank, severity in enumerate(support.severities):
            if severity.name in self.ranks:
                raise InvalidTerms(f"support.severities: {severity.name!r} stands there twice; name each severity once")
            self.ranks[severity.name] = rank
            for target in ("response", "contact", "resolution"):
                self._read(severity.name, target, getattr(severity, target), severity.name)
                if severity.hosted is not None:
                    self._read(severity.name, target, getattr(severity.hosted, target), severity.name, hosted=True)

    def _read_credits(self, credits: CreditTerms) -> None:
        for row in credits.rows:
            if row.severity not in self.ranks:
                raise InvalidTerms(f"credits.rows: {row.rule!r} names severity {row.severity!r}, which the terms do not have")
            self._read(row.severity, f"{row.target}_credit", row.over, row.rule)
            _percent(f"credits.rows.{row.rule}.percent", row.percent.value)
        if credits.recurring is not None:
            _percent("credits.recurring.percent", credits.recurring.percent.value)
        _percent("credits.cap", credits.cap.value)
        if credits.tiers is not None:
            _check_tiers(credits.tiers.value)

    def _read(self, severity: str, target: str, value: Value[Iso] | None, label: str, *, hosted: bool = False) -> None:
        if value is None:
            return
        try:
            measure = parse_measure(value.value, counted=self.counted, business=self.business)
        except InvalidDuration as error:
            raise InvalidTerms(f"{label}.{target}: {error}") from None
        promises = self._hosted if hosted else self._promises
        promises[severity, target] = Promise(measure, value.clause, severity, hosted)

    def promise(self, severity: str, target: str, *, hosted: bool = False) -> Promise | None:
        """Return what is promised for a target of a severity, the hosted one where there is one and it is asked for."""
        key = severity, target
        return (self._hosted.get(key) if hosted else None) or self._promises.get(key)

    def severity_names(self) -> list[str]:
        """Return the severities, the most severe first."""
        return list(self.ranks)

    def covers(self, family: str) -> bool:
        """Return whether the terms have the section that a family of events needs."""
        section = SECTION_OF_FAMILY.get(family)
        return section is None or getattr(self.document, section) is not None

    def to_json(self) -> dict[str, Any]:
        """Return the whole document as plain values, holidays as dates, fit to be pinned."""
        document = msgspec.structs.replace(
            self.document,
            calendar=msgspec.structs.replace(self.document.calendar, holidays=sorted(self.business.holidays), country=""),
        )
        plain: dict[str, Any] = msgspec.to_builtins(document)
        return plain


# --------------------------------------------------------------------------------------------------------- reading


def library_names() -> list[str]:
    """Return the names of the contracts in the library."""
    return sorted(path.stem for path in LIBRARY.glob("*.toml") if path.stem != "clauses")


@lru_cache(maxsize=64)
def library_document(name: str) -> dict[str, Any]:
    """Return a library contract as plain values; treat the result as read-only.

    Raises:
        InvalidTerms: The library has no such contract.
    """
    if name not in library_names():
        raise InvalidTerms(f"terms {name!r} are unknown; choose one of {', '.join(library_names())}, or give a whole document")
    return tomllib.loads((LIBRARY / f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def clause_texts() -> dict[str, str]:
    """Return every clause's id with what it obliges, in the portal's words."""
    texts: dict[str, str] = tomllib.loads((LIBRARY / "clauses.toml").read_text(encoding="utf-8"))["clauses"]
    return texts


@lru_cache(maxsize=64)
def library_terms(name: str) -> Terms:
    """Return a library contract, ready to run."""
    return read_terms(library_document(name))


def read_terms(source: str | Mapping[str, Any], overrides: Mapping[str, Any] | None = None) -> Terms:
    """Read a preset's name or a whole document, with overrides merged in.

    Raises:
        InvalidTerms: An unknown preset, a malformed document, or a value that a clause forbids.
    """
    if isinstance(source, str):
        if not overrides:
            return library_terms(source)
        source = library_document(source)
    plain = deepcopy(dict(source))
    if overrides:
        _merge(plain, overrides)
    try:
        document = msgspec.convert(plain, Document)
    except msgspec.ValidationError as error:
        raise InvalidTerms(str(error)) from None
    _check_clauses(plain)
    return Terms(document)


class CreditOverride(Struct, frozen=True, forbid_unknown_fields=True):
    """Another percent or another reading for one credit rule."""

    percent: Percent | msgspec.UnsetType = msgspec.UNSET
    per: Literal["month", "incident"] | msgspec.UnsetType = msgspec.UNSET


class SeverityOverride(Struct, frozen=True, forbid_unknown_fields=True):
    """Other targets for one severity."""

    response: Iso | msgspec.UnsetType = msgspec.UNSET
    contact: Iso | msgspec.UnsetType = msgspec.UNSET
    resolution: Iso | msgspec.UnsetType = msgspec.UNSET


class CalendarOverride(Struct, frozen=True, forbid_unknown_fields=True):
    """Another business calendar; a missing key keeps its default."""

    zone: str | msgspec.UnsetType = msgspec.UNSET
    weekly: dict[str, list[tuple[str, str]]] | msgspec.UnsetType = msgspec.UNSET
    holidays: list[date] | msgspec.UnsetType = msgspec.UNSET


class Overrides(Struct, frozen=True, forbid_unknown_fields=True):
    """The values that a replay may change in named terms."""

    severities: dict[str, SeverityOverride] = {}
    credits: dict[str, CreditOverride] = {}
    sessions_a_week: Annotated[int, Meta(ge=1, le=100)] | msgspec.UnsetType = msgspec.UNSET
    reply_window_business_days: Annotated[int, Meta(ge=1, le=100)] | msgspec.UnsetType = msgspec.UNSET
    no_response_pause: Literal["automatic", "proposed"] | msgspec.UnsetType = msgspec.UNSET
    cutoff_business_days: Annotated[int, Meta(le=100)] | msgspec.UnsetType = msgspec.UNSET
    calendar: CalendarOverride = CalendarOverride()


OVERRIDE_NOTE = "set by this agreement"


def _merge(plain: dict[str, Any], given: Mapping[str, Any]) -> None:
    try:
        overrides = msgspec.convert(given, Overrides)
    except msgspec.ValidationError as error:
        raise InvalidTerms(f"overrides: {error}") from None
    severities = {row["name"]: row for row in plain.get("support", {}).get("severities", [])}
    for name, severity in overrides.severities.items():
        if name not in severities:
            known = ", ".join(severities) or "none"
            raise InvalidTerms(f"overrides.severities: {name!r} is no severity of these terms; they have {known}")
        for target, text in msgspec.to_builtins(severity).items():
            old = severities[name].get(target) or {"clause": severities[name]["meaning"]["clause"]}
            severities[name][target] = {**old, "value": text, "basis": "stated", "note": OVERRIDE_NOTE}
    _merge_credits(plain, overrides)
    for section, key in (
        ("engagement", "sessions_a_week"),
        ("engagement", "reply_window_business_days"),
        ("engagement", "no_response_pause"),
        ("implementation", "cutoff_business_days"),
    ):
        value = getattr(overrides, key)
        if value is msgspec.UNSET:
            continue
        if key == "cutoff_business_days" and value < FEWEST_CUTOFF_DAYS:
            raise InvalidTerms(f"overrides.cutoff_business_days: {value} is under {FEWEST_CUTOFF_DAYS} business days (JI-6)")
        if section in plain:
            plain[section][key] = {**plain[section][key], "value": value, "basis": "stated", "note": OVERRIDE_NOTE}
    calendar = msgspec.to_builtins(overrides.calendar)
    if calendar:
        if "holidays" in calendar:
            plain["calendar"].pop("country", None)
        plain["calendar"].update(calendar, basis="stated", note=OVERRIDE_NOTE)


def _merge_credits(plain: dict[str, Any], overrides: Overrides) -> None:
    section = plain.get("credits", {})
    rules = {row["rule"]: row for row in section.get("rows", [])}
    if "recurring" in section:
        rules[section["recurring"]["rule"]] = section["recurring"]
    for name, credit in overrides.credits.items():
        if name not in rules:
            if not rules:
                continue
            raise InvalidTerms(f"overrides.credits: {name!r} is no rule of these terms; they have {', '.join(rules)}")
        for key, value in msgspec.to_builtins(credit).items():
            rules[name][key] = {**rules[name][key], "value": value, "basis": "stated", "note": OVERRIDE_NOTE}


# -------------------------------------------------------------------------------------------------------- checking


def _calendar(terms: CalendarTerms) -> BusinessCalendar:
    weekly = {}
    for day, pairs in terms.weekly.items():
        if not day.isdecimal() or int(day) > 6:
            raise InvalidCalendar(f"weekly: {day!r} is no weekday; use 0 for Monday to 6 for Sunday")
        weekly[int(day)] = [(start, end) for start, end in pairs]
    if terms.holidays is None and terms.country:
        names = federal_holidays()
        return BusinessCalendar(terms.zone, weekly, names, holiday_names=names)
    return BusinessCalendar(terms.zone, weekly, terms.holidays or ())


def _percent(label: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise InvalidTerms(f"{label}: {text!r} is not a decimal number such as 12.5") from None
    if not value.is_finite() or not 0 <= value <= 1000:
        raise InvalidTerms(f"{label}: {text!r} must lie between 0 and 1000 percent")
    return value


def _check_tiers(tiers: list[Tier]) -> None:
    edges = [_percent("credits.tiers.at_least", tier.at_least) for tier in tiers]
    for higher, lower in zip(edges, edges[1:], strict=False):
        if lower >= higher:
            raise InvalidTerms(f"credits.tiers: an uptime of {lower} % lies in two tiers; write the highest edge first, each once")
    if not edges or edges[-1] != 0:
        lowest = edges[-1] if edges else 100
        raise InvalidTerms(f"credits.tiers: an uptime just under {lowest} % lies in no tier; end with a tier at_least = '0'")
    for tier in tiers:
        _percent("credits.tiers.percent", tier.percent)


def _check_numbers(document: Document) -> None:
    for label, value in _values(msgspec.to_builtins(document), ""):
        if isinstance(value, bool) or not isinstance(value, int):
            continue
        if value < 0:
            raise InvalidTerms(f"{label}: {value} is negative; write 0 or more")
    support, implementation, hosted = document.support, document.implementation, document.support and document.support.hosted
    if implementation is not None:
        for window in [*implementation.windows.value, implementation.after_live.value]:
            if window.due < window.aim:
                raise InvalidTerms(f"implementation.windows: due {window.due} is before the aim {window.aim} at {window.days_out} days out")
        if implementation.cutoff_business_days.value < FEWEST_CUTOFF_DAYS:
            raise InvalidTerms(
                f"implementation.cutoff_business_days: {implementation.cutoff_business_days.value} is under "
                f"{FEWEST_CUTOFF_DAYS} business days (JI-6)"
            )
    for label, duration in (
        ("support.hosted.before", hosted and hosted.before),
        ("support.hosted.after", hosted and hosted.after),
        ("availability.notice", document.availability and document.availability.notice),
        ("availability.outage_resolution", document.availability and document.availability.outage_resolution),
        ("availability.scheduled_allowance", document.availability and document.availability.scheduled_allowance),
        ("backups.full", document.backups and document.backups.full),
        ("backups.incremental", document.backups and document.backups.incremental),
        ("engagement.meeting_notice", document.engagement and document.engagement.meeting_notice),
        ("engagement.resume", document.engagement and document.engagement.resume),
        ("change.longest_window", document.change and document.change.longest_window),
    ):
        if duration:
            read_duration(label, duration)
    if support is not None and support.warnings is not None and not all(0 < share < 100 for share in support.warnings.value):
        raise InvalidTerms(f"support.warnings: {support.warnings.value} must be percentages between 1 and 99")


def read_duration(label: str, value: Value[Iso]) -> timedelta:
    """Return a plain duration of the terms.

    Raises:
        InvalidTerms: It is none; the label says which.
    """
    try:
        return parse_duration(value.value)
    except InvalidDuration as error:
        raise InvalidTerms(f"{label}: {error}") from None


def _values(plain: Any, label: str) -> list[tuple[str, Any]]:
    if isinstance(plain, dict):
        return [pair for key, value in plain.items() for pair in _values(value, f"{label}.{key}" if label else key)]
    if isinstance(plain, list):
        return [pair for value in plain for pair in _values(value, label)]
    return [(label, plain)]


def _check_clauses(plain: dict[str, Any]) -> None:
    known = clause_texts()
    for label, value in _values(plain, ""):
        if label.endswith(".clause") and value not in known:
            raise InvalidTerms(f"{label}: {value!r} is no clause; the ids are those of the clause list, such as JS-7")
