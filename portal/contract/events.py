"""The vocabulary of events: everything that moves a clock, as typed classes.

The journal stores them, replay files are lines of them, and the rules fold them. A name or a field that is not here does
not exist. Instants are aware; every reader turns them into UTC. Clause: T-1 and the whole of REPLAY.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal, Union

import msgspec
from msgspec import Meta, Struct, field

Instant = Annotated[datetime, Meta(tz=True)]
Ref = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=2000)]
Positive = Annotated[int, Meta(ge=1, le=3660)]

Category = Literal["availability", "nonconformity", "general", "enhancement", "other"]
UnsupportedCategory = Literal["general", "enhancement", "other"]
WaitingOn = Literal["client", "third_party", "information"]
Cause = Literal["client_misuse", "outside_control"]


class Event(Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", gc=False, kw_only=True):
    """Something that happened at an instant to one subject."""

    SUBJECT: ClassVar[str] = ""

    at: Instant

    @property
    def name(self) -> str:
        """The event's name, such as `incident.reported`."""
        return str(self.__struct_config__.tag)

    @property
    def family(self) -> str:
        """The part of the name before the dot: the section of the terms that must exist for it."""
        return self.name.partition(".")[0]

    @property
    def subject(self) -> tuple[str, str]:
        """Kind and reference of what the event happened to; the agreement itself has an empty reference."""
        return self.SUBJECT, getattr(self, self.SUBJECT, "")


# ------------------------------------------------------------------------------------------------ support incidents


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
    target: Ref
    ordinal: Annotated[int, Meta(ge=1)]
    reason: Text

    @property
    def subject(self) -> tuple[str, str]:
        """The clock's own subject, such as `("incident", "A")`."""
        kind, _, ref = self.subject_ref.partition(":")
        return kind, ref


# ------------------------------------------------------------------------- what all subjects of an agreement share


class HostedEventEvent(Event, frozen=True, gc=False, kw_only=True):
    """An event on a client's hosted event. Clause: JS-10."""

    SUBJECT: ClassVar[str] = "hosted_event"

    hosted_event: Ref


Sessions = Annotated[list[tuple[Instant, Instant]], Meta(max_length=1000)]


class HostedEventScheduled(HostedEventEvent, frozen=True, tag="hosted_event.scheduled", gc=False, kw_only=True):
    """A client's event goes on air in these sessions."""

    timezone: Ref
    sessions: Sessions


class HostedEventRescheduled(HostedEventEvent, frozen=True, tag="hosted_event.rescheduled", gc=False, kw_only=True):
    """Its sessions are these now."""

    timezone: Ref
    sessions: Sessions


class HostedEventCancelled(HostedEventEvent, frozen=True, tag="hosted_event.cancelled", gc=False, kw_only=True):
    """It will not take place."""


class ReleaseEvent(Event, frozen=True, gc=False, kw_only=True):
    """An event on a release of the product. Clause: JS-9, JB-9."""

    SUBJECT: ClassVar[str] = "release"

    release: Ref


class ReleasePlanned(ReleaseEvent, frozen=True, tag="release.planned", gc=False, kw_only=True):
    """A release is planned, or planned anew."""

    planned_at: Instant


class ReleasePublished(ReleaseEvent, frozen=True, tag="release.published", gc=False, kw_only=True):
    """A release went out, with these incidents fixed."""

    fixes: Annotated[list[Ref], Meta(max_length=10_000)]


class MaintenanceEvent(Event, frozen=True, gc=False, kw_only=True):
    """An event on a maintenance window. Clause: JS-18, JB-10."""

    SUBJECT: ClassVar[str] = "maintenance"

    maintenance: Ref


class MaintenanceAnnounced(MaintenanceEvent, frozen=True, tag="maintenance.announced", gc=False, kw_only=True):
    """The client was given notice of a window; `at` is the notice."""

    start: Instant
    end: Instant
    agreed: bool = False


class MaintenanceCancelled(MaintenanceEvent, frozen=True, tag="maintenance.cancelled", gc=False, kw_only=True):
    """The window will not be used."""


class OutageRecorded(Event, frozen=True, tag="outage.recorded", gc=False, kw_only=True):
    """The service was down; recorded again, it replaces the earlier record. Clause: JS-17, JS-18, JB-10."""

    SUBJECT: ClassVar[str] = "outage"

    outage: Ref
    start: Instant
    end: Instant | None
    cause: Literal["unscheduled", "force_majeure", "client", "network", "emergency"] = "unscheduled"
    notified_at: Instant | None = None


class BackupCompleted(Event, frozen=True, tag="backup.completed", gc=False, kw_only=True):
    """A backup checked in. Clause: JS-19."""

    SUBJECT: ClassVar[str] = "backup"

    kind: Literal["full", "incremental"]
    retention_days: Annotated[int, Meta(ge=0, le=36_600)] | None = None

    @property
    def subject(self) -> tuple[str, str]:
        """Backups have one subject for each kind."""
        return "backup", self.kind


