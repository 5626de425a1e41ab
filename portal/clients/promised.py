"""What support promises, in one table: a row for each severity, a column for each target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.contract.explain import measure_text
from portal.contract.terms import Terms

TARGETS = {"response": "First response", "contact": "An update every", "resolution": "Resolution"}


@dataclass(frozen=True, slots=True)
class Figure:
    """How long one target is, by which clause; while an event is on air too, where that is shorter."""

    words: str
    clause: str
    on_air: str = ""
    on_air_clause: str = ""


@dataclass(frozen=True, slots=True)
class PromisedRow:
    """One severity: what it means, and its targets by their words, None for what is not promised."""

    severity: str
    means: str
    figures: Mapping[str, Figure | None]


@dataclass(frozen=True, slots=True)
class Promised:
    """What is promised: a column for each target that some severity has."""

    columns: Sequence[str]
    rows: Sequence[PromisedRow]


def promised(terms: Terms) -> Promised | None:
    """Return what is promised for each severity, the gravest first; None where terms have no support."""
    support = terms.document.support
    if support is None:
        return None
    names = [severity.name for severity in support.severities]
    targets = [each for each in TARGETS if any(terms.promise(name, each) for name in names)]
    return Promised(
        [TARGETS[each] for each in targets],
        [
            PromisedRow(
                severity.name,
                severity.meaning.value,
                {TARGETS[each]: _figure(terms, severity.name, each) for each in targets},
            )
            for severity in support.severities
        ],
    )


def _figure(terms: Terms, severity: str, target: str) -> Figure | None:
    promise = terms.promise(severity, target)
    if promise is None:
        return None
    hosted = terms.promise(severity, target, hosted=True)
    if hosted is None or not hosted.hosted:
        return Figure(measure_text(promise), promise.clause)
    return Figure(measure_text(promise), promise.clause, measure_text(hosted), hosted.clause)
