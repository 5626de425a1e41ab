"""The rules of support: one fold over an incident's history, for the portal, replay, what-if and statement alike.

`fold` walks an incident's own events together with what its agreement shares and returns its state: every clock it has
started, its findings, and the facts that pages show. Instants are UTC; nothing here reads the time.
Clause: JS-1, JS-2, JS-4 to JS-13, JS-22, JB-4 to JB-7, JB-12, T-5 to T-7, T-11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from incidents.rules.findings import Finding
from incidents.rules.shared import Change, HostedPeriodBegan, Moment, Ordered, Periods, Shared
from portal.contract import events as e
from portal.contract.clock import Clock
from portal.contract.measures import NextRelease, Promise
from portal.contract.terms import Terms

TARGETS = ("response", "contact", "resolution")
THRESHOLD_OF = {"response": "response_credit", "resolution": "resolution_credit"}
SUSPENDED = "suspended"
NOT_PROMISED = "not promised for this severity"


class Plan:
    """What the fold needs of the terms of support, read once."""

    def __init__(self, terms: Terms) -> None:
        support = terms.document.support
        if support is None:
            raise ValueError(f"terms {terms.name!r} promise no support")
        self.terms = terms
        self.ranks = terms.ranks
        self.unsupported = support.unsupported
        self.beta_unsupported = support.beta_unsupported
        self.needs_diagnostics = bool(support.diagnostics and support.diagnostics.value)
        self.from_reproduction = support.resolution_from.value == "reproduction"
        self.void_causes = frozenset(support.void_causes.value) if support.void_causes else frozenset()
        self.suspends = bool(support.suspension and support.suspension.value)
        self.calendar_clause = terms.document.calendar.clause
        self.stops: dict[str, frozenset[str]] = {}
        self.clauses: dict[str, str] = {}
        for reason in ("client", "third_party", "information"):
            value = getattr(support.pauses, reason)
            self.clauses[reason] = value.clause
            self.stops[reason] = frozenset(name for target in value.value for name in (target, THRESHOLD_OF[target]))
        if support.suspension is not None:
            self.clauses[SUSPENDED] = support.suspension.clause
        self.stops[SUSPENDED] = frozenset((*TARGETS, *THRESHOLD_OF.values()))


@lru_cache(maxsize=256)
def plan_of(terms: Terms) -> Plan:
    """Return the plan of terms; the same terms give the same plan."""
    return Plan(terms)


class IncidentState:
    """One incident as its history left it: facts for pages, and its clocks by target and ordinal."""

    __slots__ = (
        "_gap_voided",
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
        "opening",
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
        self.opening = 1
        self.reopenings = 0
        self.contacts = 0
        self.clocks: dict[tuple[str, int], Clock] = {}
        self._unmet: dict[str, Clock] = {}
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
            self._start("resolution", self.opening, at, reason)
            self._start("resolution_credit", self.opening, at, reason)
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

    # -- its own events

    def report(self, event: e.IncidentReported, at: datetime) -> None:
        """Begin: supported or not, suspended or not. Clause: JS-1, JS-2, JS-4, JS-22, JB-4, JB-12."""
        self.reported_at = at
        self.severity = event.severity
        self.severity_changes.append((at, event.severity))
        self.category = event.category
        if event.diagnostics:
            self.diagnostics_at = at
        if event.category in self.plan.unsupported.value:
            self._unsupported(
                at, self.plan.unsupported.clause, f"Reported as {event.category}, which support does not cover."
            )
        elif event.beta and self.plan.beta_unsupported is not None and self.plan.beta_unsupported.value:
            self._unsupported(
                at, self.plan.beta_unsupported.clause, "Reported on a beta version, which support does not cover."
            )
        else:
            if self.moment.suspended and self.plan.suspends:
                clause = self.plan.clauses[SUSPENDED]
                self.findings.append(
                    Finding(
                        at,
                        self.subject,
                        "support_suspended",
                        clause,
                        "Reported while support is suspended; its clocks wait.",
                    )
                )
            self._start_missing(at, "reported")

    def _unsupported(self, at: datetime, clause: str, message: str) -> None:
        self.supported = False
        self.findings.append(Finding(at, self.subject, "unsupported", clause, message))

    def complete_diagnostics(self, event: e.IncidentDiagnosticsCompleted, at: datetime) -> None:
        """Start the response clock that waited for them. Clause: JB-4."""
        if self.diagnostics_at is None:
            self.diagnostics_at = at
            if self.supported:
                self._start_missing(at, "diagnostics complete")

    def respond(self, event: e.IncidentResponded, at: datetime) -> None:
        """Meet the response and open the first contact gap. Clause: JS-6 to JS-9, JB-4, T-11."""
        if self.responded_at is None:
            self.responded_at = at
            self._answer(at)
            if self.supported:
                self._start_contact(at, "response")

    def _answer(self, at: datetime) -> None:
        self._meet("response", at)
        self._meet("response_credit", at)

    def contact(self, event: e.IncidentContacted, at: datetime) -> None:
        """Close a contact gap and open the next; before the response it does neither. Clause: T-11."""
        if self.responded_at is not None and self.supported:
            self._meet("contact", at)
            self._start_contact(at, "update")

    def reproduce(self, event: e.IncidentReproduced, at: datetime) -> None:
        """Start the resolution clock where the terms say so. Clause: JB-5."""
        if self.reproduced_at is None:
            self.reproduced_at = at
            if self.supported:
                self._start_missing(at, "reproduced")

    def wait(self, event: e.IncidentWaiting, at: datetime) -> None:
        """Wait for somebody; a second wait replaces the first. Clause: T-6, JS-12, JB-6."""
        before = self.waiting_on
        if before == event.on:
            return
        for clock in self._unmet.values():
            if clock.target in self.plan.stops[event.on]:
                clock.pause(at, event.on)
            if before:
                clock.resume(at, before)
        self.waiting_on, self.waiting_since = event.on, at

    def resume(self, event: e.IncidentResumed, at: datetime) -> None:
        """End the wait. Clause: T-6."""
        self._end_wait(at)

    def _end_wait(self, at: datetime) -> None:
        if self.waiting_on:
            for clock in self._unmet.values():
                clock.resume(at, self.waiting_on)
            self.waiting_on, self.waiting_since = "", None

    def reclassify(self, event: e.IncidentReclassified, at: datetime) -> None:
        """Take another severity. Clause: JS-4, T-7; thresholds by JS-13."""
        if event.severity == self.severity:
            return
        upward = self.plan.ranks[event.severity] < self.plan.ranks[self.severity]
        reason = f"{self.severity} to {event.severity}"
        self.severity = event.severity
        self.severity_changes.append((at, event.severity))
        for clock in list(self._unmet.values()):
            promise, ordinary = self._promise(clock.target, at)
            if promise is None:
                if clock.open:
                    self._void(clock, at, NOT_PROMISED)
            elif upward:
                clock.tighten(at, promise, ordinary=ordinary, reason=reason)
            else:
                clock.loosen(at, promise, ordinary=ordinary, reason=reason)
        if self.supported:
            self._start_missing(at, reason)

    def resolve(self, event: e.IncidentResolved, at: datetime) -> None:
        """Meet what is unmet. Clause: JS-11, T-11, JB-7."""
        self._resolve(at, event.by)
        if event.cause is not None:
            self._attribute(event.cause, at)

    def _resolve(self, at: datetime, by: str) -> None:
        if self.responded_at is None:
            self.responded_at = at
        for target in list(self._unmet):
            self._meet(target, at)
        self._end_wait(at)
        self._gap_voided = False
        self.resolved_at, self.resolved_by = at, by

    def reopen(self, event: e.IncidentReopened, at: datetime) -> None:
        """Begin a new resolution clock and go on with the contact gaps. Clause: T-11."""
        if self.resolved_at is None or self.ended_at is not None:
            return
        self.resolved_at, self.resolved_by = None, ""
        self.opening += 1
        self.reopenings += 1
        if self.supported:
            self._start_missing(at, "reopened")

    def link(self, event: e.IncidentLinked, at: datetime) -> None:
        """Share a root cause. Clause: JS-13."""
        self.problem = event.problem

    def determine(self, event: e.IncidentDetermined, at: datetime) -> None:
        """Find it unsupported: what is unmet is void. Clause: JS-2."""
        if self.ended_at is None and self.supported:
            self.category = event.category
            self._void_unmet(at, "unsupported")
            clause = self.plan.unsupported.clause
            self._unsupported(at, clause, f"Found to be {event.category}, which support does not cover.")

    def attribute(self, event: e.IncidentAttributed, at: datetime) -> None:
        """Lay the cause elsewhere: no resolution time, a recorded breach included. Clause: JB-7."""
        self._attribute(event.cause, at)

    def _attribute(self, cause: str, at: datetime) -> None:
        self.cause = cause
        if cause in self.plan.void_causes:
            self.attributed = True
            for clock in list(self.clocks.values()):
                if clock.target == "resolution" and clock.void_at is None:
                    self._void(clock, at, cause)

    def withdraw(self, event: e.IncidentWithdrawn, at: datetime) -> None:
        """End without a resolution."""
        self._end(at, "withdrawn")

    def merge(self, event: e.IncidentMerged, at: datetime) -> None:
        """End as a part of another incident."""
        self.merged_into = event.into
        self._end(at, "merged")

    def _end(self, at: datetime, reason: str) -> None:
        self._void_unmet(at, reason)
        self.waiting_on, self.waiting_since = "", None
        self.ended_at = at

    def void_breach(self, event: e.BreachVoided, at: datetime) -> None:
        """Let a recorded breach no longer count."""
        clock = self.clocks.get((event.target, event.ordinal))
        if clock is not None and clock.breached_at is not None:
            self._gap_voided = self._gap_voided or self._unmet.get("contact") is clock
            self._void(clock, at, "breach voided")

    # -- what is shared

    def begin_hosted_period(self, at: datetime) -> None:
        """Let the hosted targets apply to what is unmet. Clause: JS-7, JS-10, T-7."""
        for clock in self._unmet.values():
            promise, ordinary = self._promise(clock.target, at)
            if promise is not None and promise.hosted:
                clock.tighten(at, promise, ordinary=ordinary, hosted=True, reason="hosted period")

    def reschedule(self, at: datetime, before: Periods) -> None:
        """Take over a changed schedule; a period that runs already begins to apply when it is known. Clause: JS-10."""
        periods = self.moment.periods
        for clock in self._unmet.values():
            clock.reschedule(periods.covers)
        if periods.running_since(at) - before.running_since(at):
            self.begin_hosted_period(at)

    def share(self, change: Change) -> None:
        """Take over a change of what the agreement's incidents share."""
        at, what = change.at, change.what
        self.pass_time(at)
        before, self.moment = self.moment, change.moment
        if isinstance(what, HostedPeriodBegan):
            self.begin_hosted_period(at)
        elif before.periods is not change.moment.periods:
            self.reschedule(at, before.periods)
        elif before.releases is not change.moment.releases:
            for clock in self._unmet.values():
                clock.replan(at, change.moment.releases)
            if isinstance(what, e.ReleasePublished) and self.ref in what.fixes:
                self._resolve(at, "fix")
        elif before.suspended != change.moment.suspended and self.plan.suspends:
            for clock in self._unmet.values():
                if change.moment.suspended:
                    clock.pause(at, SUSPENDED)
                else:
                    clock.resume(at, SUSPENDED)


