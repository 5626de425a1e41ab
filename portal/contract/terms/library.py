"""The library: the contracts and the clauses that come with the portal, as TOML beside the code."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal.contract.terms.refusals import InvalidTerms, shown

LIBRARY = Path(__file__).parent.parent / "library"
CLAUSES = "clauses"


@lru_cache(maxsize=1)
def library_names() -> tuple[str, ...]:
    """Return the names of the contracts in the library, in alphabetical order."""
    return tuple(sorted(path.stem for path in LIBRARY.glob("*.toml") if path.stem != CLAUSES))


@lru_cache(maxsize=1)
def clause_texts() -> dict[str, str]:
    """Return every clause's id with what it obliges, in the portal's words; treat the result as read-only."""
    texts: dict[str, str] = _read(CLAUSES)["clauses"]
    return texts


def library_document(name: str) -> dict[str, Any]:
    """Return a library contract as plain values of the caller's own: whoever changes them changes no one else's.

    Raises:
        InvalidTerms: The library has no such contract.
    """
    if name not in library_names():
        known = ", ".join(library_names())
        raise InvalidTerms(f"terms {shown(name)} are unknown: choose one of {known}, or give a whole document")
    return deepcopy(_document(name))


@lru_cache(maxsize=16)
def _document(name: str) -> dict[str, Any]:
    return _read(name)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((LIBRARY / f"{name}.toml").read_text(encoding="utf-8"))
