"""JI-8, JN-2: units bought ahead: what is left is known before work starts, and is never below zero.

Bought as hours or sessions by order number, as flexible credits at list price, or as advanced credits that one request
redeems; spent soonest to expire first, and never from a lot that expired.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from credits.models import Code, Entry, Kind
from credits.tasks import expire_lots
from tests.contracts.desk import at
from tests.contracts.paid import PaidDesk
from tests.credits.books import held, left_in_lots


@pytest.fixture
def desk(db: None) -> PaidDesk:
    """Implementation support, whose units are bought ahead."""
    return PaidDesk("juniper-implementation")


def form(desk: PaidDesk, act: str) -> str:
    """Return the address of a form of the client's prepaid units."""
    return f"/prepaid-units/{desk.agreement.client_id}/{act}/"


def grant(desk: PaidDesk, amount: str, *, unit: str = "hours", until: str = "", **fields: Any) -> None:
    """Let finance grant what the client bought."""
    told = {"agreement": desk.agreement.pk, "unit": unit, "amount": amount, "valid_until": until}
    told |= {"effective_on": "2026-03-01", "source": "PO-4711", "reason": "Order PO-4711."}
    desk.do("09:00", form(desk, "grant"), by=desk.finance, **{**told, **fields})


def of(desk: PaidDesk, unit: str = "hours") -> str:
    """Return how a form names a unit of the agreement."""
    return f"{desk.agreement.pk}:{unit}"


def spend(desk: PaidDesk, when: str, amount: str, *, unit: str = "hours", act: str = "use") -> None:
    """Let the manager use or hold units."""
    told = {"prepaid": of(desk, unit), "amount": amount, "reason": "Change CHG-1."}
    desk.do(when, form(desk, act), by=desk.manager, **told)


def refused(desk: PaidDesk, when: str, amount: str, *, unit: str = "hours", act: str = "use") -> str:
    """Let the manager try in vain, and return what the form says."""
    told = {"prepaid": of(desk, unit), "amount": amount, "reason": "Change CHG-1."}
    return str(desk.refused(when, form(desk, act), by=desk.manager, **told))


def left(desk: PaidDesk, unit: str = "hours") -> list[int]:
    """Return what is left of each lot, in the order in which they were granted."""
    return left_in_lots(desk.agreement.client, unit)


def client_page(desk: PaidDesk, when: str) -> str:
    """Return what the client reads of its units."""
    return " ".join(re.sub(r"<[^>]*>", " ", desk.read(when, "/prepaid/", by=desk.boss)).split())


def test_what_expires_first_is_used_first_whatever_was_bought_first(desk: PaidDesk) -> None:
    grant(desk, "2")
    grant(desk, "2", until="2026-12-31")
    grant(desk, "2", until="2026-06-30")

    spend(desk, "03-03 10:00", "3")

    assert left(desk) == [200, 100, 0]
    page = client_page(desk, "03-03 11:00")
    assert "3 hours left" in page
    assert "Change CHG-1." in page


@pytest.mark.parametrize("act", ["use", "hold"])
def test_more_than_is_left_is_refused_with_what_is_left_before_any_work_starts(desk: PaidDesk, act: str) -> None:
    """An estimate of six hours against five: nothing of it is taken. Clause: JI-8."""
    grant(desk, "5")

    told = refused(desk, "03-03 10:00", "6", act=act)

    assert "6.00 hours would be taken, and 5.00 hours is left" in told
    assert left(desk) == [500]
    assert not Entry.objects.exclude(kind=Kind.GRANT).exists()


def test_what_is_held_for_one_request_is_not_left_for_another(desk: PaidDesk) -> None:
    grant(desk, "5")
    spend(desk, "03-03 10:00", "4", act="hold")

    told = refused(desk, "03-03 11:00", "2")
    spend(desk, "03-03 12:00", "1")

    assert "1.00 hours is left" in told
    assert held(desk.agreement.client, Code.HELD, "hours") == 400
    assert "4 hours held besides" in client_page(desk, "03-03 13:00")


def test_a_lot_is_used_to_the_end_of_its_last_day_and_never_after(desk: PaidDesk) -> None:
    grant(desk, "2", until="2026-03-31")
    grant(desk, "1", until="2026-12-31")
    spend(desk, "03-31 23:59", "1")

    told = refused(desk, "04-01 00:00", "2")
    with at("04-01 00:10"):
        expire_lots()

    assert "1.00 hours is left" in told
    assert left(desk) == [0, 100]
    assert held(desk.agreement.client, Code.EXPIRED, "hours") == 100
    assert "Expired" in client_page(desk, "04-01 09:00")


def test_a_lot_is_not_used_before_it_is_valid(desk: PaidDesk) -> None:
    grant(desk, "1")
    grant(desk, "5", effective_on="2026-04-01")

    told = refused(desk, "03-31 23:59", "2")
    spend(desk, "04-01 00:00", "6")

    assert "1.00 hours is left" in told
    assert left(desk) == [0, 0]


@pytest.mark.parametrize(
    ("unit", "amount", "left_over"),
    [("sessions", "1", 2), ("flexible_credits", "1.50", 150), ("advanced_credits", "1", 2)],
)
def test_a_unit_is_redeemed_by_the_means_that_was_chosen_and_the_others_stay(
    desk: PaidDesk, unit: str, amount: str, left_over: int
) -> None:
    """Clause: JN-2."""
    for each in ("sessions", "flexible_credits", "advanced_credits"):
        grant(desk, "3", unit=each)

    spend(desk, "03-03 10:00", amount, unit=unit)

    assert {each: left(desk, each) for each in ("sessions", "flexible_credits", "advanced_credits")} == {
        "sessions": [3],
        "flexible_credits": [300],
        "advanced_credits": [3],
        unit: [left_over],
    }


@pytest.mark.parametrize(("unit", "amount"), [("sessions", "0.5"), ("advanced_credits", "1.5"), ("hours", "0.001")])
def test_a_part_that_the_unit_does_not_have_is_refused_with_its_scale(desk: PaidDesk, unit: str, amount: str) -> None:
    grant(desk, "3", unit=unit)

    assert "too precise" in refused(desk, "03-03 10:00", amount, unit=unit)
    assert Entry.objects.count() == 1


def test_two_clicks_use_once(desk: PaidDesk) -> None:
    grant(desk, "3")
    told = {"prepaid": of(desk), "amount": "1", "reason": "Once.", "submission": "3f9f1f0e-6d3b-4a53-9a55-1d1a2ad6d0aa"}

    for _ in range(2):
        desk.do("03-03 10:00", form(desk, "use"), by=desk.manager, **told)

    assert left(desk) == [200]
