"""Measure a month's close: `./dev bench close [AGREEMENTS]`.

On the embedded SQLite, and on PostgreSQL when one answers, each time in a new database that is gone afterwards: 3,000
agreements of as many clients, each with a year of a hundred incidents and their thousand closed clocks and an outage a
month; one in twenty broke thresholds every month. Then one month is closed:

- the queries that read all agreements, and those that read a tenth of them: the same number;
- the time to read and reckon all of them together, against client by client with queries of their own;
- the time of the whole close, with the rows that it writes and the proposals that come of it.

Exits with 1 when a goal is missed.
"""

# ruff: noqa: E402  (models can only be imported once Django is set up)

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credits.models import MonthClose, Proposal
from credits.queries.closing import Reading, crediting, read_months
from credits.services import close_months
from incidents.rules.months import Month
from portal.clients.models import Agreement, AgreementQuerySet
from portal.clocks.models import Clock
from portal.replay.loading import load_history
from tests.bench.copies import analyze, copy_agreement
from tests.bench.databases import HERE, judged_on_each
from tests.contracts.judging import Line, event, lines_of, ny, reported
from tests.factories import ACTIVATED_AT, AgreementFactory

AGREEMENTS = 3_000
INCIDENTS = 100
ONE_IN = 20
"""One agreement in so many breaks thresholds every month."""
JUNE = Month(2026, 6)
NOW = ny("2027-01-03 09:00")
"""When the whole year is over."""
PARTS = 5
SAMPLE = 10
"""Of so many clients one is read by itself: all of them would take minutes."""
GOAL_SPEED = 5.0


def measure(count: int) -> int:
    """Measure on the database of the settings, print each figure beside its goal, and tell whether all were reached."""
    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    populate(count)
    clocks = Clock.objects.count()
    print(f"  {count:,} agreements, {clocks:,} closed clocks (made in {time.perf_counter() - begun:.0f} s)", flush=True)
    return 0 if all([judged_queries(count), judged_reading(count), judged_close(count)]) else 1


# ------------------------------------------------------------------------------------------------------------ queries


def judged_queries(count: int) -> bool:
    """Print how many queries read all agreements and how many a tenth of them."""
    tenth = pks()[: count // 10]
    few = queries_of(lambda: read(crediting().filter(pk__in=tenth)))
    many = queries_of(lambda: read(crediting()))
    print(f"  reading {count // 10:,} agreements: {few} queries; {count:,}: {many} (goal: the same)", flush=True)
    return few == many


def read(agreements: AgreementQuerySet) -> Reading:
    """Read and reckon a month."""
    reading = read_months(agreements, JUNE, JUNE, now=NOW)
    for inputs in reading.inputs.values():
        inputs.lines()
    return reading


def pks() -> list[int]:
    """Return the agreements' ids, in order."""
    return list(crediting().order_by("pk").values_list("pk", flat=True))


def queries_of(act: Callable[[], object]) -> int:
    """Return how many queries an act takes."""
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


# -------------------------------------------------------------------------------------------------------------- times


def judged_reading(count: int) -> bool:
    """Read all together and a tenth of them client by client, by turns; print both times and their ratio for all."""
    all_pks = pks()
    read(crediting().filter(pk=all_pks[0]))
    together, apart = [], 0.0
    for part in range(PARTS):
        of_part = all_pks[part * SAMPLE :: PARTS * SAMPLE]
        apart += SAMPLE * seconds(lambda of_part=of_part: [read(crediting().filter(pk=pk)) for pk in of_part])  # type: ignore[misc]
        begun = time.perf_counter()
        months = len(read(crediting()).inputs)
        together.append(time.perf_counter() - begun)
    whole = statistics.median(together)
    print(
        f"  {months:,} months read and reckoned: {whole:.2f} s together, {apart:.2f} s client by client (of a tenth)",
        end="",
    )
    print(f", {apart / whole:.1f} times (goal: at least {GOAL_SPEED:g})", flush=True)
    return months == count and apart / whole >= GOAL_SPEED


def judged_close(count: int) -> bool:
    """Close the month for all; print how long it takes, and how long a run in which nothing is new."""
    first = seconds(lambda: close_months(now=NOW, months=(JUNE, JUNE)))
    again = seconds(lambda: close_months(now=NOW, months=(JUNE, JUNE)))
    closes, proposals = MonthClose.objects.count(), Proposal.objects.count()
    print(
        f"  closed in {first:.2f} s: {closes:,} closes, {proposals:,} proposals; a run with nothing new {again:.2f} s"
    )
    return closes == count and proposals >= count // ONE_IN


def seconds(act: Callable[[], object]) -> float:
    """Return how long an act takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


# --------------------------------------------------------------------------------------------------------------- data


def populate(count: int) -> None:
    """Load a quiet year and a bad one through the portal, and copy their rows to the other agreements."""
    quiet, bad = (loaded(year) for year in (list(quiet_year()), list(bad_year())))
    copy_agreement(quiet, count - count // ONE_IN - 1)
    copy_agreement(bad, count // ONE_IN - 1)
    analyze()


def loaded(year: list[Line]) -> Agreement:
    """Return an agreement with a history."""
    agreement: Agreement = AgreementFactory()
    load_history(agreement_ref=agreement.ref, lines=lines_of(*year, until=NOW), now=NOW)
    return agreement


def quiet_year() -> Iterator[Line]:
    """Yield a hundred incidents that were answered, contacted five times and resolved in time, and twelve outages."""
    for number in range(INCIDENTS):
        yield from incident(number, ACTIVATED_AT + timedelta(days=1 + 3.5 * number), answered=timedelta(minutes=20))
    yield from outages(timedelta(minutes=30))


def bad_year() -> Iterator[Line]:
    """Yield the same, but every incident answered and resolved too late, and outages of ten hours."""
    for number in range(INCIDENTS):
        yield from incident(number, ACTIVATED_AT + timedelta(days=1 + 3.5 * number), answered=timedelta(hours=5))
    yield from outages(timedelta(hours=10))


def incident(number: int, at: datetime, *, answered: timedelta) -> Iterator[Line]:
    """Yield a major incident: ten clocks of its own."""
    name = f"N-{number}"
    yield reported(at, "major", incident=name)
    yield event(at + answered, "responded", incident=name)
    for contact in range(1, 6):
        yield event(at + answered + contact * timedelta(hours=3), "contacted", incident=name)
    yield event(at + answered + timedelta(hours=18), "resolved", incident=name)


def outages(length: timedelta) -> Iterator[Line]:
    """Yield an outage a month."""
    for month in range(1, 13):
        start = datetime(2026, month, 10, 12, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
        yield event(
            start + length,
            "outage.recorded",
            outage=f"O-{month}",
            start=start.isoformat(),
            end=(start + length).isoformat(),
            cause="unscheduled",
        )


if __name__ == "__main__":
    if HERE in sys.argv:
        sys.exit(measure(int(sys.argv[-1])))
    sys.exit(judged_on_each(__file__, sys.argv[1] if len(sys.argv) > 1 else str(AGREEMENTS)))
