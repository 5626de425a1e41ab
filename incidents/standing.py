"""How one incident stands, for its pages: the row with its people, and what the journal says at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.http import Http404

from incidents.models import Incident, Wait
from incidents.queries import breaches_of, state_of
from incidents.rules.shared import Period
from incidents.rules.support import IncidentState
from portal.accounts.duty import Duty, duty_of
from portal.accounts.models import User
from portal.clocks.models import Breach
from portal.clocks.reading import at_risk, used_share
from portal.contract.clock import Clock
from portal.contract.terms import SeverityTerms, SupportTerms, Terms

MET_BY_REPLY = frozenset({"response", "contact"})
"""What a message to the client meets. Clause: JS-6 to JS-9."""
PEOPLE = ("client", "agreement", "agreement__team", "assignee", "reporter")
"""What every page of an incident names. Each further join costs PostgreSQL's planner more than reading a row by itself:
with nine of them it planned for ten milliseconds and read for half a one."""


@dataclass(frozen=True)
class Standing:
    """One incident at an instant, folded under its own terms."""

    incident: Incident
    state: IncidentState
    at: datetime

    @property
    def terms(self) -> Terms:
        """The terms under which the incident is judged: those in force when it was reported."""
        return self.state.plan.terms

    @cached_property
    def support(self) -> SupportTerms:
        """What these terms promise of support."""
        support = self.terms.document.support
        assert support is not None  # noqa: S101  # A plan is made of such terms only.
        return support

    def severity(self, name: str) -> SeverityTerms:
        """Return what the terms say of a severity."""
        return next(severity for severity in self.support.severities if severity.name == name)

    @cached_property
    def breaches(self) -> Sequence[Breach]:
        """The recorded breaches, those that were voided too, each with its clock. One query, however many parts ask."""
        return breaches_of(self.incident)

    @cached_property
    def wait(self) -> Wait | None:
        """What was said of the wait that goes on now: why, and until when. One query where there is one."""
        if not self.state.waiting_on or self.state.waiting_since is None:
            return None
        return self.incident.waits.filter(began_at=self.state.waiting_since).last()

    @property
    def on_air(self) -> Period | None:
        """The hosted period that runs now, as far as the severity promises more in it. Clause: JS-7, JS-10."""
        return self.state.moment.periods.running(self.at) if self._promises_more_on_air else None

    @property
    def on_air_next(self) -> datetime | None:
        """When the next hosted period begins, as far as the severity promises more in it. Clause: JS-7, JS-10."""
        return self.state.moment.periods.next_begin(self.at) if self._promises_more_on_air else None

    @property
    def _promises_more_on_air(self) -> bool:
        promise = self.terms.promise(self.state.severity, "response", hosted=True)
        return promise is not None and promise.hosted

    @property
    def suspended(self) -> bool:
        """Whether support is suspended now, and the terms let that stop the clocks. Clause: JS-22."""
        return self.state.moment.suspended and self.state.plan.suspends

    @property
    def unsupported_clause(self) -> str:
        """The clause by which support does not cover it. Clause: JS-2, JB-2, JB-12."""
        return next(found.clause for found in self.state.findings if found.kind == "unsupported")

    @property
    def update_presses(self) -> bool:
        """Whether an update to the client is late, or past its first warning."""
        return any(
            clock.state == "breached" or at_risk(used_share(self._left_of(clock), clock.total), self.warnings)
            for clock in self.state.clocks.values()
            if clock.target == "contact" and clock.unmet and clock.due_at is not None
        )

    @property
    def warnings(self) -> Sequence[int]:
        """The shares of a target, in percent, at which these terms warn."""
        return self.support.warnings.value if self.support.warnings is not None else []

    def _left_of(self, clock: Clock) -> timedelta:
        """Return the counted time left of a clock that is due some time."""
        assert clock.due_at is not None  # noqa: S101  # Who asks has looked.
        return clock.calendar.between(self.at, max(self.at, clock.due_at))

    @property
    def lacks_diagnostics(self) -> bool:
        """Whether the response clock still waits for the requested diagnostics. Clause: JB-4."""
        return self.state.plan.needs_diagnostics and self.state.diagnostics_at is None

    @property
    def lacks_reproduction(self) -> bool:
        """Whether the resolution clock still waits until the fault is reproduced. Clause: JB-5."""
        return self.state.plan.from_reproduction and self.state.reproduced_at is None


def duty_on(incident: Incident, *, at: datetime) -> Duty:
    """Return who is away of those who have an incident, and who is on call for its team, at an instant. Two queries."""
    team = incident.team_id or incident.agreement.team_id
    return duty_of(people={incident.assignee_id} if incident.assignee_id else (), teams={team} if team else (), at=at)


def standing_of(pk: int, *, user: User, at: datetime) -> Standing:
    """Return how an incident stands that a user may see. Three queries; its team, problem or target are read if asked.

    Raises:
        Http404: There is none, or it is another client's.
    """
    incident = Incident.objects.visible_to(user).select_related(*PEOPLE).filter(pk=pk).first()
    if incident is None:
        raise Http404
    incident.agreement.client = incident.client
    at = max(at, incident.reported_at)  # Another host's clock may be a little ahead of ours.
    return Standing(incident, state_of(incident, until=at), at)