class AgreementEvent(Event, frozen=True, gc=False, kw_only=True):
    """An event on the agreement itself."""

    SUBJECT: ClassVar[str] = "agreement"


class AgreementSuspended(AgreementEvent, frozen=True, tag="agreement.suspended", gc=False, kw_only=True):
    """Support pauses while fees are overdue. Clause: JS-22."""


class AgreementReinstated(AgreementEvent, frozen=True, tag="agreement.reinstated", gc=False, kw_only=True):
    """Support goes on. Clause: JS-22."""


class AgreementAmended(AgreementEvent, frozen=True, tag="agreement.amended", gc=False, kw_only=True):
    """Other terms hold for what begins from now on: a preset's name or a whole document."""

    terms: str | dict[str, Any]


# -------------------------------------------------------------------------------------------------- implementations


class ImplementationEvent(Event, frozen=True, gc=False, kw_only=True):
    """An event on one implementation. Clause: JI-1 to JI-10."""

    SUBJECT: ClassVar[str] = "implementation"

    implementation: Ref


class ImplementationPlanned(ImplementationEvent, frozen=True, tag="implementation.planned", gc=False, kw_only=True):
    """An implementation begins, with a planned go-live or none yet."""

    go_live: date | None
    modules: list[Literal["learning", "community"]] = []
    cutoff_business_days: Positive | None = None


class ImplementationRescheduled(
    ImplementationEvent, frozen=True, tag="implementation.rescheduled", gc=False, kw_only=True
):
    """Go-live moves. Clause: JI-5, JI-9."""

    go_live: date | None
    reason: Text | None = None


class ImplementationRequested(ImplementationEvent, frozen=True, tag="implementation.requested", gc=False, kw_only=True):
    """The client asks for something. Clause: JI-1, JI-2."""

    request: Ref
    channel: Literal["portal", "api", "email", "off_platform"] = "portal"


class ImplementationAnswered(ImplementationEvent, frozen=True, tag="implementation.answered", gc=False, kw_only=True):
    """A request was answered."""

    request: Ref


class ImplementationContentProvided(
    ImplementationEvent, frozen=True, tag="implementation.content_provided", gc=False, kw_only=True
):
    """The client delivered an item. Clause: JI-4, JI-6."""

    item: Ref


class ImplementationWentLive(ImplementationEvent, frozen=True, tag="implementation.went_live", gc=False, kw_only=True):
    """The platform is live. Clause: JI-7."""


class ImplementationHeld(ImplementationEvent, frozen=True, tag="implementation.held", gc=False, kw_only=True):
    """Reminders stop, windows go on."""


class ImplementationResumed(ImplementationEvent, frozen=True, tag="implementation.resumed", gc=False, kw_only=True):
    """The hold is over."""


class ImplementationCompleted(ImplementationEvent, frozen=True, tag="implementation.completed", gc=False, kw_only=True):
    """Nothing is left to do."""


class ImplementationCancelled(ImplementationEvent, frozen=True, tag="implementation.cancelled", gc=False, kw_only=True):
    """It will not be finished."""


# ------------------------------------------------------------------------------------------------------ engagements


class EngagementEvent(Event, frozen=True, gc=False, kw_only=True):
    """An event on one services engagement. Clause: PB-1 to PB-14."""

    SUBJECT: ClassVar[str] = "engagement"

    engagement: Ref


class EngagementNoticed(EngagementEvent, frozen=True, tag="engagement.noticed", gc=False, kw_only=True):
    """The client gave notice of a new project. Clause: PB-1."""


class EngagementIntroduced(EngagementEvent, frozen=True, tag="engagement.introduced", gc=False, kw_only=True):
    """The team introduced itself: the project commences. Clause: PB-2."""


class EngagementOrdered(EngagementEvent, frozen=True, tag="engagement.ordered", gc=False, kw_only=True):
    """The order form was executed on this date. Clause: PB-2."""

    executed_on: date


class EngagementReachedOut(EngagementEvent, frozen=True, tag="engagement.reached_out", gc=False, kw_only=True):
    """The team asked the client something. Clause: PB-9."""

    reach_out: Ref


class EngagementReplied(EngagementEvent, frozen=True, tag="engagement.replied", gc=False, kw_only=True):
    """The client answered. Clause: PB-9."""


class EngagementPaused(EngagementEvent, frozen=True, tag="engagement.paused", gc=False, kw_only=True):
    """A person paused the project. Clause: PB-9, PB-11."""

    by: Literal["client", "provider"]


class EngagementPauseUndone(EngagementEvent, frozen=True, tag="engagement.pause_undone", gc=False, kw_only=True):
    """Staff took the pause back: nothing shifts, the count begins again. Clause: PB-9."""

    reason: Text


