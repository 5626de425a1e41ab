"""What the clocks tell people: that a share of a target is used up, and that a promise was broken. Clause: T-5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from portal.accounts.duty import duty_of
from portal.alerts.services import Notice, enqueue
from portal.clocks.models import Clock
from portal.journal.subjects import Recipient, SubjectKey, subject_kind

BREACH = "breach"
WARNING = "warning"
INTERNAL_TARGETS = frozenset({"response_credit", "resolution_credit"})
"""Thresholds of credits: their targets' own clocks tell people already."""


def audiences_on_duty(clocks: Iterable[Clock], *, at: datetime) -> Mapping[tuple[str, SubjectKey], list[Recipient]]:
    """Return who is told of each clock's subject at an instant: whoever is on call and whoever stands in, too.

    Two queries more than `audiences`, however many clocks.
    """
    told = audiences(clocks)
    everybody = [recipient for recipients in told.values() for recipient in recipients]
    duty = duty_of(
        people={recipient.user_id for recipient in everybody if recipient.user_id is not None},
        teams={recipient.team_id for recipient in everybody if recipient.team_id is not None},
        at=at,
    )
    return {key: duty.completed(recipients) for key, recipients in told.items()} if duty else told


def audiences(clocks: Iterable[Clock]) -> Mapping[tuple[str, SubjectKey], list[Recipient]]:
    """Return who is told of each clock's subject; a constant number of queries for each kind of subject."""
    keys: dict[str, set[SubjectKey]] = {}
    for clock in clocks:
        keys.setdefault(clock.subject_kind, set()).add((clock.agreement_id, clock.subject_ref))
    return {
        (kind, key): recipients
        for kind, wanted in keys.items()
        for key, recipients in subject_kind(kind).audience(wanted).items()
    }


class RecordedBreach(NamedTuple):
    """A breach that was just inserted, by its key, with its clock."""

    pk: int
    clock: Clock
    detected_at: datetime
    late_detected: bool


def enqueue_breaches(breaches: Iterable[RecordedBreach], *, at: datetime) -> None:
    """Queue the notices of breaches in the transaction that recorded them."""
    rows = [breach for breach in breaches if breach.clock.target not in INTERNAL_TARGETS]
    if not rows:
        return
    told = audiences_on_duty((breach.clock for breach in rows), at=at)
    enqueue(
        (
            Notice(
                key=f"breach:{breach.pk}:{recipient.address}",
                kind=BREACH,
                address=recipient.address,
                recipient_id=recipient.user_id,
                agreement_id=breach.clock.agreement_id,
                subject_kind=breach.clock.subject_kind,
                subject_ref=breach.clock.subject_ref,
                breach_id=breach.pk,
                context={"why": recipient.why},
                mutable=False,
                due_at=None if breach.late_detected else breach.clock.breached_at,
                detected_at=None if breach.late_detected else breach.detected_at,
            )
            for breach in rows
            for recipient in told.get(
                (breach.clock.subject_kind, (breach.clock.agreement_id, breach.clock.subject_ref)), []
            )
        ),
        at=at,
    )


def enqueue_warnings(warned: Iterable[tuple[Clock, int]], *, at: datetime) -> None:
    """Queue the notices of clocks of which this share is used up."""
    rows = [(clock, share) for clock, share in warned if clock.target not in INTERNAL_TARGETS]
    if not rows:
        return
    told = audiences_on_duty((clock for clock, _ in rows), at=at)
    enqueue(
        (
            Notice(
                key=f"warning:{clock.pk}:{share}:{clock.due_at:%Y%m%dT%H%M%S}:{recipient.address}",
                kind=WARNING,
                address=recipient.address,
                recipient_id=recipient.user_id,
                agreement_id=clock.agreement_id,
                subject_kind=clock.subject_kind,
                subject_ref=clock.subject_ref,
                context={"why": recipient.why, "clock": clock.pk, "share": share, "due_at": str(clock.due_at)},
            )
            for clock, share in rows
            for recipient in told.get((clock.subject_kind, (clock.agreement_id, clock.subject_ref)), [])
            if recipient.from_share <= share
        ),
        at=at,
    )
