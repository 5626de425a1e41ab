"""Writes the demonstration's past: a year of support for two clients, by chance from one seed.

`python -m portal.demo.past` writes `histories/*-past.jsonl`, which are committed: the demonstration reads them and
never this. What stands open is written by hand in the files beside them.
"""

from __future__ import annotations

import itertools
import json
import random
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

HISTORIES = Path(__file__).parent / "histories"
EASTERN = ZoneInfo("America/New_York")
FIRST_DAY = date(2026, 3, 2)
LAST_DAY = date(2027, 2, 21)
FIRST_NUMBER = 1831
TAKEN = frozenset({1987})
"""Numbers of incidents that are written by hand."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STAFF = ("jonas.lindqvist@northlight.example", "priya.raman@northlight.example")

Row = dict[str, Any]
Texts = Sequence[str]
"""A title, what the client wrote, and what staff wrote when it was solved."""
TEXTS: dict[str, list[Texts]] = tomllib.loads(Path(__file__).with_name("past.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Habit:
    """How a severity is handled: hours until the answer and the solution, hours between updates (0: none promised)."""

    share: float
    answer: float
    solution: float
    update: float


@dataclass
class Support:
    """One client's support, and what to write about it."""

    agreement: str
    seed: int
    count: int
    habits: dict[str, Habit]
    reporters: Sequence[str]
    texts: Sequence[Texts]
    releases: Sequence[tuple[str, date]]
    fixed_by_release: str
    opening: tuple[int, int]
    reproduces: bool
    rows: list[Row] = field(default_factory=list)
    said: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311  (made-up data, the same at every run)

    def reports(self) -> list[datetime]:
        """Return when incidents were reported."""
        return [self._report() for _ in range(self.count)]

    def write(self, reports: Iterable[tuple[str, datetime]]) -> None:
        """Make up each incident of these references and reports, then the releases that fix what waited for them."""
        fixes: dict[str, list[str]] = {name: [] for name, _ in self.releases}
        for ref, start in reports:
            Story(self, self.chance, ref, start).write(fixes)
        for name, day in self.releases:
            published = datetime.combine(day, time(16), EASTERN)
            self.add(published - 28 * DAY, "release.planned", release=name, planned_at=published.isoformat())
            self.add(published, "release.published", release=name, fixes=fixes[name])

    def _report(self) -> datetime:
        """Return a moment of a working day for the most part; never in the hours that a change of clocks moves."""
        chance = self.chance
        while True:
            day = FIRST_DAY + timedelta(days=chance.randrange((LAST_DAY - FIRST_DAY).days))
            if day.weekday() < 5 or (not self.reproduces and chance.random() < 0.15):
                opens, closes = self.opening
                minute = chance.randrange(opens * 60, closes * 60)
                return datetime.combine(day, time(minute // 60, minute % 60), EASTERN)

    def next_release(self, at: datetime) -> tuple[str, datetime] | None:
        """Return the first release a week or more after an instant."""
        for name, day in self.releases:
            published = datetime.combine(day, time(16), EASTERN)
            if published > at + 7 * DAY:
                return name, published
        return None

    def add(self, at: datetime, name: str, **fields: Any) -> None:
        """Write an event."""
        self.rows.append({"at": at.isoformat(timespec="seconds"), "event": name, **fields})

    def say(self, ref: str, at: datetime, by: str, body: str) -> None:
        """Write a message."""
        self.said.append(
            {
                "agreement": self.agreement,
                "incident": ref,
                "at": at.isoformat(timespec="seconds"),
                "by": by,
                "body": body,
            }
        )


@dataclass
class Story:
    """One incident, from its report to its end."""

    support: Support
    chance: random.Random
    ref: str
    start: datetime

    def write(self, fixes: dict[str, list[str]]) -> None:
        """Make it up and write it down; one that waits for a release is put among its fixes."""
        chance, support = self.chance, self.support
        severity = chance.choices(list(support.habits), [habit.share for habit in support.habits.values()])[0]
        habit = support.habits[severity]
        title, opening, solved = chance.choice(support.texts)
        category = chance.choices(["nonconformity", "availability", "general"], [0.84, 0.08, 0.08])[0]
        if severity == "critical":
            category = "availability"
        self._add(
            self.start,
            "reported",
            severity=severity,
            category=category,
            channel=chance.choice(["portal", "email"]),
            title=title,
        )
        reporter, agent = chance.choice(support.reporters), chance.choice(STAFF)
        support.say(self.ref, self.start, reporter, opening)
        answered = self.start + habit.answer * HOUR * self._share(late=0.06)
        self._add(answered, "responded")
        support.say(self.ref, answered, agent, "Thank you. I am looking at it and will write again when I know more.")
        if category == "general":
            self._add(answered + HOUR, "withdrawn", reason="Answered by the handbook.")
            return
        at = answered
        if support.reproduces:
            at += HOUR * chance.uniform(0.2, 2)
            self._add(at, "reproduced")
        if chance.random() < 0.12:
            at = self._wait(at, habit)
        release = support.next_release(at) if severity == support.fixed_by_release else None
        ended = (
            release[1] if release else max(at + HOUR / 4, self.start + habit.solution * HOUR * self._share(late=0.07))
        )
        self._updates(answered, ended, habit)
        if release:
            fixes[release[0]].append(self.ref)
            support.say(self.ref, ended, agent, f"{solved} It is part of release {release[0]}.")
            return
        self._add(ended, "resolved", by=chance.choices(["fix", "workaround"], [0.8, 0.2])[0])
        support.say(self.ref, ended, agent, solved)
        if chance.random() < 0.04:
            again = ended + HOUR * chance.uniform(2, 20)
            self._add(again, "reopened")
            support.say(self.ref, again, reporter, "It is back, with the same message as before.")
            self._updates(again, again + habit.solution * HOUR / 2, habit)
            self._add(again + habit.solution * HOUR / 2, "resolved", by="fix")
            support.say(self.ref, again + habit.solution * HOUR / 2, agent, "We found a second cause and removed it.")

    def _wait(self, at: datetime, habit: Habit) -> datetime:
        self._add(at, "waiting", on="information")
        resumed = at + habit.solution * HOUR * self.chance.uniform(0.05, 0.3)
        self._add(resumed, "resumed")
        return resumed

    def _updates(self, start: datetime, end: datetime, habit: Habit) -> None:
        at = start
        while habit.update:
            at += habit.update * HOUR * (self.chance.uniform(0.5, 0.97) if self.chance.random() > 0.04 else 1.2)
            if at >= end:
                return
            self._add(at, "contacted")

    def _share(self, *, late: float) -> float:
        """Return how much of a target is used: less than all of it, but for the few that are late."""
        return self.chance.uniform(1.05, 1.8) if self.chance.random() < late else self.chance.uniform(0.08, 0.9)

    def _add(self, at: datetime, name: str, **fields: Any) -> None:
        self.support.add(at, f"incident.{name}", incident=self.ref, **fields)


ALDER = Support(
    agreement="ALDER-SUPPORT",
    seed=2041,
    count=118,
    habits={
        "critical": Habit(0.12, 0.5, 6, 0.5),
        "major": Habit(0.33, 4, 24, 4),
        "minor": Habit(0.55, 6, 0, 168),
    },
    reporters=("dana.whitlock@alder-finch.example", "marcus.bell@alder-finch.example"),
    texts=TEXTS["alder"],
    releases=(
        ("Live 6.0", date(2026, 3, 31)),
        ("Live 6.1", date(2026, 5, 12)),
        ("Live 6.2", date(2026, 6, 23)),
        ("Live 6.3", date(2026, 8, 11)),
        ("Live 6.4", date(2026, 9, 22)),
        ("Live 6.5", date(2026, 11, 10)),
        ("Live 6.6", date(2027, 1, 12)),
        ("Live 6.7", date(2027, 2, 23)),
    ),
    fixed_by_release="minor",
    opening=(7, 22),
    reproduces=False,
)

COASTLINE = Support(
    agreement="COASTLINE-SUPPORT",
    seed=2038,
    count=76,
    habits={
        "critical": Habit(0.08, 1, 5, 0),
        "high": Habit(0.27, 2, 30, 0),
        "normal": Habit(0.4, 8, 100, 0),
        "low": Habit(0.25, 20, 0, 0),
    },
    reporters=("grace.holloway@coastline.example", "luis.ortega@coastline.example"),
    texts=TEXTS["coastline"],
    releases=(
        ("Portal 5.2", date(2026, 4, 21)),
        ("Portal 5.3", date(2026, 7, 14)),
        ("Portal 5.4", date(2026, 10, 13)),
        ("Portal 5.5", date(2027, 1, 19)),
        ("Portal 5.6", date(2027, 2, 24)),
    ),
    fixed_by_release="low",
    opening=(9, 16),
    reproduces=True,
)


def hosted_events() -> Iterator[Row]:
    """Yield Alder & Finch's events of the past year, each announced a month before."""
    for name, day, days in (
        ("Planners' Days", date(2026, 4, 14), 2),
        ("Summer Forum", date(2026, 6, 16), 1),
        ("Autumn Expo", date(2026, 9, 29), 3),
        ("Winter Gala", date(2026, 12, 8), 1),
        ("Partner Day", date(2027, 2, 18), 2),
    ):
        first = datetime.combine(day, time(9), EASTERN)
        sessions = [
            [(first + number * DAY).isoformat(), (first + number * DAY + 9 * HOUR).isoformat()]
            for number in range(days)
        ]
        yield {
            "at": (first - 30 * DAY).isoformat(),
            "event": "hosted_event.scheduled",
            "hosted_event": name,
            "timezone": "America/New_York",
            "sessions": sessions,
        }


def suspensions() -> Iterator[Row]:
    """Yield the one time that Alder & Finch was behind with its fees."""
    yield {"at": "2026-08-03T09:00:00-04:00", "event": "agreement.suspended"}
    yield {"at": "2026-08-06T11:30:00-04:00", "event": "agreement.reinstated"}


def _write(name: str, rows: Iterable[Row]) -> None:
    ordered = sorted(rows, key=lambda row: datetime.fromisoformat(row["at"]))
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in ordered)
    (HISTORIES / name).write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Write the past of both clients, numbered through in the order of their reports."""
    supports = (ALDER, COASTLINE)
    reports = sorted((at, support.agreement) for support in supports for at in support.reports())
    numbers = (number for number in itertools.count(FIRST_NUMBER) if number not in TAKEN)
    numbered = [(f"INC-{number}", at, agreement) for number, (at, agreement) in zip(numbers, reports, strict=False)]
    for support in supports:
        support.write((ref, at) for ref, at, agreement in numbered if agreement == support.agreement)
    ALDER.rows += [*hosted_events(), *suspensions()]
    _write("alder-support-past.jsonl", ALDER.rows)
    _write("coastline-support-past.jsonl", COASTLINE.rows)
    _write("conversations-past.jsonl", [*ALDER.said, *COASTLINE.said])


if __name__ == "__main__":
    main()
