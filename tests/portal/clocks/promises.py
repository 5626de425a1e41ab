"""A kind of subject for tests, so that they need nothing of the floors above; and clock rows on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.clocks.models import Clock, State
from portal.clocks.services import next_wake
from portal.journal.subjects import Description, Recipient, SubjectKey, register

NOW = datetime(2027, 3, 2, 15, 32, tzinfo=UTC)
"""Tue 2 Mar 2027, 10:32 in New York."""
MINUTE = timedelta(minutes=1)
PROMISE = "promise"


class PromiseKind:
    """Promises tell every active member of the staff; their rules are the test's own."""

    def __init__(self) -> None:
        self.rules: Callable[[str, datetime], None] = lambda ref, now: None
        self.computed: list[str] = []

    def describe(self, keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, Description]:
        """Return how promises are shown; `gone` is none."""
        return {
            key: Description(key[1], "Statements are blank", f"/promises/{key[1]}/", f"/yours/{key[1]}/")
            for key in keys
            if key[1] != "gone"
        }

    def audience(self, keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, list[Recipient]]:
        """Return the staff."""
        staff = User.objects.filter(client__isnull=True, is_active=True)
        people = [Recipient(user.email, user.name, user.pk, True, "You are on the team.") for user in staff]
        return dict.fromkeys(keys, people)

    def retime(self, agreement_id: int, refs: Iterable[str] | None, *, now: datetime) -> None:
        """Run the test's rules on each promise."""
        for ref in refs or ():
            self.computed.append(ref)
            self.rules(ref, now)


def register_promises() -> PromiseKind:
    """Register the kind anew and return it."""
    kind = PromiseKind()
    register(PROMISE, kind)
    return kind


register_promises()


def clock_row(agreement: Agreement, ref: str = "P-1", *, due_at: datetime | None = NOW, **fields: Any) -> Clock:
    """Return a running clock that is not saved yet; `warnings` are pairs of a share and an instant."""
    warnings: list[tuple[int, datetime]] = fields.pop("warnings", [])
    next_at, wake = next_wake(due_at, fields.get("rules_at"), warnings)
    return Clock(
        **{
            "agreement": agreement,
            "subject_kind": PROMISE,
            "subject_ref": ref,
            "target": "response",
            "ordinal": 1,
            "clause": "JS-6",
            "severity": "critical",
            "started_at": NOW - 30 * MINUTE,
            "due_at": due_at,
            "state": State.RUNNING,
            "next_at": next_at,
            "wake": wake,
            "warnings": [[share, at.isoformat()] for share, at in warnings],
        }
        | fields
    )


def save_clock(agreement: Agreement, ref: str = "P-1", *, due_at: datetime | None = NOW, **fields: Any) -> Clock:
    """Save a running clock and return it."""
    clock = clock_row(agreement, ref, due_at=due_at, **fields)
    clock.save()
    return clock


def save_clocks(agreement: Agreement, count: int, *, due_at: datetime, step: timedelta = timedelta(0)) -> list[Clock]:
    """Save that many running clocks, each due a step after the last."""
    return Clock.objects.bulk_create(
        [clock_row(agreement, f"P-{due_at:%H%M}-{number}", due_at=due_at + number * step) for number in range(count)],
        batch_size=1000,
    )
