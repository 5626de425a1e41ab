"""What happens to an implementation. Clause: JI-1 to JI-10."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from portal.contract.events.base import Event, Positive, Ref, Text


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