class EngagementReengaged(EngagementEvent, frozen=True, tag="engagement.reengaged", gc=False, kw_only=True):
    """The client gave notice that it wants to go on. Clause: PB-10."""


class EngagementResumed(EngagementEvent, frozen=True, tag="engagement.resumed", gc=False, kw_only=True):
    """Work goes on. Clause: PB-10."""


class EngagementConfirmed(EngagementEvent, frozen=True, tag="engagement.confirmed", gc=False, kw_only=True):
    """The client confirmed in writing that the work is complete. Clause: PB-5."""


class PlannedItem(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One item of a delivery plan and the date on which it is due."""

    item: Ref
    due_on: date


class EngagementPlanned(EngagementEvent, frozen=True, tag="engagement.planned", gc=False, kw_only=True):
    """The delivery plan, and its cadences in business days. Clause: PB-4, PB-14."""

    items: Annotated[list[PlannedItem], Meta(max_length=1000)]
    checkin_every: Positive | None = None
    report_every: Positive | None = None
    owner_update_every: Positive | None = None


class EngagementCheckedIn(EngagementEvent, frozen=True, tag="engagement.checked_in", gc=False, kw_only=True):
    """The two sides talked. Clause: PB-14."""


class EngagementReported(EngagementEvent, frozen=True, tag="engagement.reported", gc=False, kw_only=True):
    """The team reported on the plan. Clause: PB-4."""


class EngagementOwnerUpdated(EngagementEvent, frozen=True, tag="engagement.owner_updated", gc=False, kw_only=True):
    """The client's owner reported on progress. Clause: PB-14."""


class EngagementItemDone(EngagementEvent, frozen=True, tag="engagement.item_done", gc=False, kw_only=True):
    """An item of the plan was delivered. Clause: PB-5."""

    item: Ref


class SessionEvent(EngagementEvent, frozen=True, gc=False, kw_only=True):
    """An event on one meeting of an engagement. Clause: PB-3, PB-7."""

    session: Ref


class SessionBooked(SessionEvent, frozen=True, tag="session.booked", gc=False, kw_only=True):
    """A meeting was asked for."""

    start: Instant
    kind: Literal["session", "half_day", "full_day"] = "session"
    override: bool = False


class SessionMoved(SessionEvent, frozen=True, tag="session.moved", gc=False, kw_only=True):
    """The meeting begins at another instant."""

    start: Instant


class SessionCancelled(SessionEvent, frozen=True, tag="session.cancelled", gc=False, kw_only=True):
    """The meeting will not take place."""


# -------------------------------------------------------------------------------------------------- network changes


class Readiness(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What the client must have in place before a change. Clause: JN-6."""

    remote_connection: bool
    plan: bool
    schedule: bool
    network_information: bool
    window_information: bool
    primary_contact: bool
    backup_contact: bool
    requirements: bool = True
    constraints: bool = True


class ChangeAsset(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One product that a change touches. Clause: JN-1, JN-8."""

    serial: Ref
    registered: bool
    contract_until: date | None
    end_of_support: date | None


class ChangeRequested(Event, frozen=True, tag="change.requested", gc=False, kw_only=True):
    """The client asks for support in a change window. Clause: JN-3, JN-6 to JN-9."""

    SUBJECT: ClassVar[str] = "change"

    change: Ref
    unit: Ref
    start: Instant
    end: Instant
    timezone: Ref
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    readiness: Readiness
    assets: Annotated[list[ChangeAsset], Meta(max_length=1000)]
    onsite: bool = False
    activities: list[Ref] = []


class ChangeWithdrawn(Event, frozen=True, tag="change.withdrawn", gc=False, kw_only=True):
    """The request is taken back and no longer counts as an earlier window. Clause: JN-7."""

    SUBJECT: ClassVar[str] = "change"

    change: Ref


def _concrete(cls: type[Event]) -> list[type[Event]]:
    found = [cls] if cls.__struct_config__.tag else []
    for child in cls.__subclasses__():
        found += _concrete(child)
    return found


REGISTRY: dict[str, type[Event]] = {
    str(cls.__struct_config__.tag): cls for cls in _concrete(Event) if "." in str(cls.__struct_config__.tag)
}
"""Every event by its name."""

INTRODUCED_BY = {
    "incident": "incident.reported",
    "hosted_event": "hosted_event.scheduled",
    "implementation": "implementation.planned",
}
"""The event that must come first on a subject of this kind; the other kinds begin with the first event that names them."""

AnyEvent = Union[tuple(REGISTRY.values())]  # type: ignore[valid-type]  # noqa: UP007  (built from the registry)
DECODER = msgspec.json.Decoder(AnyEvent)
"""Reads one line of a replay file into its typed event."""


def as_utc(at: datetime) -> datetime:
    """Return the same instant in UTC."""
    return at if at.tzinfo is UTC else at.astimezone(UTC)
