"""What all subjects of an agreement share: hosted events, releases, windows, outages, backups, the agreement itself."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from portal.contract.events.base import Event, Instant, Ref


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
    """A release is planned, or planned anew. No promise means a beta. Clause: JB-12, JB-15."""

    planned_at: Instant
    beta: bool = False


class ReleasePublished(ReleaseEvent, frozen=True, tag="release.published", gc=False, kw_only=True):
    """A release went out, with these incidents fixed."""

    fixes: Annotated[list[Ref], Meta(max_length=10_000)]
    beta: bool = False


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
