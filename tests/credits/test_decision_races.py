"""Two people at the same time, each in a process of their own: on one month, one proposal, one quote, one hour's work.

Whoever comes second is told so, and nothing is done twice. Clause: JS-2, JS-13, JB-8.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from django.db.models import Count

from credits.jobs import job_of
from credits.models import (
    Code,
    Decision,
    Entry,
    Kind,
    MonthClose,
    Proposal,
    QuoteDecision,
    QuoteVersion,
    Rate,
    TimeEntry,
)
from credits.rules.quotes import FixedPrice
from credits.services import approve_proposal, log_time, quote_work, verify
from incidents.models import Incident
from portal.accounts.models import Role, User
from portal.clients.models import Agreement
from portal.contract.money import Money
from portal.replay.loading import load_history
from tests.contracts.judging import Line, event, lines_of, reported
from tests.credits.books import held, propose
from tests.credits.rival import NOW
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory
from tests.portal.clocks.workers import running, wait_for_ready

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 6
"""How many each process goes through, so that they meet at least once."""

Act = tuple[str, User, int]
"""What somebody does to which row."""


def rivals(var: Path, *sides: Sequence[Act]) -> list[list[str]]:
    """Let each side do its acts in a process of its own, all at once, and return what came of each."""
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                running(
                    [
                        *(sys.executable, "-m", "tests.credits.rival"),
                        *(f"{name}:{by.pk}:{row}" for name, by, row in acts),
                    ],
                    var,
                )
            )
            for acts in sides
        ]
        wait_for_ready(*processes)
        return [process.stdout.readline().decode().split() for process in processes if process.stdout]


def one_each(told: list[list[str]], refusal: str) -> bool:
    """Return whether of two exactly one had each row, and the other was refused it in that way."""
    return all(sorted(pair) == sorted(("done", refusal)) for pair in zip(*told, strict=True))


def history(*, cause: str = "") -> list[Line]:
    """Return a critical incident that was answered and resolved over both thresholds."""
    why = {"cause": cause} if cause else {}
    return [
        reported("04-02 10:00"),
        event("04-02 11:00", "responded"),
        event("04-02 17:00", "resolved", **why),
    ]


def loaded(agreement: Agreement, *events: Line, terms: str = "juno-live-support") -> None:
    load_history(agreement_ref=agreement.ref, lines=lines_of(*events, terms=terms, until=NOW), now=NOW)


@pytest.fixture
def agreement() -> Agreement:
    made: Agreement = AgreementFactory()
    return made


def finance() -> User:
    made: User = StaffFactory(role=Role.FINANCE)
    return made


def boss(agreement: Agreement) -> User:
    made: User = ClientUserFactory(client=agreement.client, role=Role.CLIENT_ADMINISTRATOR)
    return made


def test_two_closers_close_each_month_once_and_propose_each_line_once(tmp_path: Path) -> None:
    for _ in range(ROWS):
        loaded(AgreementFactory(), *history())
    closing = [("close", finance(), 0)]

    told = rivals(tmp_path, closing, closing)

    assert told == [["done"], ["done"]]
    april = MonthClose.objects.filter(month=date(2026, 4, 1))
    assert april.count() == april.filter(number=1).count() == ROWS
    assert not MonthClose.objects.filter(number__gt=1).exists()
    lines = Proposal.objects.values("agreement", "payload__rule").annotate(times=Count("pk"))
    assert [row["times"] for row in lines] == [1] * 2 * ROWS


def test_of_two_who_decide_on_one_proposal_one_does_and_what_is_posted_is_posted_once(
    agreement: Agreement, tmp_path: Path
) -> None:
    proposals = [propose(agreement, key=str(number)).pk for number in range(2 * ROWS)]
    first, second = finance(), finance()

    told = rivals(
        tmp_path,
        [("approve", first, pk) for pk in proposals],
        [("waive" if number % 2 else "approve", second, pk) for number, pk in enumerate(proposals)],
    )

    assert one_each(told, "already_decided")
    approved = Decision.objects.filter(verdict="approved").count()
    assert Decision.objects.count() == 2 * ROWS
    assert Entry.objects.filter(kind=Kind.SERVICE_CREDIT).count() == approved >= ROWS
    assert held(agreement.client, Code.CREDIT_OWED, "USD") == approved * 100_00
    assert verify().wrong == ()


def test_of_two_who_decide_on_one_quote_one_does(agreement: Agreement, tmp_path: Path) -> None:
    names = [f"A{number}" for number in range(2 * ROWS)]
    loaded(agreement, *(reported("04-02 10:00", "minor", incident=name, category="general") for name in names))
    offered = [quoted(name).pk for name in names]
    first, second, staff = boss(agreement), boss(agreement), finance()
    others = [("accept", second), ("decline", second), ("withdraw", staff)]

    told = rivals(
        tmp_path,
        [("accept", first, pk) for pk in offered],
        [(*others[number % 3], pk) for number, pk in enumerate(offered)],
    )

    assert one_each(told, "quote_decided")
    assert QuoteDecision.objects.count() == 2 * ROWS


def quoted(name: str) -> QuoteVersion:
    """Quote an incident that no fee covers."""
    job = job_of("incident", Incident.objects.get(ref=name).pk, user=StaffFactory(role=Role.MANAGER))
    price = FixedPrice(Money(100_00, "USD"))
    return quote_work(job=job, price=price, text="Two sessions.", valid_until=date(2026, 6, 1), by=finance(), now=NOW)


def test_one_hours_work_is_charged_by_one_of_two(tmp_path: Path) -> None:
    agreement = AgreementFactory(preset="jbi-support")
    loaded(agreement, *history(cause="client_misuse"), terms="jbi-support")
    Rate.objects.create(name="Engineer", unit_id="USD", hourly=200_00, from_on=date(2026, 1, 1))
    engineer = StaffFactory()
    hours = [
        log_time(
            agreement=agreement,
            subject=f"incident:{Incident.objects.get().ref}",
            worked_by=engineer,
            worked_on=date(2026, 4, 2),
            minutes=60,
            rate="Engineer",
            currency="USD",
            by=engineer,
            now=NOW,
        ).pk
        for _ in range(ROWS)
    ]
    first, second = finance(), finance()

    told = rivals(tmp_path, [("charge", first, pk) for pk in hours], [("charge", second, pk) for pk in hours])
    for proposal in Proposal.objects.all():
        approve_proposal(proposal_id=proposal.pk, by=StaffFactory(role=Role.ADMINISTRATOR), now=NOW)

    assert one_each(told, "already_charged")
    assert held(agreement.client, Code.CHARGES_OWED, "USD") == ROWS * 200_00
    assert not TimeEntry.objects.chargeable().exists()
