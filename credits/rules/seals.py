"""The hashes by which the ledger shows that nobody rewrote it: of an intention, of an entry, of a chain of entries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256


def hash_of(content: object) -> str:
    """Return the SHA-256 of a value, whatever the order of its keys and the zone of its instants, in hexadecimal."""
    text = json.dumps(_plain(content), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


def chained(previous: str, seals: Iterable[str]) -> str:
    """Return the digest of a chain that goes on: of its previous digest and what came since."""
    digest = sha256(previous.encode())
    for seal in seals:
        digest.update(seal.encode())
    return digest.hexdigest()


def _plain(value: object) -> object:
    """Return a value as JSON has it; a float, whose digits depend on who writes it, is refused."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"the ledger hashes whole numbers, words, dates and instants, not {value!r}")
