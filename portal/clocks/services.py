"""Keeping clock rows equal to the rules' answer, and recording breaches as facts. Clause: T-5 to T-7."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Value

from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.clocks.models import Breach, BreachVoid, Clock, State, Wake
from portal.clocks.notices import RecordedBreach, enqueue_breaches
from portal.contract.clock import Clock as RuledClock
from portal.journal.models import Finding

BATCH = 500
COMPUTED = (
    "clause",
    "severity",
    "owed_by",
    "started_at",
    "due_at",
    "met_at",
    "breached_at",
    "state",
    "next_at",
    "wake",
    "rules_at",
    "warnings",
)
"""The columns that a retime writes; the others name the clock and never change."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules say of one clock: `rules_at` is when time alone makes them say something else, the due aside."""

    subject_ref: str
    clock: RuledClock
    rules_at: datetime | None = None
    shares: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class FoundFinding:
    """A finding as the rules have it."""

    subject: str
    kind: str
    at: datetime
    clause: str
    message: str
    data: dict[str, Any]


def lock_agreement(agreement_id: int) -> Agreement:
    """Lock an agreement for the transaction, so that what its subjects share can't change between reading and writing.

    Every write to a subject takes this lock first; the flagger's claim never waits for it.
    """
    return Agreement.objects.locked().select_related("client").get(pk=agreement_id)


