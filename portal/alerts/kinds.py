"""The register of kinds: how each kind of message is written, and when it is no longer worth sending.

Modules above register theirs in AppConfig.ready; the sender knows kinds by name only. Both callables take a whole batch
of rows, so that a round costs the same number of queries however many messages it sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from portal.alerts.models import Message
from portal.alerts.provider import provider

MailState = Literal["", "met", "running", "risk", "breached", "paused", "void"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What one message says. All of it is plain text; templates escape it, headers lose their line ends.

    Attributes:
        subject: What and when: `Breached: first response on INC-2038 was due Tue 2 Mar 2027, 10:32 ET`.
        ask: The first line, what the reader should do: `Reply to Coastline Credit Union now.`
        why: Why this person gets it: `You are on the support team of Coastline Credit Union.`
        link_path: The path of the one page it leads to; it shows on GET and acts on POST only.
        state: Colours the upper edge; the kicker says it in words.
        kicker: A short line over the ask: `Breached: first response, INC-2038`.
        paragraphs: Sentences between the ask and the facts.
        facts: Pairs of a name and what it is.
        clause: The clause that obliges, '' where none does.
        context: What own templates need beside this.
    """

    subject: str
    ask: str
    why: str
    link_path: str
    link_label: str = "Open it in the portal"
    state: MailState = ""
    kicker: str = ""
    paragraphs: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    clause: str = ""
    text_template: str = "mail/notice.txt"
    html_template: str = "mail/notice.html"
    context: Mapping[str, Any] = field(default_factory=dict)


Render = Callable[[Sequence[Message]], Sequence[Mail]]
"""Return the mail of each message, in their order. The rows carry their `recipient`."""

Outdated = Callable[[Sequence[Message]], Mapping[int, str]]
"""Return why messages are no longer true, by id, in a phrase of at most 200 characters; empty while all are."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of message."""

    render: Render
    outdated: Outdated


class UnknownKindError(LookupError):
    """No module registered this kind of message."""


def _never(messages: Sequence[Message]) -> Mapping[int, str]:
    return {}


_kinds: dict[str, Kind] = {}


def register_kind(kind: str, render: Render, outdated: Outdated = _never) -> None:
    """Register a kind of message; called once, from AppConfig.ready. What cannot become untrue has no `outdated`."""
    _kinds[kind] = Kind(render, outdated)


def kind_of(name: str) -> Kind:
    """Return what was registered for a kind.

    Raises:
        UnknownKindError: Nothing was.
    """
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKindError(f"No module writes messages of the kind {name!r}.") from None


def zone_of(message: Message) -> ZoneInfo:
    """Return the zone in which a message tells instants: its recipient's own, else the provider's."""
    return ZoneInfo((message.recipient.zone if message.recipient else "") or provider().zone)
