"""What an entry rests on, as words and a page: the register by which `proposal:12` becomes something to click.

An entry's `source` is a kind and a reference, such as `incident:INC-7`. Whoever posts entries registers, once and in
AppConfig.ready, how references of its kind are shown. A kind that nobody registered is shown as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from credits.models import Entry
from portal.web.navigation import Audience


class SourceKey(NamedTuple):
    """What names a source of one kind: the entry's client and agreement, and what stands after the colon."""

    client_id: int
    agreement_id: int | None
    ref: str


@dataclass(frozen=True, slots=True)
class Source:
    """How a source is shown to one side.

    Attributes:
        label: Its short name: `INC-1987`, `Invoice 2027-0208`.
        url: The path of its page, '' where this side has none.
        title: What a statement says of an entry that rests on it: `Critical answered after 41 minutes`. It is kept for
            ever on a statement: no person's name, and nothing that anybody wrote freely. '' leaves it to the entry's
            kind.
        detail: How the amount came about: `10 % of $10,000.00`.
        clause: The clause that obliges, '' where none does.
    """

    label: str
    url: str = ""
    title: str = ""
    detail: str = ""
    clause: str = ""


Resolve = Callable[[Sequence[SourceKey], Audience], Mapping[SourceKey, Source]]
"""Return how sources of one kind are shown to a side, in a constant number of queries; absent is shown as written."""

_kinds: dict[str, Resolve] = {}


def register_source(kind: str, resolve: Resolve) -> None:
    """Register how one kind of source is shown; called once, from AppConfig.ready."""
    _kinds[kind] = resolve


def sources_of(entries: Iterable[Entry], *, audience: Audience) -> dict[int, Source]:
    """Return what entries rest on, by the entry's id. As many queries as their kinds of sources need, however many."""
    by_kind: dict[str, dict[SourceKey, list[int]]] = {}
    found: dict[int, Source] = {}
    for entry in entries:
        kind, _, ref = entry.source.partition(":")
        key = SourceKey(entry.client_id, entry.agreement_id, ref)
        by_kind.setdefault(kind, {}).setdefault(key, []).append(entry.pk)
        found[entry.pk] = Source(_as_written(kind, ref))
    for kind, wanted in by_kind.items():
        resolve = _kinds.get(kind)
        if resolve is not None:
            for key, source in resolve(list(wanted), audience).items():
                found |= dict.fromkeys(wanted[key], source)
    return found


def _as_written(kind: str, ref: str) -> str:
    return f"{kind.replace('_', ' ').capitalize()} {ref}".strip()
