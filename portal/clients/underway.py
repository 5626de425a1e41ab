"""The register of what is under way: what has begun under an agreement, and keeps the terms with which it began.

Modules above register their sources in AppConfig.ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.clients.models import Agreement


@dataclass(frozen=True, slots=True)
class Begun:
    """What has begun: `3 open incidents`, and the page that shows them; '' where none does."""

    text: str
    url: str = ""


Source = Callable[[Agreement, datetime], Iterable[Begun]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Add a source: of an agreement at an instant, as many queries however much there is."""
    if source not in _sources:
        _sources.append(source)


def begun(agreement: Agreement, *, at: datetime) -> list[Begun]:
    """Return what has begun under an agreement and is not over."""
    return [row for source in _sources for row in source(agreement, at)]
