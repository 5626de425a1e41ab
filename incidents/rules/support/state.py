"""An incident's state: what each of its own events and each change of what is shared does to it.

Clause: JS-1, JS-2, JS-4 to JS-13, JS-22, JB-4 to JB-7, JB-12, T-5 to T-7, T-11.
"""

from __future__ import annotations

from datetime import datetime

from incidents.rules.findings import Finding
from incidents.rules.shared import Change, HostedPeriodBegan, Periods
from incidents.rules.support.clocks import IncidentClocks
from incidents.rules.support.plan import NOT_PROMISED, SUSPENDED
from portal.contract import events as e


class IncidentState(IncidentClocks):
    """One incident as its history left it."""

    __slots__ = ()

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
        self.reopenings += 1
        if ("resolution", self._resolution) in self.clocks:
            self._resolution += 1
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
