"""What the rules of support need of an agreement's terms, read once."""

from __future__ import annotations

from functools import lru_cache

from portal.contract.terms import SupportTerms, Terms

TARGETS = ("response", "contact", "resolution")
THRESHOLD_OF = {"response": "response_credit", "resolution": "resolution_credit"}
SUSPENDED = "suspended"
NOT_PROMISED = "not promised for this severity"


def resolved_clause(support: SupportTerms) -> str:
    """Return the clause by which a work-around resolves as a fix does. Clause: JS-11, JB-5."""
    return support.resolution_from.clause if support.resolution_from.value == "reproduction" else "JS-11"


class Plan:
    """What the fold needs of the terms of support, read once."""

    def __init__(self, terms: Terms) -> None:
        support = terms.document.support
        if support is None:
            raise ValueError(f"terms {terms.name!r} promise no support")
        self.terms = terms
        self.ranks = terms.ranks
        self.unsupported = support.unsupported
        self.beta_unsupported = support.beta_unsupported
        self.needs_diagnostics = bool(support.diagnostics and support.diagnostics.value)
        self.from_reproduction = support.resolution_from.value == "reproduction"
        self.resolved_by = resolved_clause(support)
        self.void_causes = frozenset(support.void_causes.value) if support.void_causes else frozenset()
        self.suspends = bool(support.suspension and support.suspension.value)
        self.calendar_clause = terms.document.calendar.clause
        self.stops: dict[str, frozenset[str]] = {}
        self.clauses: dict[str, str] = {}
        for reason in ("client", "third_party", "information"):
            value = getattr(support.pauses, reason)
            self.clauses[reason] = value.clause
            self.stops[reason] = frozenset(name for target in value.value for name in (target, THRESHOLD_OF[target]))
        if support.suspension is not None:
            self.clauses[SUSPENDED] = support.suspension.clause
        self.stops[SUSPENDED] = frozenset((*TARGETS, *THRESHOLD_OF.values()))


@lru_cache(maxsize=256)
def plan_of(terms: Terms) -> Plan:
    """Return the plan of terms; the same terms give the same plan."""
    return Plan(terms)