@transaction.atomic
def retime(
    *,
    agreement: Agreement,
    subject_kind: str,
    refs: Iterable[str],
    answers: Iterable[Answer],
    now: datetime,
    by: User | None = None,
    reason: str = "",
    loaded: bool = False,
    ordinals: Iterable[int] | None = None,
) -> None:
    """Make the clock rows of these subjects what the rules answer; record breaches, and void those that are none.

    Five statements at most for all of them together, however many. The rows are locked: a flagger at work is waited
    for, and what it recorded is seen.

    Args:
        refs: The subjects that were computed. Their rows without an answer become void: such a clock never began, as
            staff recorded later what ended it before (an answer before a change of severity, a resolution before an
            update). Clocks are never taken away.
        answers: The rules' clocks of these subjects, as they stand at `now`.
        now: UTC; from here on time alone decides, so warnings that have passed are not sent any more.
        by: Whose act voids a breach that is none.
        reason: Why.
        loaded: A history is read in: nobody is told, and the breaches say nothing of the flagger's speed.
        ordinals: The clocks that were computed, by number, where a subject has ever more of them; None for all.

    Clause: T-5, T-6, T-7.
    """
    known = Clock.objects.filter(agreement=agreement, subject_kind=subject_kind, subject_ref__in=list(refs))
    if ordinals is not None:
        known = known.filter(ordinal__in=list(ordinals))
    rows = {(row.subject_ref, row.target, row.ordinal): row for row in known.select_for_update()}
    added: list[Clock] = []
    changed: list[Clock] = []
    breached: list[tuple[Clock, bool]] = []
    unbroken: list[tuple[Clock, str]] = []
    unnoticed: list[tuple[Clock, datetime]] = []
    for answer in answers:
        ruled = answer.clock
        values = _values(answer, now)
        row = rows.pop((answer.subject_ref, ruled.target, ruled.ordinal), None)
        known_due = row.due_at if row is not None and row.state in (State.RUNNING, State.BREACHED) else None
        known_state = row.state if row is not None else None
        if row is None:
            row = Clock(
                agreement=agreement,
                subject_kind=subject_kind,
                subject_ref=answer.subject_ref,
                target=ruled.target,
                ordinal=ruled.ordinal,
                **values,
            )
            added.append(row)
        else:
            was_breached = row.breached_at is not None
            if was_breached and ruled.breached_at is None:
                unbroken.append((row, _why_unbroken(ruled, reason)))
            if any(getattr(row, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(row, name, value)
                changed.append(row)
            if was_breached:
                continue
        if ruled.breached_at is not None:
            late = loaded or known_due != ruled.breached_at
            breached.append((row, late))
        elif ruled.broke_at is not None and known_state != State.VOID:
            unnoticed.append((row, ruled.broke_at))
            unbroken.append((row, _why_unbroken(ruled, reason)))
    for row in rows.values():
        if row.state != State.VOID and not loaded:  # A history that is read in takes nothing back.
            if row.breached_at is not None:
                unbroken.append((row, _never_began(reason)))
            _never_begin(row)
            changed.append(row)
    Clock.objects.bulk_create(added, batch_size=BATCH)
    Clock.objects.bulk_update(changed, COMPUTED, batch_size=BATCH)
    record_breaches(breached, now=now, loaded=loaded)
    _record_unnoticed(unnoticed, now=now)
    _void_breaches(unbroken, by=by, at=now)


def _values(answer: Answer, now: datetime) -> dict[str, Any]:
    ruled = answer.clock
    warnings = [(share, at) for share, at in ruled.warnings(answer.shares) if at > now]
    rules_at = answer.rules_at if ruled.open else None
    next_at, wake = next_wake(ruled.due_at if ruled.open else None, rules_at, warnings)
    return {
        "clause": ruled.promise.clause,
        "severity": ruled.promise.severity or "",
        "owed_by": ruled.owed_by,
        "started_at": ruled.started_at,
        "due_at": ruled.due_at,
        "met_at": ruled.met_at,
        "breached_at": ruled.breached_at,
        "state": ruled.state,
        "next_at": next_at,
        "wake": wake,
        "rules_at": rules_at,
        "warnings": [[share, at.isoformat()] for share, at in warnings],
    }


def next_wake(
    due_at: datetime | None, rules_at: datetime | None, warnings: Sequence[tuple[int, datetime]]
) -> tuple[datetime | None, str]:
    """Return when time alone changes something next, and what: at one instant the due comes first, then the rules."""
    candidates: list[tuple[datetime, int, str]] = []
    if due_at is not None:
        candidates.append((due_at, 0, Wake.DUE))
    if rules_at is not None:
        candidates.append((rules_at, 1, Wake.RULES))
    if warnings:
        candidates.append((warnings[0][1], 2, Wake.WARNING))
    if not candidates:
        return None, ""
    at, _, wake = min(candidates)
    return at, wake


def _never_begin(row: Clock) -> None:
    """Make a row void for which the rules have no clock; it stays, as messages refer to it."""
    row.state, row.met_at, row.breached_at = State.VOID, None, None
    row.next_at, row.wake, row.rules_at, row.warnings = None, "", None, []


def _never_began(reason: str) -> str:
    return f"It never began: {reason}" if reason else "It never began; what ended it first was recorded later."


def _why_unbroken(ruled: RuledClock, reason: str) -> str:
    if ruled.void_at is not None:
        return reason or ruled.void_reason
    return f"Answered in time: {reason}" if reason else "Answered in time; it was recorded later."


def record_breaches(breached: Sequence[tuple[Clock, bool]], *, now: datetime, loaded: bool = False) -> None:
    """Insert the breaches of locked clocks, each with whether it was noticed late, and tell of them unless loaded.

    The clocks' rows are saved: a breach's instant is copied from there. One statement for those that were noticed late
    and one for the others, then those of the notices.
    """
    recorded = [row for late in (False, True) for row in _insert_breaches(breached, late=late, now=now)]
    if recorded and not loaded:
        enqueue_breaches(recorded, at=now)


def _insert_breaches(breached: Sequence[tuple[Clock, bool]], *, late: bool, now: datetime) -> list[RecordedBreach]:
    """Insert the breaches that are late, or those that aren't, and return those that are new.

    Within the database and not by `bulk_create`: that builds and prepares each row, and returns no keys where some are
    there already. In a storm everything waits for this.
    """
    clocks = {clock.pk: clock for clock, is_late in breached if is_late == late}
    if not clocks:
        return []
    columns = ("clock_id", "due_at", "detected_at", "late_detected")
    chosen = Clock.objects.filter(pk__in=clocks).values_list("pk", "breached_at", Value(now), Value(late))
    select, params = chosen.order_by("breached_at", "pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Breach._meta.db_table} ({', '.join(columns)}) {select}"
            " ON CONFLICT DO NOTHING RETURNING id, clock_id",
            params,
        )
        keys = cursor.fetchall()
    return [RecordedBreach(pk, clocks[clock_pk], now, late) for pk, clock_pk in keys]


def _record_unnoticed(unnoticed: Sequence[tuple[Clock, datetime]], *, now: datetime) -> None:
    """Insert the breaches that became void before anybody noticed them: the fact stays, nobody is told."""
    if unnoticed:
        Breach.objects.bulk_create(
            [Breach(clock=clock, due_at=at, detected_at=now, late_detected=True) for clock, at in unnoticed],
            batch_size=BATCH,
            ignore_conflicts=True,
        )


def _void_breaches(unbroken: list[tuple[Clock, str]], *, by: User | None, at: datetime) -> None:
    if not unbroken:
        return
    reasons = {clock.pk: why for clock, why in unbroken}
    BreachVoid.objects.bulk_create(
        [
            BreachVoid(breach=breach, actor=by, reason=reasons[breach.clock_id], at=at)
            for breach in Breach.objects.filter(clock__in=reasons, void__isnull=True)
        ],
        batch_size=BATCH,
    )


@transaction.atomic
def keep_findings(*, agreement: Agreement, subjects: Iterable[str], found: Iterable[FoundFinding]) -> None:
    """Make the finding rows of these subjects what the rules found. Three statements at most."""
    wanted = {(row.subject, row.kind, row.at): row for row in found}
    stale: list[int] = []
    for row in Finding.objects.filter(agreement=agreement, subject__in=list(subjects)):
        same = wanted.pop((row.subject, row.kind, row.at), None)
        if same is None or (same.clause, same.message, same.data) != (row.clause, row.message, row.data):
            stale.append(row.pk)
            if same is not None:
                wanted[row.subject, row.kind, row.at] = same
    if stale:
        Finding.objects.filter(pk__in=stale).delete()
    Finding.objects.bulk_create(
        [
            Finding(
                agreement=agreement,
                subject=row.subject,
                kind=row.kind,
                at=row.at,
                clause=row.clause,
                message=row.message,
                data=row.data,
            )
            for row in wanted.values()
        ],
        batch_size=BATCH,
    )
