"""The register of kinds: how each kind of message is written, and when it is no longer worth sending.

Modules above register theirs in AppConfig.ready; the sender knows kinds by name only. Both callables take a whole batch
of rows, so that a round costs the same number of queries however many messages it sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

import structlog

from portal.alerts.models import Message, label_of
from portal.alerts.provider import provider

log = structlog.get_logger(__name__)

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


Audience = Literal["staff", "client"]
Told = Literal["staff", "client", "both"]
"""Whose page of preferences a kind stands on."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of message."""

    render: Render
    outdated: Outdated
    told: Told | None
    mutable: bool
    says: str


class UnknownKindError(LookupError):
    """No module registered this kind of message."""


def _never(messages: Sequence[Message]) -> Mapping[int, str]:
    return {}


_kinds: dict[str, Kind] = {}


def register_kind(
    kind: str,
    render: Render,
    outdated: Outdated = _never,
    *,
    told: Told | None = None,
    mutable: bool = True,
    says: str = "",
) -> None:
    """Register a kind of message; called once, from AppConfig.ready. What cannot become untrue has no `outdated`.

    `told` is the side on whose page of preferences the kind stands; without it, it stands on none, as what goes to
    addresses that have no login, or carries other messages. `says` is what it tells, for that page.
    """
    _kinds[kind] = Kind(render, outdated, told, mutable, says or label_of(kind))


def kinds_told(audience: Audience, *, mutable: bool) -> dict[str, str]:
    """Return the kinds that a side is told of, by name with what they tell: those one may mute, or the others."""
    return {
        name: kind.says for name, kind in _kinds.items() if kind.told in (audience, "both") and kind.mutable is mutable
    }


def all_kinds() -> Mapping[str, Kind]:
    """Return every registered kind by its name."""
    return dict(_kinds)


def kind_of(name: str) -> Kind:
    """Return what was registered for a kind.

    Raises:
        UnknownKindError: Nothing was.
    """
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKindError(f"No module writes messages of the kind {name!r}.") from None


def render_each(messages: Iterable[Message]) -> dict[int, Mail | Exception]:
    """Return the mail of each message by its id, or the error that kept it from being written.

    A batch that its renderer stumbles over is tried again one by one, so that one row does not hold up the others.
    """
    written: dict[int, Mail | Exception] = {}
    for name, same in by_kind(messages).items():
        try:
            render = kind_of(name).render
            written |= {message.pk: mail for message, mail in zip(same, render(same), strict=True)}
        except UnknownKindError as error:
            written |= dict.fromkeys((message.pk for message in same), error)
        except Exception:
            log.exception("messages_not_written", kind=name)
            for message in same:
                try:
                    (written[message.pk],) = render([message])
                except Exception as error:
                    written[message.pk] = error
    return written


def reasons_against(messages: Iterable[Message]) -> dict[int, str]:
    """Return why messages are not to be sent any more, by id. What cannot be judged counts as true."""
    reasons: dict[int, str] = {}
    for name, same in by_kind(messages).items():
        try:
            reasons |= kind_of(name).outdated(same)
        except UnknownKindError:
            continue  # Writing it fails, and says so.
        except Exception:
            log.exception("messages_not_judged", kind=name)
        for message in same:
            if message.recipient and not message.recipient.is_active:
                reasons[message.pk] = "The recipient's login was closed."
    return reasons


def by_kind(messages: Iterable[Message]) -> dict[str, list[Message]]:
    """Return messages by their kind, in their order."""
    kinds: dict[str, list[Message]] = {}
    for message in messages:
        kinds.setdefault(message.kind, []).append(message)
    return kinds


def zone_of(message: Message) -> ZoneInfo:
    """Return the zone in which a message tells instants: its recipient's own, else the provider's."""
    return ZoneInfo((message.recipient.zone if message.recipient else "") or provider().zone)
