"""An incident's clocks, and the facts that start and stop them. Clause: JS-6 to JS-13, JB-4, JB-5, T-5, T-11."""

from __future__ import annotations

from datetime import datetime

from incidents.rules.findings import Finding
from incidents.rules.shared import Moment
from incidents.rules.support.plan import NOT_PROMISED, SUSPENDED, plan_of
from portal.contract.clock import Clock
from portal.contract.measures import Promise


class IncidentClocks:
    """One incident's facts for pages, and its clocks by target and ordinal: how they start, are met and become void."""

    __slots__ = (
        "_gap_voided",
        "_resolution",
        "_unmet",
        "attributed",
        "category",
        "cause",
        "clocks",
        "contacts",
        "diagnostics_at",
        "ended_at",
        "findings",
        "merged_into",
        "moment",
        "plan",
        "problem",
        "ref",
        "reopenings",
        "reported_at",
        "reproduced_at",
        "resolved_at",
        "resolved_by",
        "responded_at",
        "severity",
        "severity_changes",
        "supported",
        "waiting_on",
        "waiting_since",
    )

    def __init__(self, ref: str, moment: Moment) -> None:
        self.ref = ref
        self.moment = moment
        self.plan = plan_of(moment.terms)
        self.reported_at: datetime | None = None
        self.severity = ""
        self.severity_changes: list[tuple[datetime, str]] = []
        self.category = ""
        self.supported = True
        self.diagnostics_at: datetime | None = None
        self.responded_at: datetime | None = None
        self.reproduced_at: datetime | None = None
        self.waiting_on = ""
        self.waiting_since: datetime | None = None
        self.resolved_at: datetime | None = None
        self.resolved_by = ""
        self.cause = ""
        self.attributed = False
        self.ended_at: datetime | None = None
        self.merged_into = ""
        self.problem = ""
        self.reopenings = 0
        self.contacts = 0
        self.clocks: dict[tuple[str, int], Clock] = {}
        self._unmet: dict[str, Clock] = {}
        self._resolution = 1  # The number of this opening's resolution clock, and of its threshold.
        self._gap_voided = False  # The open gap has no clock any more; the next contact opens the next.
        self.findings: list[Finding] = []

    # -- what pages ask

    @property
    def subject(self) -> str:
        """The subject as clocks and findings write it."""
        return f"incident:{self.ref}"

    @property
    def closed(self) -> bool:
        """Whether nothing but a reopening can move it: resolved, withdrawn or merged."""
        return self.resolved_at is not None or self.ended_at is not None

    @property
    def status(self) -> str:
        """The word for how it stands."""
        if self.ended_at is not None:
            return "merged" if self.merged_into else "withdrawn"
        if self.resolved_at is not None:
            return "resolved"
        if self.waiting_on:
            return "waiting"
        return "in_progress" if self.responded_at is not None else "new"

    # -- clocks

    def _promise(self, target: str, at: datetime) -> tuple[Promise | None, Promise | None]:
        """Return what is promised now, and what would be outside a hosted period."""
        terms = self.plan.terms
        ordinary = terms.promise(self.severity, target)
        if self.moment.periods.covers(at):
            return terms.promise(self.severity, target, hosted=True), ordinary
        return ordinary, ordinary

    def _reasons(self) -> list[str]:
        reasons = [self.waiting_on] if self.waiting_on else []
        if self.moment.suspended and self.plan.suspends:
            reasons.append(SUSPENDED)
        return reasons

    def _start(self, target: str, ordinal: int, at: datetime, reason: str) -> None:
        promise, ordinary = self._promise(target, at)
        key = target, ordinal
        if promise is None:
            return
        known = self.clocks.get(key)
        if known is not None and known.void_reason != NOT_PROMISED:
            return
        clock = Clock(target, ordinal, at, promise, ordinary=ordinary, releases=self.moment.releases, reason=reason)
        for why in self._reasons():
            if target in self.plan.stops[why]:
                clock.pause(at, why)
        self.clocks[key] = clock
        self._unmet[target] = clock

    def _start_missing(self, at: datetime, reason: str) -> None:
        """Start every clock that should run and does not: at a report, a reopening, a reproduction, a change upward."""
        if self.responded_at is None:
            if self.diagnostics_at is not None or not self.plan.needs_diagnostics:
                self._start("response", 1, at, reason)
            self._start("response_credit", 1, at, reason)
        if (self.reproduced_at is not None or not self.plan.from_reproduction) and not self.attributed:
            self._start("resolution", self._resolution, at, reason)
            self._start("resolution_credit", self._resolution, at, reason)
        if self.responded_at is not None and "contact" not in self._unmet and not self._gap_voided:
            self._start_contact(at, reason)

    def _start_contact(self, at: datetime, reason: str) -> None:
        self._gap_voided = False
        self._start("contact", self.contacts + 1, at, reason)
        if "contact" in self._unmet:
            self.contacts += 1

    def _meet(self, target: str, at: datetime) -> None:
        clock = self._unmet.pop(target, None)
        if clock is not None:
            clock.meet(at)

    def _void(self, clock: Clock, at: datetime, reason: str) -> None:
        clock.void(at, reason)
        if self._unmet.get(clock.target) is clock:
            del self._unmet[clock.target]

    def _void_unmet(self, at: datetime, reason: str) -> None:
        for clock in list(self._unmet.values()):
            self._void(clock, at, reason)

    def pass_time(self, to: datetime) -> None:
        """Record what broke before `to`. Clause: T-5."""
        for clock in self._unmet.values():
            if clock.due_at is not None and clock.due_at < to:
                clock.pass_time(to)
