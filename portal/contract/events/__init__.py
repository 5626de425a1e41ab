"""The vocabulary of events: everything that moves a clock, as typed classes.

The journal stores them, replay files are lines of them, and the rules fold them. A name or a field that is not here
does not exist. Instants are aware; every reader turns them into UTC. Clause: T-1 and the whole of REPLAY.
"""

from __future__ import annotations

from typing import Union

import msgspec

from portal.contract.events.agreements import (
    AgreementBetasChosen,
    AgreementContinued,
    AgreementDiscontinued,
    AgreementEnded,
    AgreementRenewed,
)
from portal.contract.events.base import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    Category,
    Cause,
    Event,
    Instant,
    Ref,
    Text,
    UnsupportedCategory,
    WaitingOn,
    as_utc,
    instants_in,
    is_countable,
)
from portal.contract.events.changes import ChangeAsset, ChangeRequested, ChangeWithdrawn, Readiness
from portal.contract.events.engagements import (
    EngagementCheckedIn,
    EngagementConfirmed,
    EngagementEvent,
    EngagementIntroduced,
    EngagementItemDone,
    EngagementNoticed,
    EngagementOrdered,
    EngagementOwnerUpdated,
    EngagementPaused,
    EngagementPauseUndone,
    EngagementPlanned,
    EngagementReachedOut,
    EngagementReengaged,
    EngagementReplied,
    EngagementReported,
    EngagementResumed,
    PlannedItem,
    SessionBooked,
    SessionCancelled,
    SessionEvent,
    SessionMoved,
)
from portal.contract.events.implementations import (
    ImplementationAnswered,
    ImplementationCancelled,
    ImplementationCompleted,
    ImplementationContentProvided,
    ImplementationEvent,
    ImplementationHeld,
    ImplementationPlanned,
    ImplementationRequested,
    ImplementationRescheduled,
    ImplementationResumed,
    ImplementationWentLive,
)
from portal.contract.events.incidents import (
    BreachVoided,
    IncidentAttributed,
    IncidentContacted,
    IncidentDetermined,
    IncidentDiagnosticsCompleted,
    IncidentEvent,
    IncidentLinked,
    IncidentMerged,
    IncidentReclassified,
    IncidentReopened,
    IncidentReported,
    IncidentReproduced,
    IncidentResolved,
    IncidentResponded,
    IncidentResumed,
    IncidentWaiting,
    IncidentWithdrawn,
)
from portal.contract.events.shared import (
    AgreementAmended,
    AgreementEvent,
    AgreementReinstated,
    AgreementSuspended,
    BackupCompleted,
    HostedEventCancelled,
    HostedEventEvent,
    HostedEventRescheduled,
    HostedEventScheduled,
    MaintenanceAnnounced,
    MaintenanceCancelled,
    MaintenanceEvent,
    OutageRecorded,
    ReleaseEvent,
    ReleasePlanned,
    ReleasePublished,
)


def _concrete(cls: type[Event]) -> list[type[Event]]:
    """Return a class and its descendants as far as they are events of their own: families have no name with a dot."""
    own = [cls] if "." in str(cls.__struct_config__.tag) else []
    return own + [found for child in cls.__subclasses__() for found in _concrete(child)]


REGISTRY: dict[str, type[Event]] = {str(cls.__struct_config__.tag): cls for cls in _concrete(Event)}
"""Every event by its name."""

INTRODUCED_BY = {
    "incident": "incident.reported",
    "hosted_event": "hosted_event.scheduled",
    "implementation": "implementation.planned",
}
"""The event that must come first on a subject of this kind; other kinds begin with the first event that names them."""

DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Union[tuple(REGISTRY.values())])  # noqa: UP007  (of the registry)
"""Reads one line of a replay file into its typed event."""

__all__ = [
    "DECODER",
    "EARLIEST_YEAR",
    "INTRODUCED_BY",
    "LATEST_YEAR",
    "REGISTRY",
    "AgreementAmended",
    "AgreementBetasChosen",
    "AgreementContinued",
    "AgreementDiscontinued",
    "AgreementEnded",
    "AgreementEvent",
    "AgreementReinstated",
    "AgreementRenewed",
    "AgreementSuspended",
    "BackupCompleted",
    "BreachVoided",
    "Category",
    "Cause",
    "ChangeAsset",
    "ChangeRequested",
    "ChangeWithdrawn",
    "EngagementCheckedIn",
    "EngagementConfirmed",
    "EngagementEvent",
    "EngagementIntroduced",
    "EngagementItemDone",
    "EngagementNoticed",
    "EngagementOrdered",
    "EngagementOwnerUpdated",
    "EngagementPauseUndone",
    "EngagementPaused",
    "EngagementPlanned",
    "EngagementReachedOut",
    "EngagementReengaged",
    "EngagementReplied",
    "EngagementReported",
    "EngagementResumed",
    "Event",
    "HostedEventCancelled",
    "HostedEventEvent",
    "HostedEventRescheduled",
    "HostedEventScheduled",
    "ImplementationAnswered",
    "ImplementationCancelled",
    "ImplementationCompleted",
    "ImplementationContentProvided",
    "ImplementationEvent",
    "ImplementationHeld",
    "ImplementationPlanned",
    "ImplementationRequested",
    "ImplementationRescheduled",
    "ImplementationResumed",
    "ImplementationWentLive",
    "IncidentAttributed",
    "IncidentContacted",
    "IncidentDetermined",
    "IncidentDiagnosticsCompleted",
    "IncidentEvent",
    "IncidentLinked",
    "IncidentMerged",
    "IncidentReclassified",
    "IncidentReopened",
    "IncidentReported",
    "IncidentReproduced",
    "IncidentResolved",
    "IncidentResponded",
    "IncidentResumed",
    "IncidentWaiting",
    "IncidentWithdrawn",
    "Instant",
    "MaintenanceAnnounced",
    "MaintenanceCancelled",
    "MaintenanceEvent",
    "OutageRecorded",
    "PlannedItem",
    "Readiness",
    "Ref",
    "ReleaseEvent",
    "ReleasePlanned",
    "ReleasePublished",
    "SessionBooked",
    "SessionCancelled",
    "SessionEvent",
    "SessionMoved",
    "Text",
    "UnsupportedCategory",
    "WaitingOn",
    "as_utc",
    "instants_in",
    "is_countable",
]
