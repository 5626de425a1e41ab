"""What a month's missed promises cost, against an oracle that knows the contract's words and nothing of the rules.

The oracle asks every question anew: each month for each row, each pair of incidents for a recurrence, each day for a
month's end. It has the figures of the contract of its own, and divides in decimals where the rules keep fractions.

Clause: JS-13, JS-14, JS-20, T-8, T-10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from credits.rules.service_credits import CreditLine, Crossing, MonthlyFee, Occurrence, credit_lines
from incidents.rules.availability import MonthFigure
from incidents.rules.intervals import Intervals
from incidents.rules.months import Month
from portal.contract.money import Money
from portal.contract.terms import CreditTerms, read_terms

ROWS = [("critical", "response"), ("major", "response"), ("critical", "resolution"), ("major", "resolution")]
PERCENTS = {
    "critical_response": "10",
    "major_response": "5",
    "critical_resolution": "15",
    "major_resolution": "10",
    "recurring_critical": "15",
}
CURRENCIES = ["USD", "JPY", "KWD"]
MONTHS = [f"{year}-{number:02d}" for year in (2025, 2026) for number in range(1, 13)]

Told = tuple[str, str, Decimal, int | None, tuple[str, ...]]
"""A line: its month, its rule, its percent, its amount in minor units, its evidence."""


@dataclass(frozen=True, eq=False)
class Reading:
    """How the terms read the five rows: their percents, and the rules that are credited for each incident."""

    percents: dict[str, str]
    each: frozenset[str]

    @property
    def terms(self) -> CreditTerms:
        """The same as terms: the contract's, overridden."""
        overrides: dict[str, Any] = {
            rule: {"percent": percent, "per": "incident" if rule in self.each else "month"}
            for rule, percent in self.percents.items()
        }
        terms = read_terms("juno-live-support", {"credits": overrides}).document.credits
        assert terms is not None
        return terms


@dataclass(frozen=True)
class Case:
    """All that a credit depends on. `readings` are by month; a month without one grants none."""

    zone: ZoneInfo
    readings: dict[str, Reading]
    crossings: list[Crossing]
    occurrences: list[Occurrence]
    figures: list[MonthFigure]
    fee: tuple[int, str, str] | None


# ---------------------------------------------------------------------------------------------------------- the oracle


