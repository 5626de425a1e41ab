"""What all incidents of an agreement share: terms, suspension, hosted periods, releases, as they were at each moment.

It is folded once for an agreement; each incident then walks along the part of it that it lived through.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.contract.events import (
    AgreementAmended,
    AgreementReinstated,
    AgreementSuspended,
    Event,
    HostedEventCancelled,
    HostedEventRescheduled,
    HostedEventScheduled,
    ReleasePlanned,
    ReleasePublished,
    as_utc,
)
from portal.contract.measures import Releases
from portal.contract.terms import HostedTerms, Terms, known_terms, read_duration

Period = tuple[datetime, datetime]
Ordered = tuple[datetime, int, Event]
"""An event with its instant in UTC and its place among all events, so that equal instants keep their order."""

BEFORE_EVENTS = -1


class Periods:
    """Hosted event periods, half-open, ascending; `begins` and `ends` are merged. Clause: JS-10, T-5.

    Each period also keeps its own begin: should the one that covers it be cancelled, it is what has tightened since.
    """

    __slots__ = ("_own", "begins", "ends", "own_begins")

    def __init__(self, periods: Iterable[Period] = ()) -> None:
        self._own = sorted(periods)
        self.own_begins = sorted({begin for begin, _ in self._own})
        self.begins: list[datetime] = []
        self.ends: list[datetime] = []
        for begin, end in self._own:
            if self.ends and begin <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.begins.append(begin)
                self.ends.append(end)

    def running(self, at: datetime) -> Period | None:
        """Return the period that `at` lies in."""
        index = bisect_right(self.begins, at) - 1
        return (self.begins[index], self.ends[index]) if index >= 0 and at < self.ends[index] else None

    def covers(self, at: datetime) -> bool:
        """Return whether `at` lies in a period."""
        return bool(self.begins) and self.running(at) is not None

    def running_since(self, at: datetime) -> set[datetime]:
        """Return the begin of each single period that `at` lies in."""
        return {begin for begin, end in self._own if begin <= at < end}

    def next_begin(self, after: datetime) -> datetime | None:
        """Return the first begin strictly after an instant."""
        index = bisect_right(self.begins, after)
        return self.begins[index] if index < len(self.begins) else None


def hosted_periods(
    zone: str, sessions: Sequence[tuple[datetime, datetime]], *, before: timedelta, after: timedelta
) -> list[Period]:
    """Return the period of each event day, from `before` its first session to `after` its last.

    A session belongs to the local day, in the event's zone, on which it starts. Clause: JS-10.
    """
    local = ZoneInfo(zone)
    days: dict[date, Period] = {}
    for start, end in sessions:
        day = start.astimezone(local).date()
        first, last = days.get(day, (as_utc(start), as_utc(end)))
        days[day] = min(first, as_utc(start)), max(last, as_utc(end))
    return [(first - before, last + after) for first, last in days.values()]


@dataclass(frozen=True, slots=True)
class Moment:
    """What holds for every incident of the agreement from an instant on."""

    terms: Terms
    suspended: bool = False
    periods: Periods = field(default_factory=Periods)
    releases: Releases = field(default_factory=Releases)


@dataclass(frozen=True, slots=True)
class HostedPeriodBegan:
    """Time alone made a hosted period begin; no event says so. Clause: JS-7, JS-10."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of what is shared, and the moment that it made."""

    at: datetime
    order: int
    what: Event | HostedPeriodBegan
    moment: Moment


