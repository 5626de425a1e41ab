"""Recorded histories: read, checked and put in order before anything is judged.

A history is JSON Lines: a header, then events in any order. One bad line refuses the whole, naming the line, the field
and what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from operator import itemgetter
from typing import Any, Literal

import msgspec
from msgspec import Struct

from incidents.rules.shared import Ordered
from portal.contract import events as e
from portal.contract.bad_line import BadLine
from portal.contract.money import InvalidMoney, Money
from portal.contract.terms import InvalidTerms, Terms, read_terms
from portal.contract.zones import InvalidZone, check_zone
from portal.replay.ordering import check_order

LONGEST_LINE = 4_000_000
HEADER_LINE = 1
BACKSLASH = ord("\\")
"""As a number: finding one byte in a line costs a tenth of finding a string of bytes."""
NUL = rb"\u0000"
NOTED = 100_000
BY_INSTANT = itemgetter(0)
"""Sorting is stable: equal instants keep the order of their lines."""

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


class Active(Struct, frozen=True, forbid_unknown_fields=True):
    """From when to when a service ran under its agreement: `since` belongs to it, `until` does not. Clause: JS-17."""

    since: e.Instant
    until: e.Instant | None = None


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
    active: Active | None = None

    @property
    def prepaid_currency(self) -> str:
        """The currency of what was prepaid: that of the fee, or US dollars where no fee is known."""
        return self.fee.currency if self.fee is not None else "USD"


@dataclass(frozen=True, slots=True)
class History:
    """A header and its events, each list sorted by instant, equal instants by line.

    Attributes:
        until: 'Now' for what is still open, UTC; the last event's instant where nothing else says so.
        incidents: By reference, each incident's own events and the voiding of its breaches.
        others: All other events.
    """

    header: Header
    terms: Terms
    fee: Money | None
    until: datetime | None
    incidents: dict[str, list[Ordered]]
    others: list[Ordered]

    @property
    def tells_of_downtime(self) -> bool:
        """Whether it has an outage or a window: without any it says nothing of availability, not that all was up."""
        return any(isinstance(event, e.OutageRecorded | e.MaintenanceAnnounced) for _, _, event in self.others)

    @property
    def events(self) -> list[Ordered]:
        """All events in one list, sorted."""
        return sorted(chain(self.others, *self.incidents.values()), key=itemgetter(0, 1))


def read_history(
    lines: Iterable[bytes],
    *,
    terms: str | Terms | None = None,
    severities: Mapping[str, str] | None = None,
    fee: Fee | None = None,
    until: datetime | None = None,
    note: Note | None = None,
) -> History:
    """Read a history, every line of it, before anything is judged.

    Args:
        lines: The file's lines, UTF-8.
        terms: A preset's name that takes the place of the header's, or terms as they stand, without overrides.
        severities: A map that takes the place of the header's.
        fee: A fee that takes the place of the header's.
        until: An instant that takes the place of the header's; aware.
        note: Shows progress.

    Raises:
        BadLine: The first line that can't be read, in the file's order; then the first that comes at the wrong time.
    """
    numbered = enumerate(lines, start=1)
    first = next(numbered, None)
    if first is None:
        raise BadLine(HEADER_LINE, "header", 'expected a header such as {"replay": 1, "terms": "juno-live-support", …}')
    header = _read_header(first[1])
    if severities is not None:
        header = msgspec.structs.replace(header, severity_map=dict(severities))
    if fee is not None:
        header = msgspec.structs.replace(header, fee=fee)
    compiled, agreed = _check_header(header, terms)
    incidents: dict[str, list[Ordered]] = {}
    others: list[Ordered] = []
    decode, incident_event = e.DECODER.decode, e.IncidentEvent
    for number, line in numbered:
        try:
            event = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            if not line.strip():
                continue
            event = _read_slowly(number, line, error)
        if BACKSLASH in line and NUL in line and _has_nul(msgspec.json.decode(line)):
            raise BadLine(number, "line", "a text has a NUL character; leave it out")
        at = event.at
        if not e.is_countable(at):
            raise _far_off(number, "at", at)
        row = (at if at.tzinfo is UTC else e.as_utc(at), number, event)
        if isinstance(event, incident_event):
            rows = incidents.get(event.incident)
            if rows is None:
                incidents[event.incident] = [row]
            else:
                rows.append(row)
        elif isinstance(event, e.BreachVoided) and event.subject[0] == "incident":
            incidents.setdefault(event.subject[1], []).append(row)
        else:
            for name, instant in e.instants_in(event):
                if not e.is_countable(instant):
                    raise _far_off(number, name, instant)
            others.append(row)
        if not number % NOTED and note is not None:
            note(number)
    for rows in (others, *incidents.values()):
        rows.sort(key=BY_INSTANT)
    if header.severity_map:
        for rows in incidents.values():
            rows[:] = [(at, number, _mapped(event, header.severity_map)) for at, number, event in rows]
    check_order(compiled, incidents, others)
    end = until or header.until
    if end is None:
        end = max((rows[-1][0] for rows in (others, *incidents.values()) if rows), default=None)
    return History(header, compiled, agreed, end and e.as_utc(end), incidents, others)


def _has_nul(plain: Any) -> bool:
    """Return whether a text among these values has a character that no database keeps."""
    if isinstance(plain, dict):
        return any(_has_nul(part) for pair in plain.items() for part in pair)
    if isinstance(plain, list):
        return any(map(_has_nul, plain))
    return isinstance(plain, str) and "\x00" in plain


def _far_off(number: int, field: str, at: datetime) -> BadLine:
    return BadLine(
        number,
        field,
        f"{at.isoformat()} lies far off; give an instant in the years {e.EARLIEST_YEAR} to {e.LATEST_YEAR}",
    )


def _mapped(event: e.Event, severities: Mapping[str, str]) -> e.Event:
    if isinstance(event, e.IncidentReported | e.IncidentReclassified) and event.severity in severities:
        return msgspec.structs.replace(event, severity=severities[event.severity])
    return event


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
        raise _bad(HEADER_LINE, error, Header) from None


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
    active = header.active
    bounds = [("until", header.until)]
    if active is not None:
        bounds += [("active", active.since), ("active", active.until)]
    for name, at in bounds:
        if at is not None and not e.is_countable(at):
            raise _far_off(HEADER_LINE, name, at)
    if active is not None and active.until is not None and active.until <= active.since:
        raise BadLine(HEADER_LINE, "active", f"{active.until.isoformat()} is not after {active.since.isoformat()}")
    if header.term is not None and header.term.ends < header.term.starts:
        raise BadLine(HEADER_LINE, "term", f"ends on {header.term.ends}, before it starts on {header.term.starts}")
    fee = _amount("fee", header.fee.amount, header.fee.currency) if header.fee is not None else None
    if header.term is not None and header.term.prepaid is not None:
        _amount("term", header.term.prepaid, header.prepaid_currency)
    return compiled, fee


def _amount(field: str, text: str, currency: str) -> Money:
    try:
        amount = Money.parse(text, currency)
    except InvalidMoney as error:
        raise BadLine(HEADER_LINE, field, str(error)) from None
    if amount.minor < 0:
        raise BadLine(HEADER_LINE, field, f"{amount} is negative; write 0 or more")
    return amount


# ---------------------------------------------------------------------------------------- a line that does not decode


INSTANT_FIELDS = frozenset({"at", "start", "end", "planned_at", "notified_at", "until"})
FIELD = re.compile(r"`\$?\.?([^`]*)`$")
UNKNOWN_FIELD = re.compile(r"unknown field `([^`]*)`")
STEP = re.compile(r"\w+|\[[^\]]*\]")
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
        raise _bad(number, wrong, e.REGISTRY[name]) from None


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


def _bad(number: int, error: msgspec.ValidationError, expected: type[Struct]) -> BadLine:
    text = str(error)
    for pattern, sentence in ((UNKNOWN_FIELD, "no such field"), (MISSING_FIELD, "this field is required")):
        found = pattern.search(text)
        if found:
            return BadLine(number, found[1], sentence)
    found = FIELD.search(text)
    field = found[1] if found else "line"
    message = text.partition(" - at ")[0]
    if "RFC3339 encoded date" in message and "datetime" not in message:
        message = "expected a date that exists, such as 2026-03-02"
    elif "timezone component" in message or "RFC3339" in message:
        message = "expected an ISO 8601 instant that exists, with an offset, such as 2026-03-02T10:00:00-05:00"
    elif "enum value" in message:
        message = f"{message}; expected one of {', '.join(_choices(expected, field))}"
    return BadLine(number, field, message)


def _choices(struct: type[Struct], field: str) -> list[str]:
    """Return the words that a field may be, by its path in the struct: `by`, `fee.per`, `modules[0]`."""
    found: Any = msgspec.inspect.type_info(struct)
    for name in STEP.findall(field):
        if isinstance(found, msgspec.inspect.UnionType):
            found = next(kind for kind in found.types if not isinstance(kind, msgspec.inspect.NoneType))
        if name.startswith("["):
            found = found.item_type
        else:
            found = next(one.type for one in found.fields if one.encode_name == name)
    kinds = found.types if isinstance(found, msgspec.inspect.UnionType) else (found,)
    return [str(value) for kind in kinds if isinstance(kind, msgspec.inspect.LiteralType) for value in kind.values]
