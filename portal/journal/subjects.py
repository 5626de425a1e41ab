"""The register of subjects: the one door by which the lower floors reach the modules above them.

Each kind of subject (incident, outage, request …) says once, in its AppConfig.ready, how it is described, who is told,
how it is computed again, and whether an alert about it is still true. All of it works on batches, in the caller's
transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

SubjectKey = tuple[int, str]
"""An agreement's id and a subject's reference: what names a subject of a kind."""


@dataclass(frozen=True, slots=True)
class Description:
    """How a subject is shown: `INC-2029`, its title, and the path of its page for staff and for the client.

    Attributes:
        why: Where below its page a clock is explained, such as `why/{target}/{ordinal}/`; '' where no page does.
    """

    label: str
    title: str
    staff_path: str
    client_path: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told: an address, the login behind it if there is one, and which side it is on.

    Attributes:
        from_share: From which share of a target on, in percent, they are told; a breach tells everybody.
        team_id: The team as whose member they are told: whoever is on call for it is told with them.
    """

    address: str
    name: str
    user_id: int | None
    is_provider: bool
    why: str
    from_share: int = 0
    team_id: int | None = None


class SubjectKind(Protocol):
    """What a module says of its subjects."""

    def describe(self, keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, Description]:
        """Return how each is shown; a constant number of queries."""
        ...

    def audience(self, keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, list[Recipient]]:
        """Return who of the provider is told of each one's clocks; a constant number of queries."""
        ...

    def retime(self, agreement_id: int, refs: Iterable[str] | None, *, now: datetime) -> None:
        """Compute these subjects of an agreement again, or all open ones. The caller holds the agreement's lock."""
        ...


class UnknownSubjectKind(LookupError):
    """No module registered this kind of subject."""


_kinds: dict[str, SubjectKind] = {}


def register(kind: str, subject_kind: SubjectKind) -> None:
    """Register a kind of subject; called once, from AppConfig.ready."""
    _kinds[kind] = subject_kind


def subject_kind(kind: str) -> SubjectKind:
    """Return what was registered for a kind.

    Raises:
        UnknownSubjectKind: Nothing was.
    """
    try:
        return _kinds[kind]
    except KeyError:
        raise UnknownSubjectKind(kind) from None


def all_kinds() -> Mapping[str, SubjectKind]:
    """Return every registered kind."""
    return dict(_kinds)


Describe = Callable[[Iterable[SubjectKey]], Mapping[SubjectKey, Description]]
"""Returns how subjects of one kind are shown, by key; a constant number of queries."""


Named = tuple[str, SubjectKey]
"""A subject of any kind: its kind and its key."""


def described(
    subjects: Iterable[Named], *, also: Mapping[str, Describe] = MappingProxyType({})
) -> Mapping[Named, Description]:
    """Return how subjects of several kinds are shown, by kind and key; what is gone or of an unknown kind is left out.

    `also` describes kinds that are not registered here. One query, or as many as it needs, for each kind among them.
    """
    wanted: dict[str, set[SubjectKey]] = {}
    for kind, key in subjects:
        wanted.setdefault(kind, set()).add(key)
    describers = {**also, **{kind: registered.describe for kind, registered in all_kinds().items()}}
    return {
        (kind, key): description
        for kind, keys in wanted.items()
        if kind in describers
        for key, description in describers[kind](keys).items()
    }