class Shared:
    """The changes of what an agreement's incidents share, up to `until`, that instant included."""

    def __init__(self, terms: Terms, events: Iterable[Ordered], *, until: datetime) -> None:
        self.start = Moment(terms)
        self.changes: list[Change] = []
        self._keys: list[tuple[datetime, int]] = []
        self._hosted: dict[str, list[Period]] = {}
        self._margins: dict[str, HostedTerms | None] = {}
        self._releases: dict[str, list[datetime | None]] = {}
        self._passed: set[datetime] = set()
        moment, known_at = self.start, None
        for at, order, event in events:
            if at > until:
                break
            self._begin_periods(moment, known_at, at)
            after = self._apply(moment, event)
            if after is not None:
                if after.periods is not moment.periods or known_at is None:
                    known_at = at
                moment = after
                self._add(Change(at, order, event, moment))
        self._begin_periods(moment, known_at, until)

    def _add(self, change: Change) -> None:
        self.changes.append(change)
        self._keys.append((change.at, change.order))

    def _begin_periods(self, moment: Moment, known_at: datetime | None, until: datetime) -> None:
        """Add the begins of the schedule in force after the last change, up to and with `until`."""
        begins = moment.periods.own_begins
        if known_at is None or not begins:
            return
        last = max(known_at, self.changes[-1].at) if self.changes else known_at
        for begin in begins[bisect_right(begins, last) :]:
            if begin > until:
                break
            self._add(Change(begin, BEFORE_EVENTS, HostedPeriodBegan(), moment))

    def _apply(self, moment: Moment, event: Event) -> Moment | None:
        match event:
            case AgreementSuspended():
                return replace(moment, suspended=True)
            case AgreementReinstated():
                return replace(moment, suspended=False)
            case AgreementAmended():
                return replace(moment, terms=known_terms(event.terms))
            case HostedEventScheduled() | HostedEventRescheduled():
                hosted = self._hosted_terms(moment, event)
                if hosted is None:
                    return None
                self._hosted[event.hosted_event] = hosted_periods(
                    event.timezone,
                    event.sessions,
                    before=read_duration("support.hosted.before", hosted.before),
                    after=read_duration("support.hosted.after", hosted.after),
                )
                return replace(moment, periods=self._merged())
            case HostedEventCancelled():
                self._hosted.pop(event.hosted_event, None)
                return replace(moment, periods=self._merged())
            case ReleasePlanned(beta=True) | ReleasePublished(beta=True):
                return None  # It is no release that a promise could mean. Clause: JS-9, JB-12.
            case ReleasePlanned():
                planned, published = self._releases.get(event.release, (None, None))
                if planned is not None and published is None and planned < as_utc(event.at):
                    self._passed.add(planned)
                self._releases[event.release] = [as_utc(event.planned_at), published]
                return replace(moment, releases=self._effective())
            case ReleasePublished():
                planned, _ = self._releases.get(event.release, (None, None))
                self._releases[event.release] = [planned, as_utc(event.at)]
                return replace(moment, releases=self._effective())
            case _:
                return None

    def _merged(self) -> Periods:
        return Periods(period for periods in self._hosted.values() for period in periods)

    def _hosted_terms(self, moment: Moment, event: HostedEventScheduled | HostedEventRescheduled) -> HostedTerms | None:
        """Return what the terms with which a hosted event began say of its periods; it keeps them. Clause: JS-10."""
        ref = event.hosted_event
        if ref not in self._margins or isinstance(event, HostedEventScheduled):
            support = moment.terms.document.support
            self._margins[ref] = support.hosted if support is not None else None
        return self._margins[ref]

    def _effective(self) -> Releases:
        """Each release counts at the earlier of its planned and its published time; a time that passed stays.

        Clause: JS-9.
        """
        instants = {min(at for at in both if at is not None) for both in self._releases.values()}
        return Releases(tuple(sorted(instants | self._passed)))

    def position(self, at: datetime, order: int) -> int:
        """Return how many changes come before an event."""
        return bisect_left(self._keys, (at, order))

    def at(self, at: datetime) -> Moment:
        """Return what holds at an instant, changes at it included."""
        return self.before(bisect_right(self.changes, at, key=lambda change: change.at))

    def before(self, position: int) -> Moment:
        """Return what holds after the first `position` changes."""
        return self.changes[position - 1].moment if position else self.start
