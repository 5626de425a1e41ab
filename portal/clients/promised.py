"""What support promises, in one table: a row for each severity, a column for each target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.contract.explain import measure_text
from portal.contract.terms import Terms

TARGETS = ("response", "contact", "resolution")


@dataclass(frozen=True, slots=True)
class Figure:
    """How long one target is, by which clause; while an event is on air too, where that is shorter."""

    words: str
    clause: str
    on_air: str = ""
    on_air_clause: str = ""


@dataclass(frozen=True, slots=True)
class PromisedRow:
    """One severity: what it means, and its targets in the order of `TARGETS`, None for what is not promised."""

    severity: str
    means: str
    figures: Sequence[Figure | None]


def promised(terms: Terms) -> list[PromisedRow]:
    """Return what is promised for each severity, the gravest first; nothing where terms have no support."""
    support = terms.document.support
    return [
        PromisedRow(severity.name, severity.meaning.value, [_figure(terms, severity.name, each) for each in TARGETS])
        for severity in (support.severities if support is not None else [])
    ]


def _figure(terms: Terms, severity: str, target: str) -> Figure | None:
    promise = terms.promise(severity, target)
    if promise is None:
        return None
    hosted = terms.promise(severity, target, hosted=True)
    if hosted is None or not hosted.hosted:
        return Figure(measure_text(promise), promise.clause)
    return Figure(measure_text(promise), promise.clause, measure_text(hosted), hosted.clause)
