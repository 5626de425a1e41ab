"""The refusal of one line of a history."""

from __future__ import annotations


class BadLine(ValueError):
    """A line that can't be read or kept: its number, the field, and what was expected there."""

    def __init__(self, line: int, field: str, expected: str) -> None:
        super().__init__(f"line {line}: {field}: {expected}")
        self.line = line
        self.field = field
        self.expected = expected
