"""How a document that can't be run is refused: a sentence with the field, the value and what would do."""

from __future__ import annotations

import re
import reprlib
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


class InvalidTerms(ValueError):
    """A document that can't be run: the sentence names the field, the value and what would do."""


def shown(value: object) -> str:
    """Return a value as a refusal shows it: short, whatever it is."""
    return reprlib.repr(value)


def convert(plain: Any, into: type[T], label: str) -> T:
    """Read plain values as a type of the schema; `label` names the whole in a refusal.

    Raises:
        InvalidTerms: A field is missing, unknown or of another kind.
    """
    try:
        return msgspec.convert(plain, into)
    except msgspec.ValidationError as error:
        expected, _, place = str(error).partition(" - at `")
        path = place.rstrip("`").removeprefix("$").removeprefix(".")
        field = f"{label}.{path}" if path else label
        raise InvalidTerms(f"{field}: {expected[:1].lower()}{expected[1:]}{_found(plain, place)}") from None


def _found(plain: Any, place: str) -> str:
    """Return what stands at a place, where that is one value that can be shown."""
    steps = _STEP.findall(place)
    if "".join(f".{name}" if name else f"[{index}]" for name, index in steps) != place.rstrip("`").removeprefix("$"):
        return ""
    for name, index in steps:
        plain = plain[name] if name else plain[int(index)]
    return "" if isinstance(plain, dict | list) else f"; it is {shown(plain)}"
