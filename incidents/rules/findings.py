"""What the rules found: something that happened against a clause."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that happened against a clause, to a subject, at an instant in UTC."""

    at: datetime
    subject: str
    kind: str
    clause: str
    message: str
    data: dict[str, Any] = field(default_factory=dict)
