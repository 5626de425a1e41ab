"""Flagging: what time alone does to clocks, done at its instant. Clause: T-5, T-7.

It is level-triggered: whatever has its `next_at` behind it is flagged, by whoever looks first. Flaggers that run at
once take different rows, one that dies leaves nothing half done, and a missed round is made up for by the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F

from portal.clocks.models import Clock, State, Wake
from portal.clocks.notices import enqueue_warnings
from portal.clocks.queries import soonest_wake
from portal.clocks.services import lock_agreement, next_wake, record_breaches
from portal.journal.subjects import subject_kind
from portal.web.rounds import DATABASE_AWAY

BATCH = 1000
SET_ASIDE = timedelta(minutes=1)
"""How long a clock waits that could not be flagged; it is tried again for ever."""
LOOK_AGAIN = timedelta(milliseconds=100)
"""How long a new clock that is due at once may stay unseen by a flagger that waits for a later one."""
BUSY = timedelta(milliseconds=10)
"""How long a flagger waits for clocks that somebody else has locked."""

log = structlog.get_logger(__name__)

Subject = tuple[int, str, str]
"""An agreement's id, a kind of subject, and a reference."""


@dataclass(slots=True)
class Flagged:
    """How many clocks a round breached, met, warned of and set aside, and how many subjects it computed again."""

    breached: int = 0
    met: int = 0
    warned: int = 0
    retimed: int = 0
    set_aside: int = 0

    def add(self, breached: int, met: int, warned: int) -> None:
        """Count the clocks of one transaction that is committed."""
        self.breached += breached
        self.met += met
        self.warned += warned

    def __bool__(self) -> bool:
        """Whether there was anything to do."""
        return any((self.breached, self.met, self.warned, self.retimed, self.set_aside))


def flag_until(end: datetime, *, clock: Callable[[], datetime]) -> None:
    """Flag what has come, then each clock at its own instant until `end`. One round at least, whenever that is.

    Args:
        clock: Tells the current instant.
    """
    soonest: datetime | None = None
    while True:
        now = clock()
        # What was waited for has come: it is claimed at once, without another look.
        if soonest is None or soonest > now:
            soonest = soonest_wake(before=max(end, now + timedelta.resolution))
        flagged = flag_waking(now=now) if soonest is not None and soonest <= now else None
        now = clock()
        if now >= end:
            return
        if flagged is None:
            wait = min(soonest or end, now + LOOK_AGAIN, end) - now
        else:
            soonest = None
            wait = timedelta(0) if flagged else BUSY
        time.sleep(max(wait, timedelta(0)).total_seconds())


def flag_waking(*, now: datetime) -> Flagged:
    """Flag every clock that time has changed at or before `now`, and return how many.

    A promise is broken strictly after its due instant, yet the clock is flagged at it: an act of that very instant that
    commits later voids the breach. What another transaction has locked is left to the next round. The number of queries
    depends on the number of batches and of agreements whose rules run, never on how many clocks are open. Clause: T-5.
    """
    flagged = Flagged()
    tried: set[Subject] = set()
    more = True
    while more:
        subjects, more = _flag_batch(flagged, now=now)
        # Rules that leave their clock where it was would be run for ever.
        for subject in subjects & tried:
            log.error("clock_not_moved_by_its_rules", subject=subject)
            flagged.set_aside += _set_aside_rules(subject, now=now)
        _run_rules(subjects - tried, flagged, now=now)
        tried |= subjects
    return flagged


# ------------------------------------------------------------------------------------------------ dues and warnings


def _flag_batch(flagged: Flagged, *, now: datetime) -> tuple[set[Subject], bool]:
    """Flag the dues and warnings of one batch in a transaction; return whose rules it found, and whether more may wait.

    One claim finds all three: what breaks a promise is on its way to people two queries sooner.
    """
    clocks: list[Clock] = []
    warned: list[Clock] = []
    subjects: set[Subject] = set()
    try:
        with transaction.atomic():
            clocks = _claim(now)
            warned = [clock for clock in clocks if clock.wake == Wake.WARNING]
            subjects = {_subject(clock) for clock in clocks if clock.wake == Wake.RULES}
            counts = _flag(clocks, now=now)
    except DATABASE_AWAY:
        raise
    except Exception:
        log.exception("clocks_not_flagged_together", clocks=len(clocks))
        _flag_one_by_one(clocks, flagged, now=now)
        return subjects, bool(clocks)
    flagged.add(*counts)
    # A warning and the due, or the rules, behind it may have come at once.
    again = any(clock.next_at is not None and clock.next_at <= now for clock in warned)
    return subjects, bool(subjects) or again or len(clocks) == BATCH


def _subject(clock: Clock) -> Subject:
    return clock.agreement_id, clock.subject_kind, clock.subject_ref


def _claim(now: datetime, pk: int | None = None) -> list[Clock]:
    """Lock and read the next clocks that time has changed, or the one named; locked ones are passed over.

    The rows are read under the lock: an act that was committed a moment ago is seen. SQLite has one writer at a time.
    """
    waking = Clock.objects.waking_by(now)
    if pk is not None:
        waking = waking.filter(pk=pk)
    return list(waking.select_for_update(skip_locked=True)[:BATCH])


