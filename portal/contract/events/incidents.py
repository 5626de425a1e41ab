"""What happens to a support incident, and to a breach of it. Clause: JS-1 to JS-13, JB-2 to JB-7, JB-12."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, field

from portal.contract.events.base import Category, Cause, Event, Ref, Target, Text, UnsupportedCategory, WaitingOn


class IncidentEvent(Event, frozen=True, gc=False, kw_only=True):
    """An event on one incident."""

    SUBJECT: ClassVar[str] = "incident"

    incident: Ref


class IncidentReported(IncidentEvent, frozen=True, tag="incident.reported", gc=False, kw_only=True):
    """A client or a monitor says that something is wrong. Clause: JS-1, JS-4, JB-2, JB-12."""

    severity: Ref
    category: Category = "nonconformity"
    channel: Ref | None = None
    title: Text | None = None
    version: Text | None = None
    beta: bool = False
    diagnostics: bool = True


class IncidentDiagnosticsCompleted(
    IncidentEvent, frozen=True, tag="incident.diagnostics_completed", gc=False, kw_only=True
):
    """The last of the requested diagnostics arrived. Clause: JB-4."""


class IncidentResponded(IncidentEvent, frozen=True, tag="incident.responded", gc=False, kw_only=True):
    """Staff began to solve it and said so in public."""


class IncidentContacted(IncidentEvent, frozen=True, tag="incident.contacted", gc=False, kw_only=True):
    """Staff told the client where things stand."""


class IncidentReproduced(IncidentEvent, frozen=True, tag="incident.reproduced", gc=False, kw_only=True):
    """Staff saw the fault themselves. Clause: JB-5."""


class IncidentWaiting(IncidentEvent, frozen=True, tag="incident.waiting", gc=False, kw_only=True):
    """Staff can't go on without somebody else. Clause: T-6, JS-12, JB-6."""

    on: WaitingOn


class IncidentResumed(IncidentEvent, frozen=True, tag="incident.resumed", gc=False, kw_only=True):
    """The wait is over."""


class IncidentReclassified(IncidentEvent, frozen=True, tag="incident.reclassified", gc=False, kw_only=True):
    """Another severity applies from now on. Clause: JS-4, T-7."""

    severity: Ref
    reason: Text | None = None


class IncidentResolved(IncidentEvent, frozen=True, tag="incident.resolved", gc=False, kw_only=True):
    """A fix or a work-around reached the client. Clause: JS-11."""

    by: Literal["fix", "workaround"] = "fix"
    cause: Cause | None = None


class IncidentReopened(IncidentEvent, frozen=True, tag="incident.reopened", gc=False, kw_only=True):
    """It was not solved after all. Clause: T-11."""


class IncidentLinked(IncidentEvent, frozen=True, tag="incident.linked", gc=False, kw_only=True):
    """It shares its root cause with others. Clause: JS-13."""

    INTERNAL: ClassVar[bool] = True

    problem: Ref


class IncidentDetermined(IncidentEvent, frozen=True, tag="incident.determined", gc=False, kw_only=True):
    """Staff found after the report that it is unsupported. Clause: JS-2."""

    category: UnsupportedCategory
    reason: Text


class IncidentAttributed(IncidentEvent, frozen=True, tag="incident.attributed", gc=False, kw_only=True):
    """Its cause lies with the client or outside the provider's control. Clause: JB-7."""

    cause: Cause
    reason: Text


class IncidentWithdrawn(IncidentEvent, frozen=True, tag="incident.withdrawn", gc=False, kw_only=True):
    """The client takes its report back."""

    reason: Text


class IncidentMerged(IncidentEvent, frozen=True, tag="incident.merged", gc=False, kw_only=True):
    """It goes on as another incident."""

    into: Ref


class BreachVoided(Event, frozen=True, tag="breach.voided", gc=False, kw_only=True):
    """A recorded breach no longer counts, by somebody's reasoned decision."""

    SUBJECT: ClassVar[str] = "breach"

    subject_ref: Ref = field(name="subject")
    target: Target
    ordinal: Annotated[int, Meta(ge=1)]
    reason: Text

    @property
    def subject(self) -> tuple[str, str]:
        """The clock's own subject, such as `("incident", "A")`."""
        kind, _, ref = self.subject_ref.partition(":")
        return kind, ref
