"""Measure the flagger: `./dev bench flagging`.

On the embedded SQLite, and on PostgreSQL when the one of `DATABASE_URL` or of 127.0.0.1:5432 answers, each time in a
new database that is dropped afterwards:

- due to flagged, with beat and a worker really running on a Redis of their own: clocks fall due at random instants
  while this program looks for their breaches, so that the figure ends when others can see the breach;
- the time of an empty tick's round at 10 thousand and at 1 million open clocks, and their ratio;
- a storm of clocks due at once, flagged in batches, against saving each row in a transaction of its own.

Exits with 1 when a goal is missed.
"""

# ruff: noqa: E402  (models can only be imported once Django is set up)

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

import portal.celery  # noqa: F401  (what is queued wakes the sender through our broker)
from portal.alerts.models import Heartbeat, Message
from portal.clients.models import Agreement
from portal.clocks.flagging import flag_until, flag_waking
from portal.clocks.models import Breach, Clock, State
from portal.clocks.notices import audiences
from tests.bench.databases import HERE, judged_on_each
from tests.factories import AgreementFactory, StaffFactory
from tests.portal.clocks.promises import MINUTE, NOW, clock_row, save_clock, save_clocks
from tests.portal.clocks.workers import BEAT, WORKER
from tests.portal.demo.waiting import wait_until

SAMPLES = 600
SPREAD = timedelta(seconds=60)
SETTLED = timedelta(seconds=3)
GOAL_P99 = 0.050
FEW, MANY = 10_000, 1_000_000
ROUNDS = 2000
GOAL_RATIO = 1.5
STORM = 5000
SINGLES = 300
STORMS = 5
GOAL_SPEED = 20.0
MILLISECOND = 1e-3


def measure() -> int:
    """Measure on the database of the settings, print each figure beside its goal, and tell whether all were reached."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    agreement = AgreementFactory(draft=True)
    StaffFactory()
    redis = [str(settings.REDIS_SERVER), "--port", "0", "--unixsocket", str(settings.REDIS_SOCKET), "--save", ""]
    with program(redis):
        reached = [judged_latency(agreement), judged_storm(agreement), judged_empty_round(agreement)]
    return 0 if all(reached) else 1


# ---------------------------------------------------------------------------------------------------- due to flagged


def judged_latency(agreement: Agreement) -> bool:
    """Let clocks fall due while beat and a worker run; print how long until each breach was there for all to see."""
    chance = random.Random(7)
    with flagger_running():
        begin = timezone.now() + SETTLED
        rows = [
            clock_row(agreement, f"L-{number}", due_at=begin + SPREAD * chance.random()) for number in range(SAMPLES)
        ]
        Clock.objects.bulk_create(rows, batch_size=100)
        noticed, seen = watched(until=begin + SPREAD + timedelta(seconds=10))
    print(f"  due to flagged, {SAMPLES:,} clocks over {SPREAD.total_seconds():.0f} s, beat and worker running")
    print(f"    noticed by the flagger  {percentiles(noticed)}")
    print(f"    committed and seen      {percentiles(seen)}  (goal: p99 at most {GOAL_P99 * 1000:.0f} ms)")
    return len(seen) == SAMPLES and percentile(seen, 99) <= GOAL_P99


@contextmanager
def flagger_running() -> Iterator[None]:
    """Run a worker for flagging and beat as the portal does, once they have finished a first cycle."""
    with ExitStack() as programs:
        for command in (WORKER, BEAT):
            programs.enter_context(program(command))
        wait_until(Heartbeat.objects.filter(name="flagger").exists, seconds=60)
        yield


@contextmanager
def program(command: Sequence[str]) -> Iterator[None]:
    """Run a program quietly, and end it."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def watched(*, until: datetime) -> tuple[list[float], list[float]]:
    """Look for new breaches every few milliseconds; return when each was noticed and when it was seen, in seconds.

    The look is one bare statement: what watches shares two processors with what is watched.
    """
    noticed: list[float] = []
    seen: list[float] = []
    last = 0
    table = Breach._meta.db_table
    while len(seen) < SAMPLES and timezone.now() < until:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT max(id) FROM {table}")  # noqa: S608
            newest = cursor.fetchone()[0] or 0
        now = timezone.now()
        if newest > last:
            found = Breach.objects.filter(pk__gt=last, pk__lte=newest).values_list("due_at", "detected_at")
            for due_at, detected_at in found:
                noticed.append((detected_at - due_at).total_seconds())
                seen.append((now - due_at).total_seconds())
            last = newest
        time.sleep(5 * MILLISECOND)
    return sorted(noticed), sorted(seen)


