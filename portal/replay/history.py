"""Recorded histories: read, checked and put in order before anything is judged.

A history is JSON Lines: a header, then events in any order. One bad line refuses the whole, naming the line, the field
and what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import Struct

from incidents.rules.shared import Ordered
from portal.contract import events as e
from portal.contract.bad_line import BadLine
from portal.contract.money import InvalidMoney, Money
from portal.contract.terms import FEWEST_CUTOFF_DAYS, InvalidTerms, Terms, read_terms
from portal.contract.zones import InvalidZone, check_zone

LONGEST_LINE = 4_000_000
DEEPEST = 32
HEADER_LINE = 1

Note = Callable[[int], None]
"""Is told how many lines were read, every hundred thousand."""


class Fee(Struct, frozen=True, forbid_unknown_fields=True):
    """The fee that credits are a share of. Clause: JS-14."""

    amount: str
    currency: str
    per: Literal["month", "year"]


class Term(Struct, frozen=True, forbid_unknown_fields=True):
    """The term of the order form, both days included. Clause: JB-11."""

    starts: date
    ends: date
    prepaid: str | None = None


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """The first line: under which terms the events are to be judged, and until when."""

    replay: Literal[1]
    terms: str | dict[str, Any]
    timezone: str
    fee: Fee | None = None
    until: e.Instant | None = None
    overrides: dict[str, Any] | None = None
    term: Term | None = None
    hosting: Literal["hosted", "on_premise"] = "hosted"
    site_country: str | None = None
    severity_map: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A header and its events, sorted by instant, equal instants by line."""

    header: Header
    terms: Terms
    fee: Money | None
    until: datetime | None
    events: list[Ordered] = field(default_factory=list)


def read_history(
    lines: Iterable[bytes], *, terms: str | Terms | None = None, until: datetime | None = None, note: Note | None = None
) -> History:
    """Read a history, every line of it, before anything is judged.

    Args:
        lines: The file's lines, UTF-8.
        terms: A preset's name that takes the place of the header's, or terms as they stand, without overrides.
        until: An instant that takes the place of the header's; aware.
        note: Shows progress.

    Raises:
        BadLine: The first bad line, in the file's order; then what only the order of events shows.
    """
    numbered = enumerate(lines, start=1)
    first = next(numbered, None)
    if first is None:
        raise BadLine(HEADER_LINE, "header", 'expected a header such as {"replay": 1, "terms": "juno-live-support", …}')
    header = _read_header(first[1])
    compiled, fee = _check_header(header, terms)
    events: list[Ordered] = []
    append, decode, severities = events.append, e.DECODER.decode, header.severity_map
    for number, line in numbered:
        try:
            event = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            if not line.strip():
                continue
            event = _read_slowly(number, line, error)
        if severities is not None and isinstance(event, e.IncidentReported | e.IncidentReclassified):
            mapped = severities.get(event.severity)
            if mapped is not None:
                event = msgspec.structs.replace(event, severity=mapped)
        append((e.as_utc(event.at), number, event))
        if note is not None and number % 100_000 == 0:
            note(number)
    events.sort(key=_order)
    _Order(compiled).check(events)
    end = until or header.until
    last = e.as_utc(end) if end is not None else (events[-1][0] if events else None)
    return History(header, compiled, fee, last, events)


def _order(row: Ordered) -> tuple[datetime, int]:
    return row[0], row[1]


def _read_header(line: bytes) -> Header:
    try:
        plain = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadLine(HEADER_LINE, "header", f"expected one JSON object: {error}") from None
    if not isinstance(plain, dict) or plain.get("replay") != 1 or isinstance(plain.get("replay"), bool):
        raise BadLine(HEADER_LINE, "replay", 'expected a header with "replay": 1')
    try:
        return msgspec.convert(_with_instants(plain), Header)
    except msgspec.ValidationError as error:
        raise _bad(HEADER_LINE, error) from None


