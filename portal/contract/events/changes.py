"""What happens to a network change. Clause: JN-1 to JN-10."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from portal.contract.events.base import Event, Instant, Ref


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
