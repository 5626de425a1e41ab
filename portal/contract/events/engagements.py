"""What happens to a services engagement and its meetings. Clause: PB-1 to PB-14."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from portal.contract.events.base import Event, Instant, Positive, Ref, Text


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