Step = Callable[[IncidentState, Any, datetime], None]

STEPS: dict[type[e.Event], Step] = {
    e.IncidentReported: IncidentState.report,
    e.IncidentDiagnosticsCompleted: IncidentState.complete_diagnostics,
    e.IncidentResponded: IncidentState.respond,
    e.IncidentContacted: IncidentState.contact,
    e.IncidentReproduced: IncidentState.reproduce,
    e.IncidentWaiting: IncidentState.wait,
    e.IncidentResumed: IncidentState.resume,
    e.IncidentReclassified: IncidentState.reclassify,
    e.IncidentResolved: IncidentState.resolve,
    e.IncidentReopened: IncidentState.reopen,
    e.IncidentLinked: IncidentState.link,
    e.IncidentDetermined: IncidentState.determine,
    e.IncidentAttributed: IncidentState.attribute,
    e.IncidentWithdrawn: IncidentState.withdraw,
    e.IncidentMerged: IncidentState.merge,
    e.BreachVoided: IncidentState.void_breach,
}

WHEN_CLOSED = frozenset(
    {e.IncidentReopened, e.IncidentLinked, e.IncidentDetermined, e.IncidentAttributed, e.BreachVoided}
)
"""What still counts after a resolution; everything else is then a no-op."""


def step(state: IncidentState, event: e.Event, at: datetime) -> IncidentState:
    """Let one of the incident's own events happen to it at an instant in UTC; return the state."""
    cls = type(event)
    if state.closed and cls not in WHEN_CLOSED:
        return state
    state.pass_time(at)
    STEPS[cls](state, event, at)
    return state