def percentile(lengths: Sequence[float], percent: int) -> float:
    """Return a percentile of sorted lengths by nearest rank."""
    return lengths[-(-len(lengths) * percent // 100) - 1]


def percentiles(lengths: Sequence[float]) -> str:
    """Return the median, the 99th percentile and the worst in milliseconds."""
    p50, p99, worst = percentile(lengths, 50), percentile(lengths, 99), lengths[-1]
    return f"p50 {p50 * 1000:6.1f} ms  p99 {p99 * 1000:6.1f} ms  worst {worst * 1000:6.1f} ms"


# ------------------------------------------------------------------------------------------------------------ storm


def judged_storm(agreement: Agreement) -> bool:
    """Flag many clocks due at once in batches, and some of them row by row, by turns; print both best speeds."""
    singles = batched = 0.0
    for number in range(STORMS):
        at = NOW + 2 * number * MINUTE
        save_clocks(agreement, SINGLES, due_at=at)
        singles = max(singles, SINGLES / seconds(partial(save_row_by_row, at)))
        save_clocks(agreement, STORM, due_at=at + MINUTE)
        batched = max(batched, STORM / seconds(partial(flag_waking, now=at + MINUTE)))
    ratio = batched / singles
    print(f"  storm of {STORM:,} clocks: {batched:,.0f} a second, {singles:,.0f} row by row", end="")
    print(f", {ratio:.1f} times (goal: at least {GOAL_SPEED:g}; the best of {STORMS} by turns)")
    return ratio >= GOAL_SPEED


def save_row_by_row(now: datetime) -> None:
    """Flag each clock as one would without batches: lock, save, record, tell, in a transaction of its own."""
    for pk in Clock.objects.waking_by(now).values_list("pk", flat=True):
        with transaction.atomic():
            clock = Clock.objects.select_for_update().get(pk=pk)
            clock.state, clock.breached_at, clock.next_at, clock.wake = State.BREACHED, clock.due_at, None, ""
            clock.save()
            breach = Breach(clock=clock, due_at=now, detected_at=now, late_detected=False)
            breach.save()
            for recipients in audiences([clock]).values():
                for recipient in recipients:
                    Message(
                        key=f"breach:{breach.pk}:{recipient.user_id}",
                        kind="breach",
                        address=recipient.address,
                        recipient_id=recipient.user_id,
                        agreement_id=clock.agreement_id,
                        subject_kind=clock.subject_kind,
                        subject_ref=clock.subject_ref,
                        breach=breach,
                        context={"why": recipient.why},
                        due_at=breach.due_at,
                        detected_at=now,
                        queued_at=now,
                        not_before=now,
                    ).save()


def seconds(act: Callable[[], object]) -> float:
    """Return how long an act takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


# ------------------------------------------------------------------------------------------------------ empty rounds


def judged_empty_round(agreement: Agreement) -> bool:
    """Time a round that finds nothing among few and among many open clocks; print both and their ratio."""
    save_clock(agreement, "E-0", due_at=NOW + 90 * MINUTE)
    template = Clock.objects.get(subject_ref="E-0")
    open_clocks(template, 1, FEW)
    few = empty_round(NOW + 2 * MINUTE)
    open_clocks(template, FEW, MANY)
    many = empty_round(NOW + 2 * MINUTE)
    print(f"  empty tick: {few * 1e6:,.0f} µs at {FEW:,} open clocks, {many * 1e6:,.0f} µs at {MANY:,}", end="")
    print(f", ratio {many / few:.2f} (goal: at most {GOAL_RATIO:g})")
    return many / few <= GOAL_RATIO


def open_clocks(template: Clock, first: int, end: int) -> None:
    """Copy a clock within the database, each copy due a second after the last."""
    names = [field.column for field in Clock._meta.concrete_fields if not field.primary_key]
    due = {
        "postgresql": "{0} + n * interval '1 second'",
        "sqlite": "strftime('%Y-%m-%d %H:%M:%f', {0}, '+' || n || ' seconds')",
    }[connection.vendor]
    changed = {"subject_ref": "'E-' || n", "due_at": due.format("due_at"), "next_at": due.format("next_at")}
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT %s UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < %s)"
    columns, values = ", ".join(names), ", ".join(changed.get(name, name) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{numbers} INSERT INTO clocks_clock ({columns}) SELECT {values} FROM numbers, clocks_clock"  # noqa: S608
            " WHERE subject_ref = 'E-0'"
            if connection.vendor == "sqlite"
            else f"INSERT INTO clocks_clock ({columns}) {numbers} SELECT {values} FROM numbers, clocks_clock"  # noqa: S608
            " WHERE subject_ref = 'E-0'",
            [first, end],
        )
        cursor.execute("ANALYZE")
        if connection.vendor == "sqlite":
            # What one statement wrote still lies in the log, and each round would look for its pages there first.
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0]:
                raise SystemExit("the log could not be emptied: another program reads from the database")


def empty_round(at: datetime) -> float:
    """Return the seconds of a round that finds nothing: the tenth percentile, for other programs only ever add."""
    rounds = [seconds(lambda: flag_until(at, clock=lambda: at)) for _ in range(ROUNDS)]
    return statistics.quantiles(rounds, n=10)[0]


if __name__ == "__main__":
    sys.exit(measure() if HERE in sys.argv else judged_on_each(__file__))
