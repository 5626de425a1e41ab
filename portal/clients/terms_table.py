"""A contract as people read it: every value with its clause, and the word where it is assumed or a reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec

from portal.clients.measures import measure_words
from portal.contract.terms import Basis, PauseTerms, SeverityTerms, Terms, Tier, Value, Window, clause_texts

SECTIONS = {
    "support": "Support",
    "credits": "Service credits",
    "availability": "Availability",
    "backups": "Backups",
    "implementation": "Implementation",
    "engagement": "Engagement",
    "change": "Network changes",
}

_LABELS = {
    "counted": "Time counts",
    "unsupported": "Unsupported",
    "resolution_from": "Resolution counts from",
    "severities_missing": "Table of severities",
    "diagnostics": "Diagnostics that the response waits for",
    "beta_unsupported": "Beta versions are unsupported",
    "void_causes": "Causes without a resolution time",
    "suspension": "Support pauses while fees are overdue",
    "discontinuation_days": "Days of notice before a discontinuation",
    "remedy_plan": "The client may ask for a remedy plan after a failure",
    "information": "Information that can be asked for",
    "warnings": "Warnings at",
    "end_user_notice": "Told to the client when an end user writes",
    "response": "First response",
    "contact": "Update at least every",
    "meaning": "Means",
    "before": "Begins before the first session",
    "after": "Ends after the last session",
    "cap": "Most in one month",
    "scheduled_leaves_total": "Scheduled downtime leaves the total",
    "on_premise": "Holds on the client's premises",
}
_PAUSES = {
    "client": "Waiting for the client stops",
    "third_party": "Waiting for a third party stops",
    "information": "Waiting for information stops",
}
_WORDS = {
    "24x7": "around the clock",
    "business": "in business hours",
    "report": "the report",
    "reproduction": "the reproduction",
    "counts": "its downtime counts",
    "flagged": "it is flagged",
}
_PERCENT = {"percent", "target", "hosted_target", "cap", "warnings"}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a contract."""

    label: str
    words: str
    clause: str
    basis: Basis
    note: str


@dataclass(frozen=True, slots=True)
class Section:
    """Values that belong together."""

    title: str
    rows: list[Row]

    @property
    def clauses(self) -> list[tuple[str, str]]:
        """The clauses of the values, each once in their order, with what they say."""
        texts = clause_texts()
        return [(clause, texts[clause]) for clause in dict.fromkeys(row.clause for row in self.rows)]


def sections(terms: Terms) -> list[Section]:
    """Return every value of a contract: the severities, each a section of its own, the rest, the business hours."""
    document = terms.document
    severities = document.support.severities if document.support else []
    found = [Section(f"Severity: {_plain(severity.name)}", list(_rows("", severity))) for severity in severities]
    for name, title in SECTIONS.items():
        part = getattr(document, name)
        if part is not None:
            found.append(Section(title, list(_rows("", part))))
    return [*found, Section("Business hours", list(_calendar(terms)))]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that two contracts say differently; '' where one of them lacks it."""

    part: str
    label: str
    before: str
    after: str
    clause: str


def changes(before: Terms, after: Terms) -> list[Change]:
    """Return the values in which two contracts differ, in their order."""
    old = {(section.title, row.label): row for section in sections(before) for row in section.rows}
    new = {(section.title, row.label): row for section in sections(after) for row in section.rows}
    return [
        Change(part, label, was.words if was else "", now.words if now else "", (now or was or _NOTHING).clause)
        for part, label in dict.fromkeys((*old, *new))
        if _said(was := old.get((part, label))) != _said(now := new.get((part, label)))
    ]


_NOTHING = Row("", "", "", "stated", "")


def _said(row: Row | None) -> tuple[str, str] | None:
    return (row.words, row.clause) if row is not None else None


def _calendar(terms: Terms) -> Iterator[Row]:
    calendar = terms.document.calendar
    clause, basis = calendar.clause, calendar.basis
    for opening, days in groupby(range(7), lambda day: calendar.weekly.get(str(day), [])):
        names = [_WEEKDAYS[day] for day in days]
        words = ", ".join(f"{opens} to {closes}" for opens, closes in opening) or "closed"
        yield Row(f"{names[0]} to {names[-1]}" if len(names) > 1 else names[0], words, clause, basis, "")
    yield Row("Zone", calendar.zone, clause, basis, calendar.note)
    holidays = "US federal holidays" if calendar.country == "US" else f"{len(terms.business.holidays)} dates"
    yield Row("Closed on", holidays, clause, basis, "")


def _rows(label: str, part: msgspec.Struct) -> Iterator[Row]:
    """Yield the values of a part, and of the parts within it; severities have sections of their own."""
    labels = _PAUSES if isinstance(part, PauseTerms) else _LABELS
    for field in part.__struct_fields__:
        inner = getattr(part, field)
        for item in inner if isinstance(inner, list) else [inner]:
            if isinstance(item, Value):
                name = _under(label, labels.get(field, _plain(field)))
                yield Row(name, _words(field, item.value), item.clause, item.basis, item.note)
            elif isinstance(item, PauseTerms):
                yield from _rows(label, item)
            elif isinstance(item, msgspec.Struct) and not isinstance(item, SeverityTerms):
                yield from _rows(_under(label, _plain(getattr(item, "rule", field))), item)


def _under(label: str, name: str) -> str:
    return f"{label}: {name.lower()}" if label else name


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _words(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        words = [_words(field, item) for item in value]
        return ("; " if any("," in word for word in words) else ", ").join(words) or "nothing"
    if isinstance(value, dict):
        return "; ".join(f"{_plain(key)}: {_words(field, item)}" for key, item in value.items())
    if isinstance(value, Tier):
        return f"{value.percent} % from {value.at_least} % on"
    if isinstance(value, Window):
        days = getattr(value, "days_out", None)
        window = f"aim {value.aim}, due {value.due} business days"
        return f"from {days} days before go-live: {window}" if days is not None else window
    if field in _PERCENT:
        return f"{value} %"
    text = str(value)
    return _WORDS.get(text, measure_words(text)).replace("_", " ")
