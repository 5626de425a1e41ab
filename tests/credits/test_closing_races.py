"""A month's inputs change between a closer's reading and its writing: older figures never follow newer ones.

The other's act is done whole, on a connection of its own, at the instant at which the closer is about to take its first
lock. Clause: JS-13, JS-20.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import connection

from credits.models import Decision, MonthClose, Proposal, Verdict
from credits.services import close_months
from incidents.models import Incident
from incidents.services import void_breach
from portal.accounts.models import Role
from portal.clients.models import Agreement
from portal.replay.loading import load_history
from tests.contracts.judging import lines_of, ny
from tests.credits.test_closing import MAY, late, loaded, proposed
from tests.factories import AgreementFactory, StaffFactory

pytestmark = pytest.mark.django_db(transaction=True)

APRIL = date(2026, 4, 1)
LOCKS_OR_WRITES = re.compile(r"^(BEGIN|INSERT|UPDATE|DELETE)| FOR (NO KEY )?UPDATE\b")
FOURTH, FIFTH = ny("05-04 09:00"), ny("05-05 09:00")


@contextmanager
def between_reading_and_writing(act: Callable[[], object]) -> Iterator[list[str]]:
    """Let somebody else do something, once, before our connection's first statement that locks or writes."""
    told: list[str] = []

    def elsewhere() -> None:
        try:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SET lock_timeout = '20s'"
                    )  # Else a lock that is held already is waited for for ever.
            act()
        finally:
            connection.close()

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not told and LOCKS_OR_WRITES.search(sql):
            told.append(sql)
            with ThreadPoolExecutor(1) as other:
                other.submit(elsewhere).result(timeout=60)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield told


def void(agreement: Agreement, target: str) -> None:
    """Void the breach of one of the incident's thresholds."""
    void_breach(
        incident_id=Incident.objects.get(agreement=agreement).pk,
        target=target,
        ordinal=1,
        reason="Agreed with the client.",
        by=StaffFactory(role=Role.MANAGER),
        now=ny("05-03 09:00"),
    )


def crossed(close: MonthClose) -> list[str]:
    """Return the thresholds that a close was reckoned from."""
    return [target for _, _, _, target in close.inputs["crossings"]]


def closes() -> list[tuple[int, list[str]]]:
    """Return April's closes: the number, and the thresholds that it was reckoned from."""
    return [(row.number, crossed(row)) for row in MonthClose.objects.filter(month=APRIL).order_by("number")]


def test_a_closer_whose_inputs_went_stale_leaves_the_month_to_the_next_run() -> None:
    agreement = loaded(*late())

    def known_better() -> None:
        void(agreement, "response_credit")
        close_months(now=FOURTH)

    with between_reading_and_writing(known_better) as told:
        came = close_months(now=FOURTH)
    after = close_months(now=FIFTH)

    assert told
    assert (came.again, came.proposals, came.failed) == (0, 0, 0)
    assert closes() == [(1, ["resolution_credit"])]
    assert proposed() == [("critical_resolution", 1500_00)]
    assert (after.closed, after.again, after.proposals) == (0, 0, 0)


def test_a_closer_with_news_that_are_old_by_then_leaves_a_closed_month_as_it_is() -> None:
    agreement = loaded(*late())
    close_months(now=MAY)
    void(agreement, "response_credit")

    def known_better() -> None:
        void(agreement, "resolution_credit")
        close_months(now=FOURTH)

    with between_reading_and_writing(known_better) as told:
        came = close_months(now=FOURTH)
    after = close_months(now=FIFTH)

    assert told
    assert (came.again, came.proposals, came.failed) == (0, 0, 0)
    assert closes() == [(1, ["response_credit", "resolution_credit"]), (2, [])]
    assert proposed() == []
    assert (after.again, after.proposals) == (0, 0)


def test_what_changed_without_another_close_is_closed_again_by_the_next_run() -> None:
    agreement = loaded(*late())

    with between_reading_and_writing(lambda: void(agreement, "response_credit")) as told:
        close_months(now=FOURTH)
    stale = proposed()
    after = close_months(now=FIFTH)

    assert told
    assert stale == [("critical_resolution", 1500_00), ("critical_response", 1000_00)]
    assert (after.again, proposed()) == (1, [("critical_resolution", 1500_00)])
    assert closes() == [(1, ["response_credit", "resolution_credit"]), (2, ["resolution_credit"])]
    withdrawn = Decision.objects.get()
    assert (withdrawn.verdict, withdrawn.proposal.payload["rule"]) == (Verdict.WITHDRAWN, "critical_response")


def test_a_month_that_seemed_to_be_quiet_and_was_closed_by_another_with_its_lines_keeps_them() -> None:
    agreement: Agreement = AgreementFactory()

    def known_better() -> None:
        load_history(agreement_ref=agreement.ref, lines=lines_of(*late(), until=MAY), now=MAY)
        close_months(now=MAY)

    with between_reading_and_writing(known_better) as told:
        close_months(now=MAY)

    assert told
    assert closes() == [(1, ["response_credit", "resolution_credit"])]
    assert Proposal.objects.undecided().count() == 2
    assert close_months(now=FIFTH).again == 0