def _flag(clocks: Sequence[Clock], *, now: datetime) -> tuple[int, int, int]:
    """Flag the dues and warnings among locked clocks; return how many are breached, met and warned of."""
    due = [clock for clock in clocks if clock.wake == Wake.DUE]
    broken = [clock for clock in due if clock.at_due == Clock.AtDue.BREACH]
    kept = [clock for clock in due if clock.at_due == Clock.AtDue.MEET]
    warned = [clock for clock in clocks if clock.wake == Wake.WARNING]
    _close(broken, state=State.BREACHED, stamp="breached_at")
    _close(kept, state=State.MET, stamp="met_at")
    # None of them is late: what was past already when it was written was recorded there and then.
    record_breaches([(clock, False) for clock in broken], now=now)
    _warn(warned, now=now)
    return len(broken), len(kept), len(warned)


def _close(clocks: Sequence[Clock], *, state: State, stamp: str) -> None:
    """Give clocks their last state, as of their due instant; leave nothing that time could still change."""
    if not clocks:
        return
    last: dict[str, Any] = {"state": state, "next_at": None, "wake": "", "rules_at": None, "warnings": []}
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(**last, **{stamp: F("due_at")})
    for clock in clocks:
        setattr(clock, stamp, clock.due_at)


def _warn(clocks: Sequence[Clock], *, now: datetime) -> None:
    """Tell of the shares that are used up, of the largest alone where several passed unseen, of none that is over."""
    told: list[tuple[Clock, int]] = []
    for clock in clocks:
        ahead = _warnings(clock)
        passed = [share for share, at in ahead if at <= now]
        ahead = ahead[len(passed) :]
        clock.warnings = [[share, at.isoformat()] for share, at in ahead]
        clock.next_at, clock.wake = next_wake(clock.due_at, clock.rules_at, ahead)
        if passed and clock.due_at is not None and clock.due_at > now:
            told.append((clock, passed[-1]))
    Clock.objects.bulk_update(clocks, ["warnings", "next_at", "wake"])
    enqueue_warnings(told, at=now)


def _warnings(clock: Clock) -> list[tuple[int, datetime]]:
    return [(share, datetime.fromisoformat(at)) for share, at in clock.warnings]


def _flag_one_by_one(clocks: Iterable[Clock], flagged: Flagged, *, now: datetime) -> None:
    """Flag each clock in a transaction of its own, and set aside those that fail."""
    for clock in clocks:
        try:
            with transaction.atomic():
                counts = _flag(_claim(now, clock.pk), now=now)
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("clock_set_aside", clock=clock.pk)
            flagged.set_aside += Clock.objects.filter(pk=clock.pk, next_at__lte=now).update(next_at=now + SET_ASIDE)
        else:
            flagged.add(*counts)


# ------------------------------------------------------------------------------------------------------------ rules


def _run_rules(subjects: Iterable[Subject], flagged: Flagged, *, now: datetime) -> None:
    """Compute subjects again, those of an agreement together; set aside those whose rules fail."""
    together: dict[tuple[int, str], list[str]] = {}
    for agreement_id, kind, ref in sorted(subjects):
        together.setdefault((agreement_id, kind), []).append(ref)
    for (agreement_id, kind), refs in together.items():
        if _retimed(agreement_id, kind, refs, now=now):
            flagged.retimed += len(refs)
            continue
        for ref in refs:
            if len(refs) > 1 and _retimed(agreement_id, kind, [ref], now=now):
                flagged.retimed += 1
            else:
                flagged.set_aside += _set_aside_rules((agreement_id, kind, ref), now=now)


def _retimed(agreement_id: int, kind: str, refs: Sequence[str], *, now: datetime) -> bool:
    """Compute subjects again in a transaction of their own; say whether it worked.

    The agreement is locked before any clock, in the order of every service, so that nobody waits in a circle.
    """
    try:
        with transaction.atomic():
            lock_agreement(agreement_id)
            subject_kind(kind).retime(agreement_id, refs, now=now)
    except DATABASE_AWAY:
        raise
    except Exception:
        log.exception("rules_failed", agreement=agreement_id, kind=kind, refs=list(refs))
        return False
    return True


@transaction.atomic
def _set_aside_rules(subject: Subject, *, now: datetime) -> int:
    """Let a subject's rules wait, but neither its dues nor its warnings; return how many clocks that are."""
    agreement_id, kind, ref = subject
    lock_agreement(agreement_id)
    waking = Clock.objects.waking_by(now).filter(
        wake=Wake.RULES, agreement=agreement_id, subject_kind=kind, subject_ref=ref
    )
    clocks = list(waking.select_for_update())
    for clock in clocks:
        clock.rules_at = now + SET_ASIDE
        clock.next_at, clock.wake = next_wake(clock.due_at, clock.rules_at, _warnings(clock))
    Clock.objects.bulk_update(clocks, ["rules_at", "next_at", "wake"])
    return len(clocks)
