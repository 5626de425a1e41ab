"""Terms ready to run: a document that was read, checked and compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

import msgspec

from portal.contract.calendar import BusinessCalendar, InvalidCalendar, always
from portal.contract.durations import InvalidDuration, parse_measure
from portal.contract.explain import duration_text
from portal.contract.holidays import federal_holidays
from portal.contract.measures import Duration, NextRelease, Promise
from portal.contract.terms.checks import check, read_duration
from portal.contract.terms.library import library_document
from portal.contract.terms.overrides import merge
from portal.contract.terms.refusals import InvalidTerms, convert, shown
from portal.contract.terms.schema import CalendarTerms, Document, Iso, SupportTerms, Value

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


WEEK = timedelta(weeks=1)
FARTHEST = timedelta(days=200 * 365)
"""How far ahead a promise may lie: whenever it begins, it ends in a year that calendars count."""


class Terms:
    """A document ready to run: its calendar compiled and its targets read once.

    Attributes:
        document: The values, each with its clause.
        business: The calendar of business days. Clause: T-1, T-4.
        counted: The calendar on which incidents' durations run: all time, or the business calendar.
        ranks: The severities with their order, 0 the most severe. Clause: T-7.

    Raises:
        InvalidTerms: Something in the document can't be run.
    """

    def __init__(self, document: Document) -> None:
        check(document)
        self.document = document
        self.name = document.name
        self.business = _calendar(document.calendar)
        support = document.support
        self.counted = self.business if support is not None and support.counted.value == "business" else always()
        self.ranks: dict[str, int] = {}
        self._promises: dict[tuple[str, str], Promise] = {}
        self._hosted: dict[tuple[str, str], Promise] = {}
        if support is not None:
            self._read_support(support)
        if document.credits is not None:
            for row in document.credits.rows:
                self._read(row.severity, f"{row.target}_credit", row.over)
        self._check_service(document)

    def _check_service(self, document: Document) -> None:
        backups, availability = document.backups, document.availability
        values = {} if backups is None else {"backups.full": backups.full, "backups.incremental": backups.incremental}
        if availability is not None and availability.outage_resolution is not None:
            values["availability.outage_resolution"] = availability.outage_resolution
        for label, value in values.items():
            _check_reach(label, value.value, Duration(read_duration(label, value), self.counted))

    def _read_support(self, support: SupportTerms) -> None:
        self.ranks = {severity.name: rank for rank, severity in enumerate(support.severities)}
        for severity in support.severities:
            for target in ("response", "contact", "resolution"):
                self._read(severity.name, target, getattr(severity, target))
                if severity.hosted is not None:
                    self._read(severity.name, target, getattr(severity.hosted, target), hosted=True)

    def _read(self, severity: str, target: str, value: Value[Iso] | None, *, hosted: bool = False) -> None:
        if value is None:
            return
        label = f"{severity}.hosted.{target}" if hosted else f"{severity}.{target}"
        try:
            measure = parse_measure(value.value, counted=self.counted, business=self.business)
        except InvalidDuration as error:
            raise InvalidTerms(f"{label}: {error}") from None
        if isinstance(measure, Duration):
            _check_reach(label, value.value, measure)
        if isinstance(measure, NextRelease) and target != "resolution":
            raise InvalidTerms(f"{label}: {value.value!r} is for resolutions alone: write a duration or business days")
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
        """Return the whole document as JSON's values, its holidays as dates: what an agreement pins.

        `read_terms` makes equal terms of it, whatever the library or the list of holidays has become since.
        """
        calendar = msgspec.structs.replace(self.document.calendar, holidays=sorted(self.business.holidays))
        document = msgspec.structs.replace(self.document, calendar=calendar)
        plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
        return plain


@lru_cache(maxsize=16)
def library_terms(name: str) -> Terms:
    """Return a library contract, ready to run.

    Raises:
        InvalidTerms: The library has no such contract.
    """
    return Terms(convert(library_document(name), Document, "terms"))


def read_terms(source: str | Mapping[str, Any], overrides: Mapping[str, Any] | None = None) -> Terms:
    """Read a preset's name or a whole document, with overrides merged in.

    Raises:
        InvalidTerms: An unknown preset, a malformed document, or a value that a clause forbids.
    """
    terms = library_terms(source) if isinstance(source, str) else Terms(convert(source, Document, "terms"))
    if not overrides:
        return terms
    plain: dict[str, Any] = msgspec.to_builtins(terms.document)
    merge(plain, overrides)
    return Terms(convert(plain, Document, "terms"))


def known_terms(source: str | Mapping[str, Any]) -> Terms:
    """Return the terms of a preset's name or of a whole document that was accepted before: pinned, or amended to.

    Reading one takes milliseconds, and a page may need those of fifty agreements, most of which pinned the same: of the
    last 256 different documents each is read once.

    Raises:
        InvalidTerms: As `read_terms`.
    """
    if isinstance(source, str):
        return library_terms(source)
    return _known(msgspec.json.encode(source, order="deterministic"))


@lru_cache(maxsize=256)
def _known(document: bytes) -> Terms:
    return read_terms(msgspec.json.decode(document))


def _check_reach(label: str, text: str, measure: Duration) -> None:
    """Check that a duration is over before the calendar's last year, whenever it starts."""
    week = measure.calendar.open_week
    if measure.amount * (WEEK / week) > FARTHEST:
        raise InvalidTerms(
            f"{label}: {shown(text)} of a calendar that opens {duration_text(week)} a week takes more than "
            f"{FARTHEST.days // 365} years: give a shorter time, or longer hours"
        )


def _calendar(terms: CalendarTerms) -> BusinessCalendar:
    weekly: dict[int, list[tuple[str, str]]] = {}
    for day, hours in terms.weekly.items():
        if day not in {"0", "1", "2", "3", "4", "5", "6"}:
            raise InvalidTerms(f"calendar.weekly: {shown(day)} is no weekday: give 0 for Monday to 6 for Sunday")
        weekly[int(day)] = hours
    names = federal_holidays() if terms.country else {}
    dates = list(names) if terms.holidays is None else terms.holidays
    try:
        return BusinessCalendar(
            terms.zone, weekly, dates, holiday_names={day: names[day] for day in dates if day in names}
        )
    except InvalidCalendar as error:
        raise InvalidTerms(f"calendar: {error}") from None
