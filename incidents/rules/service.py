"""An agreement's service at an instant: what its events say of outages, maintenance, backups, months and rights.

One rule for the live portal, which feeds it from the journal, and for replay, which feeds it from a file.
Clause: JS-17, JS-18, JS-19, JB-10, JB-11, T-8, T-10.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from incidents.rules.availability import (
    MICROSECOND,
    Availability,
    MonthFigure,
    Record,
    RefundOn,
    month_range,
    outage_clock,
    termination_rights,
)
from incidents.rules.backups import backup_clocks, retention_findings
from incidents.rules.findings import Finding
from incidents.rules.intervals import Interval, Intervals
from incidents.rules.months import Month
from incidents.rules.shared import Ordered, Shared
from portal.contract import events as e
from portal.contract.clock import Clock
from portal.contract.terms import AvailabilityTerms, Terms

FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Setting:
    """What an agreement says of its service beside its terms.

    Attributes:
        zone: Whose months count.
        active: From when to when it runs under the agreement; an open end lies beyond every instant asked for. None
            where a history does not tell: then the months begin with the earliest instant that its events bear, and
            each counts whole.
        on_premise: Whether it runs on the client's premises.
        refund_on: What ending on a day gives back of the prepaid fees.
    """

    zone: ZoneInfo
    active: Interval | None = None
    on_premise: bool = False
    refund_on: RefundOn | None = None


Promised = tuple[MonthFigure, AvailabilityTerms]
"""A month's figure, and what was promised of it."""


