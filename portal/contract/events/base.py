"""What every event has: an instant, a name, a subject."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

Instant = Annotated[datetime, Meta(tz=True)]
Ref = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=2000)]
Positive = Annotated[int, Meta(ge=1, le=3660)]
Target = Annotated[
    str,
    Meta(
        pattern="^(response|resolution|contact|response_credit|resolution_credit|outage_resolution|backup|window|cutoff"
        "|reply|resume|checkin|report|owner_update)$"
    ),
]
"""The targets of clocks, as replay writes them."""

Category = Literal["availability", "nonconformity", "general", "enhancement", "other"]
UnsupportedCategory = Literal["general", "enhancement", "other"]
WaitingOn = Literal["client", "third_party", "information"]
Cause = Literal["client_misuse", "outside_control"]

EARLIEST_YEAR, LATEST_YEAR = 1970, 2199
"""The years in which something can happen: what is promised in them can be counted to its end."""


class Event(Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", gc=False, kw_only=True):
    """Something that happened at an instant to one subject."""

    SUBJECT: ClassVar[str] = ""
    INTERNAL: ClassVar[bool] = False
    """Whether it is the staff's alone, and no client sees it."""

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


def as_utc(at: datetime) -> datetime:
    """Return the same instant in UTC."""
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def instants_in(event: Event) -> Iterator[tuple[str, datetime]]:
    """Yield every instant that an event bears, its own included, each with the name of its field."""
    yield "at", event.at
    for name in ("start", "end", "planned_at", "notified_at"):
        instant = getattr(event, name, None)
        if instant is not None:
            yield name, instant
    for session in getattr(event, "sessions", ()):
        for instant in session:
            yield "sessions", instant


def is_countable(at: datetime) -> bool:
    """Return whether an instant, as it is written, lies in the years in which something can happen."""
    return EARLIEST_YEAR <= at.year <= LATEST_YEAR
