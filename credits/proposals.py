"""The register of what can be proposed: each kind says how it is shown, where its page is, and what approval posts.

A kind registers once, from AppConfig.ready. Its payload is a msgspec struct of figures, ids and words of the rules;
what it posts is posted in the transaction of the decision, under the proposal's own scope and key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import msgspec
from django.urls import reverse

from credits.models import Approval, Decision, Entry, Proposal
from portal.accounts.models import User


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a proposal rests on, the same for ever: figures, ids and words of the rules."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that a proposal rests on, as its page shows it: where it leads, and the clause that says so."""

    label: str
    detail: str = ""
    url: str = ""
    clause: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Title:
    """What a proposal is called, wherever it is named.

    Attributes:
        title: What it is, in a few words: `Critical response late`. It is kept for ever on a statement: no person's
            name, and nothing that anybody wrote freely.
        detail: How the amount came about: `10 % of $10,000.00`.
        clause: The clause that it rests on, '' for none.
        client_url: The page on which a client reads it, '' where there is none.
    """

    title: str
    detail: str = ""
    clause: str = ""
    client_url: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a proposal's page says.

    Attributes:
        facts: What else its page says, name by name.
        evidence: What it rests on, in order.
        notes: Sentences below the evidence, such as what another reading of the clause would give.
        url: A page of its own that opens the figures, '' for none.
        url_label: What that page is called.
    """

    facts: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    url: str = ""
    url_label: str = ""


class Kind:
    """What a module says of what it proposes: subclass, and register one of it."""

    label: ClassVar[str]
    """In the words of lists and filters: `Service credit`."""

    payload: ClassVar[type[Payload]]

    waivable: ClassVar[bool] = True
    """Whether it may be due and not asked for: a credit or a charge may, a payout is only declined."""

    def is_withdrawable(self, proposal: Proposal) -> bool:
        """Return whether who prepared one may take it back unheard; what a contract obliges to is only declined."""
        return True

    def titles(self, proposals: Sequence[Proposal]) -> Mapping[int, Title]:
        """Return what each is called, by id; a constant number of queries."""
        raise NotImplementedError

    def describe(self, proposal: Proposal, user: User) -> Shown:
        """Return what its page says to somebody; a constant number of queries."""
        raise NotImplementedError

    def post(self, proposal: Proposal, *, approval: Approval, by: User, now: datetime) -> Entry:
        """Post what was approved, under the proposal's own scope and key, with `source_of` and `today_for` it."""
        raise NotImplementedError

    def decided(self, proposal: Proposal, decision: Decision, *, now: datetime) -> None:
        """Do what else follows from a decision, in its transaction: mails, what waited for it."""


class UnknownKindError(LookupError):
    """No module registered this kind of proposal."""


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Register a kind of proposal; called once, from AppConfig.ready."""
    _kinds[name] = kind


def kind_of(name: str) -> Kind:
    """Return what was registered for a kind.

    Raises:
        UnknownKindError: Nothing was.
    """
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKindError(name) from None


def all_kinds() -> Mapping[str, Kind]:
    """Return every registered kind by its name."""
    return dict(_kinds)


def payload_of(proposal: Proposal) -> Any:
    """Return a proposal's payload as its kind has it."""
    return msgspec.convert(proposal.payload, kind_of(proposal.kind).payload)


def today_for(proposal: Proposal, now: datetime) -> date:
    """Return the day on which something is posted: that of its agreement's zone, else of its client's."""
    zone = proposal.client.zone if proposal.agreement is None else proposal.agreement.zone
    return now.astimezone(ZoneInfo(zone)).date()


def source_of(proposal: Proposal) -> str:
    """Return how an entry names the proposal that it rests on."""
    return f"proposal:{proposal.pk}"


def url_of(proposal: Proposal) -> str:
    """Return where staff decide on a proposal."""
    return reverse("proposal", args=[proposal.pk])


def titles(proposals: Sequence[Proposal]) -> dict[int, Title]:
    """Return what proposals of any kinds are called, by id; each kind costs its own queries."""
    by_kind: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        by_kind.setdefault(proposal.kind, []).append(proposal)
    found: dict[int, Title] = {}
    for name, own in by_kind.items():
        found.update(kind_of(name).titles(own))
    return found
