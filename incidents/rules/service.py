"""An agreement's service at an instant: what its events say of outages, maintenance, months and rights.

The same rules as replay's, fed from the journal. Clause: JS-17, JS-18, JB-10, JB-11, T-8, T-10.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
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
from incidents.rules.findings import Finding
from incidents.rules.intervals import Interval, Intervals
from incidents.rules.months import Month
from incidents.rules.shared import Ordered, Shared
from portal.contract.clock import Clock
from portal.contract.terms import AvailabilityTerms, Terms


@dataclass(frozen=True, slots=True)
class Setting:
    """What an agreement says of its service beside its terms.

    Attributes:
        zone: Whose months count.
        active: From when to when it runs under the agreement; an open end lies beyond every instant asked for.
        on_premise: Whether it runs on the client's premises.
        refund_on: What ending on a day gives back of the prepaid fees.
    """

    zone: ZoneInfo
    active: Interval
    on_premise: bool = False
    refund_on: RefundOn | None = None


class Service:
    """A service as its events leave it at `until`."""

    def __init__(
        self,
        events: Iterable[Ordered],
        shared: Shared,
        setting: Setting,
        *,
        until: datetime,
        record: Record | None = None,
    ) -> None:
        self.shared = shared
        self.setting = setting
        self.until = until
        self.record = record or Record()
        for at, _, event in events:
            terms = self.promised(shared.at(at).terms) if at <= until else None
            if terms is not None:
                self.record.take(event, terms)

    def promised(self, terms: Terms) -> AvailabilityTerms | None:
        """Return what is promised of availability where the service runs; None for nothing. Clause: JS-17."""
        availability = terms.document.availability
        if availability is None or availability.on_premise is None or not self.setting.on_premise:
            return availability
        return availability if availability.on_premise.value else None

    def terms_of(self, month: Month) -> Terms:
        """Return the terms with which a month began."""
        return self.shared.at(month.start(self.setting.zone)).terms

    @cached_property
    def now(self) -> AvailabilityTerms | None:
        """What is promised for what begins at `until`."""
        return self.promised(self.shared.at(self.until).terms)

    # -- clocks

    def outage_clocks(self, begun: Collection[str] = ()) -> Iterator[tuple[str, Clock]]:
        """Yield the clocks of outages with their references, in order; `begun` have one already. Clause: JS-18."""
        for ref, outage in sorted(self.record.outages.items()):
            terms = self.shared.at(outage.notified_at).terms
            clock = outage_clock(outage, self.record, terms, until=self.until, begun=ref in begun)
            if clock is not None:
                yield ref, clock

    # -- months

    def _availability(self, until: datetime) -> Availability:
        periods = self.shared.at(until).periods
        return Availability(
            self.record,
            zip(periods.begins, periods.ends, strict=True),
            zone=self.setting.zone,
            until=until,
            active=self.setting.active,
        )

    def _figures(self, availability: Availability) -> list[MonthFigure]:
        begin, end = self.setting.active
        months = month_range(begin, min(availability.until, end), self.setting.zone)
        promised = ((month, self.promised(self.terms_of(month))) for month in months)
        return [availability.figure(month, terms) for month, terms in promised if terms is not None]

    @cached_property
    def _reckoned(self) -> tuple[list[MonthFigure], list[Finding]]:
        availability = self._availability(self.until)
        return self._figures(availability), availability.findings

    @property
    def figures(self) -> list[MonthFigure]:
        """Every month's figure from the first in which the service was active; the last may be unfinished."""
        return self._reckoned[0]

    # -- findings

    def findings(self) -> list[Finding]:
        """Return what was found by `until`: short notices, used-up allowances, rights to terminate."""
        found = [*self.record.findings, *self._reckoned[1]]
        if self.now is not None:
            found += termination_rights(
                self._whole_months(), self.now, refund_on=self.setting.refund_on, zone=self.setting.zone
            )
        return found

    def _whole_months(self) -> list[MonthFigure]:
        """Return the figures as they are without an end: replay, which knows of none, finds the same rights."""
        begin, end = self.setting.active
        if end >= self.until:
            return self.figures
        return Service(
            [], self.shared, replace(self.setting, active=(begin, self.until)), until=self.until, record=self.record
        ).figures

    def next_look(self) -> datetime | None:
        """Return when time alone may change clocks or findings next: None while nothing but an event can.

        That is where a window ends under an open outage, where such an outage uses up the month's allowance, and where
        a month ends whose figure may give a right.
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
                looks += [part[1], *self._allowances_until(part[1])]
        return min((at for at in looks if at > self.until), default=None)

    def _over(self) -> datetime:
        """Return from when on time changes nothing any more: the end of the month in which the service ended."""
        end = self.setting.active[1]
        return end if end > self.until else Month.of(end, self.setting.zone).end(self.setting.zone)

    def _allowances_until(self, until: datetime) -> Iterator[datetime]:
        """Yield the instants right after those at which allowances are used up if open outages last until then."""
        availability = self._availability(until)
        self._figures(availability)
        yield from (finding.at + MICROSECOND for finding in availability.findings)


def excused(service: Service) -> Intervals:
    """Return what was down and does not count: by its cause, or in a valid window."""
    down = Intervals(outage.until(service.until) for outage in service.record.outages.values())
    counted = Intervals(part for figure in service.figures for part in figure.counted)
    return down - counted