def _check_header(header: Header, terms: str | Terms | None) -> tuple[Terms, Money | None]:
    try:
        compiled = terms if isinstance(terms, Terms) else read_terms(terms or header.terms, header.overrides)
    except InvalidTerms as error:
        raise BadLine(HEADER_LINE, "terms", str(error)) from None
    try:
        check_zone(header.timezone)
    except InvalidZone as error:
        raise BadLine(HEADER_LINE, "timezone", str(error)) from None
    if header.severity_map is not None and compiled.ranks:
        for name, mapped in header.severity_map.items():
            if mapped not in compiled.ranks:
                known = ", ".join(compiled.ranks)
                raise BadLine(HEADER_LINE, "severity_map", f"{name!r} maps to {mapped!r}; these terms have {known}")
    if header.term is not None and header.term.ends < header.term.starts:
        raise BadLine(HEADER_LINE, "term", f"ends on {header.term.ends}, before it starts on {header.term.starts}")
    fee = None
    try:
        if header.fee is not None:
            fee = Money.parse(header.fee.amount, header.fee.currency)
            if header.term is not None and header.term.prepaid is not None:
                Money.parse(header.term.prepaid, header.fee.currency)
        elif header.term is not None and header.term.prepaid is not None:
            Decimal(header.term.prepaid)
    except (InvalidMoney, ArithmeticError) as error:
        raise BadLine(HEADER_LINE, "fee", str(error)) from None
    if fee is not None and fee.minor < 0:
        raise BadLine(HEADER_LINE, "fee", f"{fee} is negative; write 0 or more")
    return compiled, fee


# ---------------------------------------------------------------------------------------- a line that does not decode


INSTANT_FIELDS = frozenset({"at", "start", "end", "planned_at", "notified_at", "until"})
FIELD = re.compile(r"`\$?\.?([^`]*)`$")
UNKNOWN_FIELD = re.compile(r"unknown field `([^`]*)`")
MISSING_FIELD = re.compile(r"missing required field `([^`]*)`")


def _read_slowly(number: int, line: bytes, error: Exception) -> e.Event:
    """Read a line again, with instants in every form of ISO 8601, or say what is wrong with it."""
    if len(line) > LONGEST_LINE:
        raise BadLine(number, "line", f"expected at most {LONGEST_LINE:,} bytes")
    try:
        plain = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise BadLine(number, "line", f"expected one JSON object: {broken}") from None
    if not isinstance(plain, dict):
        raise BadLine(number, "line", f"expected one JSON object, not {type(plain).__name__}")
    name = plain.get("event")
    if not isinstance(name, str) or name not in e.REGISTRY:
        raise BadLine(number, "event", f"{name!r} is no event of the vocabulary")
    try:
        return msgspec.convert(_with_instants(plain), e.REGISTRY[name])
    except msgspec.ValidationError as wrong:
        raise _bad(number, wrong) from None


