"""Compare business time with its peers: `./dev bench business_time`.

One calendar (Monday to Friday, 09:00 to 17:00, New York, US federal holidays), once with the holidays of some
years and once with none; a span of a day and a span of a year; `between` and `add`. The three libraries take
turns within each round, so that whatever else the machine does meets them alike, and the best round of each
counts. They must agree on the answer before they are timed.

The goals are judged with the holidays, as every contract here has them; without any, workclock walks its years
faster, and that table is printed too. Exits with 1 when a goal is missed.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import partial
from operator import add
from zoneinfo import ZoneInfo

import businesstimedelta
import holidays
import pytz
import workclock

from portal.contract.calendar import BusinessCalendar

ROUNDS = 15
SLICE = 0.02
ZONE = "America/New_York"
START = datetime(2025, 3, 4, 15, 3, 2, tzinfo=UTC)
SPANS = {
    "day": (START + timedelta(days=1), timedelta(hours=8)),
    "year": (START + timedelta(days=365), timedelta(hours=2000)),
}
PEERS = ("workclock", "businesstimedelta")
GOALS = {"day": 4.0, "year": 50.0}
YEAR_OVER_DAY = 1.5

Question = Callable[[], object]


def main() -> int:
    """Time every question, print the table and the goals, and tell whether all were reached."""
    years = range(2024, 2028)
    federal = set(holidays.country_holidays("US", years=years))
    reached = True
    for label, closed in (("US federal holidays", federal), ("no holidays", set[date]())):
        print(f"\nMon-Fri 09:00-17:00 {ZONE}, {label}; best of {ROUNDS} interleaved rounds, microseconds a call")
        print(f"{'':16}{'ours':>10}" + "".join(f"{peer:>20}{'ratio':>9}" for peer in PEERS))
        best = {name: timed(questions) for name, questions in asked(closed).items()}
        for name, row in best.items():
            peers = "".join(f"{row[peer] * 1e6:20.2f}{row[peer] / row['ours']:8.1f}x" for peer in PEERS)
            print(f"{name:16}{row['ours'] * 1e6:10.2f}{peers}")
        if closed:
            reached = judged(best)
    return 0 if reached else 1


def asked(closed: set[date]) -> dict[str, dict[str, Question]]:
    """Return each question as one call for each library, by its name; all answer alike."""
    ours = BusinessCalendar(ZONE, {day: [("09:00", "17:00")] for day in range(5)}, closed)
    schedule = workclock.Schedule(
        [workclock.WorkDay(clock(9), clock(17)), workclock.Holidays(sorted(closed))], time_zone=ZoneInfo(ZONE)
    )
    rules = businesstimedelta.Rules(
        [businesstimedelta.WorkDayRule(clock(9), clock(17), list(range(5)), tz=pytz.timezone(ZONE))]
        + ([businesstimedelta.HolidayRule(sorted(closed), tz=pytz.timezone(ZONE))] if closed else [])
    )
    questions: dict[str, dict[str, Question]] = {}
    for span, (end, amount) in SPANS.items():
        questions[f"between, {span}"] = {
            "ours": partial(ours.between, START, end),
            "workclock": partial(schedule.between, START, end),
            "businesstimedelta": partial(difference, rules, START, end),
        }
        questions[f"add, {span}"] = {
            "ours": partial(ours.add, START, amount),
            "workclock": partial(schedule.add, START, amount),
            "businesstimedelta": partial(add, START, businesstimedelta.BusinessTimeDelta(rules, timedelta=amount)),
        }
    return questions


def difference(rules: businesstimedelta.Rules, start: datetime, end: datetime) -> timedelta:
    """Return the peer's answer as the others give it."""
    counted: timedelta = rules.difference(start, end).timedelta
    return counted


def timed(questions: dict[str, Question]) -> dict[str, float]:
    """Return the seconds that one call takes each library in its best round."""
    answers = {name: ask() for name, ask in questions.items()}
    if len(set(answers.values())) != 1:
        raise SystemExit(f"The libraries disagree: {answers}")
    calls = {name: max(1, int(SLICE / max(seconds(ask, 3), 1e-7))) for name, ask in questions.items()}
    best = dict.fromkeys(questions, float("inf"))
    for _ in range(ROUNDS):
        for name, ask in questions.items():
            best[name] = min(best[name], seconds(ask, calls[name]))
    return best


def seconds(ask: Question, calls: int) -> float:
    """Return the seconds that one call takes, on average of so many."""
    begun = time.perf_counter()
    for _ in range(calls):
        ask()
    return (time.perf_counter() - begun) / calls


def judged(best: dict[str, dict[str, float]]) -> bool:
    """Print each goal beside what was measured, and tell whether all were reached."""
    print()
    reached = True
    for question in ("between", "add"):
        for span, goal in GOALS.items():
            row = best[f"{question}, {span}"]
            ratio = row["workclock"] / row["ours"]
            reached &= ratio >= goal
            print(f"{question}: {ratio:6.1f} times workclock on a {span}'s span (goal: at least {goal:g})")
        growth = best[f"{question}, year"]["ours"] / best[f"{question}, day"]["ours"]
        reached &= growth <= YEAR_OVER_DAY
        print(f"{question}: {growth:6.2f} times as long for a year as for a day (goal: at most {YEAR_OVER_DAY:g})")
    return reached


if __name__ == "__main__":
    sys.exit(main())