def fold(ref: str, events: Iterable[Ordered], shared: Shared, *, until: datetime) -> IncidentState | None:
    """Return an incident as it stands at `until`, from its own events in order; None where it has none by then.

    A clock due exactly at `until` still runs; an event at `until` has happened. Clause: T-5.
    """
    state: IncidentState | None = None
    changes, position = shared.changes, 0
    for at, order, event in events:
        if at > until:
            break
        if state is None:
            position = shared.position(at, order)
            state = IncidentState(ref, shared.before(position))
        elif position < len(changes):
            ahead = shared.position(at, order)
            if not state.closed:
                position = _share(state, changes, position, ahead)
            if position != ahead:
                position = ahead
                state.moment = shared.before(ahead)
        step(state, event, at)
    if state is None:
        return None
    if not state.closed and position < len(changes):
        _share(state, changes, position, len(changes))
    state.pass_time(until)
    return state


def _share(state: IncidentState, changes: list[Change], position: int, ahead: int) -> int:
    """Walk along the shared changes until `ahead` or until one of them closes the incident; return where it stopped."""
    while position < ahead and not state.closed:
        state.share(changes[position])
        position += 1
    return position


def waits_for_release(clock: Clock) -> bool:
    """Return whether a clock's target is the next release. Clause: JS-9."""
    return isinstance(clock.promise.measure, NextRelease)