def _with_instants(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same fields with instants normalised: ISO 8601 allows more forms than RFC 3339."""
    return {
        key: _instant(value) if key in INSTANT_FIELDS or key == "sessions" else value for key, value in plain.items()
    }


def _instant(value: Any) -> Any:
    if isinstance(value, list):
        return [_instant(part) for part in value]
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).isoformat()
        except ValueError:
            return value
    return value


def _bad(number: int, error: msgspec.ValidationError) -> BadLine:
    text = str(error)
    for pattern, expected in ((UNKNOWN_FIELD, "no such field"), (MISSING_FIELD, "this field is required")):
        found = pattern.search(text)
        if found:
            return BadLine(number, found[1], expected)
    found = FIELD.search(text)
    message = text.partition(" - at ")[0]
    if "timezone component" in message or "RFC3339" in message:
        message = "expected an ISO 8601 instant that exists, with an offset, such as 2026-03-02T10:00:00-05:00"
    return BadLine(number, found[1] if found else "line", message)


# ------------------------------------------------------------------------------------- what only the order can show


class _Order:
    """Walks over sorted events and refuses what comes before its subject or against a clause's bounds."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.known: dict[str, set[str]] = {"incident": set(), "hosted_event": set(), "implementation": set()}
        self.requests: set[tuple[str, str]] = set()

    def check(self, events: Iterable[Ordered]) -> None:
        incidents = self.known["incident"]
        for _, number, event in events:
            if isinstance(event, e.IncidentEvent):
                if type(event) is e.IncidentReported:
                    if event.incident in incidents:
                        raise BadLine(
                            number, "incident", f"{event.incident!r} was reported before; report each incident once"
                        )
                    incidents.add(event.incident)
                    self._severity(number, event.severity)
                elif event.incident not in incidents:
                    raise BadLine(number, "incident", f"{event.incident!r} was not reported by then")
                elif type(event) is e.IncidentReclassified:
                    self._severity(number, event.severity)
            else:
                self._other(number, event)

    def _severity(self, number: int, severity: str) -> None:
        ranks = self.terms.ranks
        if ranks and severity not in ranks:
            raise BadLine(
                number, "severity", f"{severity!r} is no severity of these terms; they have {', '.join(ranks)}"
            )

    def _introduced(self, number: int, kind: str, ref: str, introducing: type[e.Event], event: e.Event) -> None:
        if isinstance(event, introducing):
            self.known[kind].add(ref)
        elif ref not in self.known[kind]:
            raise BadLine(number, kind, f"{ref!r} was not introduced by {e.INTRODUCED_BY[kind]} by then")

    def _other(self, number: int, event: e.Event) -> None:
        match event:
            case e.BreachVoided():
                kind, ref = event.subject
                if kind in self.known and ref not in self.known[kind]:
                    raise BadLine(number, "subject", f"{event.subject_ref!r} was not introduced by then")
            case e.HostedEventEvent():
                self._introduced(number, "hosted_event", event.hosted_event, e.HostedEventScheduled, event)
                if isinstance(event, e.HostedEventScheduled | e.HostedEventRescheduled):
                    self._zone(number, event.timezone)
                    for start, end in event.sessions:
                        self._interval(number, "sessions", start, end)
            case e.MaintenanceAnnounced():
                self._interval(number, "end", event.start, event.end)
            case e.OutageRecorded():
                if event.end is not None:
                    self._interval(number, "end", event.start, event.end)
            case e.AgreementAmended():
                try:
                    self.terms = read_terms(event.terms)
                except InvalidTerms as error:
                    raise BadLine(number, "terms", str(error)) from None
            case e.ImplementationEvent():
                self._implementation(number, event)
            case e.ChangeRequested():
                self._zone(number, event.timezone)
                self._interval(number, "end", event.start, event.end)

    def _implementation(self, number: int, event: e.ImplementationEvent) -> None:
        self._introduced(number, "implementation", event.implementation, e.ImplementationPlanned, event)
        if isinstance(event, e.ImplementationPlanned):
            days = event.cutoff_business_days
            if days is not None and days < FEWEST_CUTOFF_DAYS:
                raise BadLine(
                    number, "cutoff_business_days", f"{days} is under {FEWEST_CUTOFF_DAYS} business days (JI-6)"
                )
        elif isinstance(event, e.ImplementationRequested):
            self.requests.add((event.implementation, event.request))
        elif isinstance(event, e.ImplementationAnswered) and (event.implementation, event.request) not in self.requests:
            raise BadLine(number, "request", f"{event.request!r} was not requested by then")

    @staticmethod
    def _zone(number: int, zone: str) -> None:
        try:
            check_zone(zone)
        except InvalidZone as error:
            raise BadLine(number, "timezone", str(error)) from None

    @staticmethod
    def _interval(number: int, name: str, start: datetime, end: datetime) -> None:
        if end <= start:
            raise BadLine(number, name, f"{end.isoformat()} is not after {start.isoformat()}")