class Service:
    """A service as its events leave it at `until`."""

    def __init__(self, events: Iterable[Ordered], shared: Shared, setting: Setting, *, until: datetime) -> None:
        self.shared = shared
        self.setting = setting
        self.until = until
        self.record = Record()
        self.first = setting.active[0] if setting.active is not None else None
        self.begun: set[str] = set()
        self._within: set[str] = set()
        self._terms: dict[tuple[str, str], Terms] = {}
        self._backups: list[tuple[e.BackupCompleted, Terms]] = []
        self._voided: list[tuple[datetime, e.BreachVoided]] = []
        self._ended: datetime | None = None
        for at, order, event in events:
            if at > until:
                break
            self._take(at, order, event)
        self._pass_time(until)

    def promised(self, terms: Terms) -> AvailabilityTerms | None:
        """Return what is promised of availability where the service runs; None for nothing. Clause: JS-17."""
        return terms.document.availability if self._promises(terms) else None

    def _promises(self, terms: Terms) -> bool:
        """Return whether what the terms say of availability and backups is promised where the service runs."""
        availability = terms.document.availability
        nowhere = availability is not None and availability.on_premise is not None and not availability.on_premise.value
        return not (self.setting.on_premise and nowhere)

    def terms_of(self, month: Month) -> Terms:
        """Return the terms with which a month began."""
        return self.shared.at(month.start(self.setting.zone)).terms

    @property
    def active(self) -> Interval:
        """From when to when its months count."""
        return self.setting.active or (self.first or self.until, FOREVER)

    @cached_property
    def now(self) -> AvailabilityTerms | None:
        """What is promised for what begins at `until`."""
        return self.promised(self.shared.at(self.until).terms)

    # -- what happened

    def _take(self, at: datetime, order: int, event: e.Event) -> None:
        for _, instant in e.instants_in(event):
            self.touch(e.as_utc(instant))
        if isinstance(event, e.BreachVoided):
            self._voided.append((at, event))
        elif isinstance(event, e.AgreementEnded):
            self._ended = at
        elif isinstance(event, e.BackupCompleted) and self._ended is None:
            terms = self._terms_before(at, order)
            if terms.document.backups is not None and self._promises(terms):
                self._backups.append((event, terms))
        elif isinstance(event, e.OutageRecorded | e.MaintenanceEvent):
            self._take_outage_or_window(at, order, event)

    def _take_outage_or_window(self, at: datetime, order: int, event: e.OutageRecorded | e.MaintenanceEvent) -> None:
        """Take one over under the terms with which its subject began."""
        terms = self._terms.setdefault(event.subject, self._terms_before(at, order))
        promised = self.promised(terms)
        if promised is None:
            return
        self._pass_time(at)
        self.record.take(event, promised)
        if isinstance(event, e.OutageRecorded):
            if event.outage not in self.begun:
                self._within.add(event.outage)
                self._look([event.outage], at)
        else:
            self._look(self._within, at)

    def _terms_before(self, at: datetime, order: int) -> Terms:
        """Return the terms in force when an event happens: of an amendment at the same instant the line decides."""
        return self.shared.before(self.shared.position(at, order)).terms

    def _pass_time(self, to: datetime) -> None:
        """Let the windows end under outages that last. Nothing else comes of time alone here. Clause: JS-18."""
        self._look((ref for ref in self._within if self._lasts(ref, to)), to)

    def _lasts(self, ref: str, at: datetime) -> bool:
        end = self.record.outages[ref].end
        return end is None or end > at

    def _look(self, refs: Iterable[str], at: datetime) -> None:
        """Keep which of these outages did not lie inside a window, by what was known at the time. Clause: JS-18."""
        for ref in list(refs):
            promised = self.promised(self._terms["outage", ref])
            if promised is not None and not self.record.is_shielded(self.record.outages[ref], promised, until=at):
                self._within.discard(ref)
                self.begun.add(ref)

    def touch(self, at: datetime) -> None:
        """Let the months begin no later than an instant, where nothing says from when the service runs."""
        if self.setting.active is None and (self.first is None or at < self.first):
            self.first = at

    # -- clocks

    def outage_clocks(self) -> Iterator[tuple[str, Clock]]:
        """Yield the clocks of outages with their references, in order.

        An outage has one once it did not lie inside a window by what was known then; it is void where it turns out to.
        Clause: JS-18.
        """
        for ref in sorted(self.begun):
            outage = self.record.outages[ref]
            clock = outage_clock(outage, self.record, self._terms["outage", ref], until=self.until)
            if clock is not None:
                yield ref, self._standing(f"outage:{ref}", clock)

    def backup_clocks(self) -> Iterator[tuple[str, Clock]]:
        """Yield the clocks of backups with their kinds, in order. Clause: JS-19."""
        for kind, clock in backup_clocks(self._backups, until=self.until, ended=self._ended):
            yield kind, self._standing(f"backup:{kind}", clock)

    def _standing(self, subject: str, clock: Clock) -> Clock:
        """Return a clock after the voids of its breach."""
        for at, event in self._voided:
            if (event.subject_ref, event.target, event.ordinal) == (subject, clock.target, clock.ordinal):
                void_breach(clock, at)
        return clock

    # -- months

    def _availability(self, until: datetime, active: Interval | None) -> Availability:
        periods = self.shared.at(until).periods
        return Availability(
            self.record,
            zip(periods.begins, periods.ends, strict=True),
            zone=self.setting.zone,
            until=until,
            active=active,
        )

    def _figures(self, availability: Availability) -> list[Promised]:
        if self.first is None:
            return []
        end = availability.active[1] if availability.active is not None else FOREVER
        months = month_range(self.first, min(availability.until, end), self.setting.zone)
        promised = ((month, self.promised(self.terms_of(month))) for month in months)
        return [(availability.figure(month, terms), terms) for month, terms in promised if terms is not None]

    @cached_property
    def _reckoned(self) -> tuple[list[Promised], list[Finding]]:
        availability = self._availability(self.until, self.setting.active)
        return self._figures(availability), availability.findings

    @property
    def figures(self) -> list[MonthFigure]:
        """Every month's figure from the first in which the service was active; the last may be unfinished."""
        return [figure for figure, _ in self._reckoned[0]]

    @property
    def latest_figure(self) -> MonthFigure | None:
        """The figure of the last month in which the service was active, alone; None where none was promised."""
        if self.first is None:
            return None
        months = list(month_range(self.first, min(self.until, self.active[1]), self.setting.zone))
        return self.figure_of(months[-1]) if months else None

    def figure_of(self, month: Month) -> MonthFigure | None:
        """Return one month's figure alone; None where the service did not run in it, or nothing was promised."""
        zone, active = self.setting.zone, self.setting.active
        terms = self.promised(self.terms_of(month))
        if terms is None or month.start(zone) >= self.until:
            return None
        if active is not None and (month.end(zone) <= active[0] or month.start(zone) >= active[1]):
            return None
        return self._availability(self.until, active).figure(month, terms)

    # -- findings

    def findings(self) -> list[Finding]:
        """Return what was found by `until`: short notices, used-up allowances, rights to terminate."""
        figures, allowances = self._reckoned
        rights = termination_rights(
            self._as_if_it_went_on(figures), refund_on=self.setting.refund_on, zone=self.setting.zone
        )
        return [*self.record.findings, *allowances, *rights]

    def _as_if_it_went_on(self, figures: list[Promised]) -> list[Promised]:
        """Return the months as they are without an end: a last one that is bad because it is short gives no right."""
        begin, end = self.active
        return figures if end >= self.until else self._figures(self._availability(self.until, (begin, self.until)))

    def retention_findings(self) -> list[Finding]:
        """Return what was found of how long backups are kept. Clause: JS-19."""
        kept = ((event, terms.document.backups) for event, terms in self._backups)
        return [
            found for event, backups in kept if backups is not None for found in retention_findings([event], backups)
        ]

    def next_look(self) -> datetime | None:
        """Return when time alone may change clocks or findings next: None while nothing but an event can.

        That is right after a window ends under an open outage, where such an outage uses up the month's allowance, and
        where a month ends whose figure may give a right.
        """
        looks: list[datetime] = []
        terms = self.now
        if terms is None or self.until >= self._over():
            return None
        if terms.termination_months is not None:
            looks.append(Month.of(self.until, self.setting.zone).end(self.setting.zone))
        shield = self.record.shield(terms)
        for outage in self.record.outages.values():
            part = shield.part_at(max(outage.start, self.until))
            if outage.end is None and part is not None:
                looks += [part[1] + MICROSECOND, *self._allowances_until(part[1])]
        return min((at for at in looks if at > self.until), default=None)

    def _over(self) -> datetime:
        """Return from when on time changes nothing any more: the end of the month in which the service ended."""
        end = self.active[1]
        return end if end > self.until else Month.of(end, self.setting.zone).end(self.setting.zone)

    def _allowances_until(self, until: datetime) -> Iterator[datetime]:
        """Yield the instants right after those at which allowances are used up if open outages last until then."""
        availability = self._availability(until, self.setting.active)
        self._figures(availability)
        yield from (finding.at + MICROSECOND for finding in availability.findings)


def excused(service: Service) -> Intervals:
    """Return what was down and does not count: by its cause, or in a valid window."""
    down = Intervals(outage.until(service.until) for outage in service.record.outages.values())
    counted = Intervals(part for figure in service.figures for part in figure.counted)
    return down - counted


def void_breach(clock: Clock, at: datetime) -> None:
    """Let the breach of an outage or a backup no longer count, where it was there when somebody decided so."""
    if clock.breached_at is not None and clock.breached_at < at:
        clock.void(at, "breach voided")
