"""Terms: a contract as values that can be run, each with the clause it comes from.

A document is a library file, `library/NAME.toml`, or the same as JSON. It is whole and immutable: what an agreement
pins never changes with the library. Clause: all of the clause list.
"""

from portal.contract.terms.checks import FEWEST_CUTOFF_DAYS, read_duration
from portal.contract.terms.library import clause_texts, library_document, library_names
from portal.contract.terms.overrides import Overrides
from portal.contract.terms.reading import SECTION_OF_FAMILY, Terms, known_terms, library_terms, read_terms
from portal.contract.terms.refusals import InvalidTerms
from portal.contract.terms.schema import (
    AvailabilityTerms,
    BackupTerms,
    Basis,
    CalendarTerms,
    ChangeTerms,
    CreditTerms,
    DistanceWindow,
    Document,
    EngagementTerms,
    HostedTargets,
    HostedTerms,
    ImplementationTerms,
    PauseTerms,
    Recurring,
    SeverityTerms,
    SupportTerms,
    Threshold,
    Tier,
    Value,
    Window,
)

__all__ = [
    "FEWEST_CUTOFF_DAYS",
    "SECTION_OF_FAMILY",
    "AvailabilityTerms",
    "BackupTerms",
    "Basis",
    "CalendarTerms",
    "ChangeTerms",
    "CreditTerms",
    "DistanceWindow",
    "Document",
    "EngagementTerms",
    "HostedTargets",
    "HostedTerms",
    "ImplementationTerms",
    "InvalidTerms",
    "Overrides",
    "PauseTerms",
    "Recurring",
    "SeverityTerms",
    "SupportTerms",
    "Terms",
    "Threshold",
    "Tier",
    "Value",
    "Window",
    "clause_texts",
    "known_terms",
    "library_document",
    "library_names",
    "library_terms",
    "read_duration",
    "read_terms",
]