def month_of(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat()[:7]


def three_months_after(day: date) -> date:
    """Return the same day three months on, or the last day of that month where it has no such day."""
    year, month = (day.year, day.month + 3) if day.month <= 9 else (day.year + 1, day.month - 9)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError(day)


def of_the_fee(percent: Decimal, fee: tuple[int, str, str] | None) -> int | None:
    """Return a percentage of the month's fee in minor units, half of one rounded up."""
    if fee is None:
        return None
    minor, _, per = fee
    with localcontext(prec=60):
        exact = Decimal(minor) * percent / (Decimal(1200) if per == "year" else Decimal(100))
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def tier(uptime: Fraction | None) -> int:
    """Return the percent for an uptime, compared exactly."""
    if uptime is None or uptime >= Fraction(99, 100):
        return 0
    if uptime >= Fraction(98, 100):
        return 5
    if uptime >= Fraction(97, 100):
        return 10
    return 20 if uptime >= Fraction(96, 100) else 30


def in_order(pairs: Sequence[tuple[datetime, str]]) -> tuple[str, ...]:
    """Return each subject once, by the first of its instants."""
    told: list[str] = []
    for _, subject in sorted(pairs):
        if subject not in told:
            told.append(subject)
    return tuple(told)


def recurred(case: Case, month: str) -> list[tuple[tuple[datetime, str], list[tuple[datetime, str]]]]:
    """Return each critical incident reported in a month, with those before it that make it a recurring one."""
    found = []
    for later in case.occurrences:
        before = [
            (one.reported_at, one.subject)
            for one in case.occurrences
            if one.problem == later.problem
            and one.severity == later.severity == "critical"
            and (one.reported_at, one.subject) < (later.reported_at, later.subject)
            and later.reported_at.astimezone(case.zone).date()
            <= three_months_after(one.reported_at.astimezone(case.zone).date())
        ]
        if before and month_of(later.reported_at, case.zone) == month:
            found.append(((later.reported_at, later.subject), before))
    return found


def oracle(case: Case) -> list[Told]:
    """Return what the contract's words give, month by month."""
    told: list[Told] = []
    for month in MONTHS:
        reading = case.readings.get(month)
        if reading is None:
            continue
        due: list[tuple[str, Decimal, tuple[str, ...]]] = []
        for severity, target in ROWS:
            rule = f"{severity}_{target}"
            late = [
                (one.at, one.subject)
                for one in case.crossings
                if (one.severity, one.target) == (severity, f"{target}_credit") and month_of(one.at, case.zone) == month
            ]
            subjects = in_order(late)
            groups = [(subject,) for subject in subjects] if rule in reading.each else [subjects] if subjects else []
            due += [(rule, Decimal(reading.percents[rule]), group) for group in groups]
        again = recurred(case, month)
        if again and "recurring_critical" not in reading.each:
            everything = [incident for later, before in again for incident in (*before, later)]
            again = [(max(everything), everything)]
        for later, before in again:
            rule = "recurring_critical"
            due.append((rule, Decimal(reading.percents[rule]), in_order([*before, later])))
        for figure in case.figures:
            percent = max(tier(figure.uptime), tier(figure.hosted_uptime))
            if str(figure.month) == month and percent and not figure.partial:
                due.append(("availability", Decimal(percent), figure.outages))
        lines = [(month, rule, percent, of_the_fee(percent, case.fee), evidence) for rule, percent, evidence in due]
        passed = sum(percent for _, percent, _ in due) - 100
        if passed > 0:
            whole = of_the_fee(Decimal(100), case.fee)
            owed = [amount for *_, amount, _ in lines if amount is not None]
            # Rounding may bring the lines of a tiny fee under it by themselves: a cap takes away, and gives nothing.
            off = None if whole is None else min(whole - sum(owed), 0)
            lines.append((month, "cap", -Decimal(passed), off, ()))
        told += lines
    return sorted(told, key=lambda line: (line[0], line[1], line[4]))


# ----------------------------------------------------------------------------------------------------------- the cases


ZONES = [ZoneInfo(name) for name in ("America/New_York", "UTC", "Pacific/Kiritimati", "Pacific/Marquesas")]
DAYS = [
    date.fromisoformat(f"{month}-{day}") + timedelta(days=step)
    for month in MONTHS[10:20]
    for day in ("01", "15", "28")
    for step in range(-1, 4)
]
TIMES = [time(0), time(0, 0, 0, 1), time(4, 30), time(9, 30), time(12), time(23, 59, 59, 999_999)]
# Where rules go wrong: at the ends of months, near midnight there and in UTC, on the nights on which clocks change.
INSTANTS = {
    zone: st.sampled_from([datetime.combine(day, at, zone).astimezone(UTC) for day in DAYS for at in TIMES])
    for zone in ZONES
}


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    percents = st.one_of(st.just(""), st.sampled_from(["0.5", "33.33", "60", "100"]))
    return Reading(
        {rule: draw(percents) or plain for rule, plain in PERCENTS.items()},
        frozenset(draw(st.sets(st.sampled_from(sorted(PERCENTS)), max_size=2))),
    )


UPTIMES = st.one_of(
    st.none(),
    st.sampled_from([Fraction(99), Fraction(98), Fraction(97), Fraction(96), Fraction(0), Fraction(100)]).flatmap(
        lambda percent: st.sampled_from([percent, percent - Fraction(1, 10**9), percent + Fraction(1, 10**9)])
    ),
    st.fractions(Fraction(95), Fraction(100), max_denominator=44_640),
).map(lambda percent: None if percent is None else min(max(percent / 100, Fraction(0)), Fraction(1)))


def figure(month: str, uptime: Fraction | None, hosted: Fraction | None, *, partial: bool) -> MonthFigure:
    year, number = (int(part) for part in month.split("-"))
    return MonthFigure(
        month=Month(year, number),
        end=datetime(2027, 1, 1, tzinfo=UTC),
        partial=partial,
        total=Intervals(),
        counted=Intervals(),
        scheduled=Intervals(),
        uptime=uptime,
        hosted_uptime=hosted,
        target="99",
        met=False,
        outages=("outage:O",),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone = draw(st.sampled_from(ZONES))
    names = [f"incident:{letter}" for letter in "ABCDEFG"]
    crossing = st.builds(
        Crossing,
        at=INSTANTS[zone],
        subject=st.sampled_from(names),
        severity=st.sampled_from(["critical", "major"]),
        target=st.sampled_from(["response_credit", "resolution_credit"]),
    )
    occurrences = [
        Occurrence(
            draw(INSTANTS[zone]),
            name,
            draw(st.sampled_from("PQ")),
            draw(st.sampled_from(["critical", "critical", "major"])),
        )
        for name in draw(st.lists(st.sampled_from(names), unique=True, max_size=6))
    ]
    first, second = draw(readings()), draw(readings())
    amended = draw(st.sampled_from(MONTHS))
    without = draw(st.sets(st.sampled_from(MONTHS), max_size=2))
    return Case(
        zone=zone,
        readings={month: first if month < amended else second for month in MONTHS if month not in without},
        crossings=draw(st.lists(crossing, max_size=10)),
        occurrences=occurrences,
        figures=[
            figure(month, draw(UPTIMES), draw(UPTIMES), partial=draw(st.booleans()))
            for month in draw(st.sets(st.sampled_from(MONTHS[10:20]), max_size=4))
        ],
        fee=draw(
            st.one_of(
                st.none(),
                st.tuples(
                    st.one_of(st.integers(1, 200), st.integers(1, 10**13)),
                    st.sampled_from(CURRENCIES),
                    st.sampled_from(["month", "year"]),
                ),
            )
        ),
    )


def judge(case: Case) -> list[CreditLine]:
    """Return what the rules say of a case."""
    fee = None
    if case.fee is not None:
        minor, currency, per = case.fee
        fee = MonthlyFee.of(Money(minor, currency), per)
    terms = {reading: reading.terms for reading in set(case.readings.values())}
    return credit_lines(
        crossings=case.crossings,
        occurrences=case.occurrences,
        figures=case.figures,
        terms_of={
            Month(*(int(part) for part in month.split("-"))): terms[reading] for month, reading in case.readings.items()
        },
        fee=fee,
        zone=case.zone,
    )


def told_by(lines: Sequence[CreditLine]) -> list[Told]:
    return [
        (str(line.month), line.rule, line.percent, None if line.amount is None else line.amount.minor, line.evidence)
        for line in lines
    ]


# ----------------------------------------------------------------------------------------------------------- the tests


@settings(max_examples=300, deadline=None)
@given(case=cases())
def test_every_line_is_what_the_contracts_words_give(case: Case) -> None:
    lines = judge(case)

    assert told_by(lines) == oracle(case)
    assert all(type(line.amount.minor) is int for line in lines if line.amount is not None)
    for month in {line.month for line in lines}:
        own = [line for line in lines if line.month == month]
        owed = sum(line.amount.minor for line in own if line.amount is not None)
        fee = of_the_fee(Decimal(100), case.fee)
        assert sum(line.percent for line in own) <= 100
        # Each line is rounded by itself, half a minor unit at most.
        assert fee is None or owed <= fee + Decimal(len(own)) / 2


def test_a_cap_that_rounding_leaves_nothing_to_take_from_gives_nothing_either() -> None:
    """Three times 40 % of 1.01 are 0.40 each, 1.20 in all; of 0.01 they are nothing, and so is what is over the fee."""
    severe = ("critical_response", "major_response", "critical_resolution")
    reading = Reading({**PERCENTS, **dict.fromkeys(severe, "40")}, frozenset())
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    crossings = [
        Crossing(at, "incident:A", severity, f"{target}_credit")
        for severity, target in (row for row in ROWS if "_".join(row) in severe)
    ]

    amounts = {
        minor: [amount for *_, amount, _ in told_by(judge(case))]
        for minor in (101, 1)
        for case in [Case(ZONES[0], {"2026-03": reading}, crossings, [], [], (minor, "USD", "month"))]
    }

    assert amounts == {101: [-19, 40, 40, 40], 1: [0, 0, 0, 0]}
