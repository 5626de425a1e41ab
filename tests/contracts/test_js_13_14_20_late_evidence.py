"""JS-13, JS-14, JS-20: what is learned after a month closed is proposed as a difference, and edits nothing.

The month closes once more on what is known then; what was posted stays as it was posted.
"""

from __future__ import annotations

from typing import Any

import pytest

from credits.models import Code, Entry, Kind, Line, MonthClose, Proposal
from incidents.models import Outage
from tests.contracts.months import approve_all, close, down, in_time, late, proposed
from tests.contracts.paid import PaidDesk
from tests.credits.books import held


@pytest.fixture
def desk(db: None) -> PaidDesk:
    """Live platform support at 10,000.00 a month, with those who decide on money."""
    return PaidDesk("juno-live-support")


def owed(desk: PaidDesk) -> int:
    """Return what the client is owed, in cents."""
    return held(desk.agreement.client, Code.CREDIT_OWED, "USD")


def books() -> list[tuple[Any, ...]]:
    """Return every line of the ledger."""
    return list(Line.objects.order_by("pk").values_list("pk", "entry_id", "account_id", "minor", "entry__payload_hash"))


def correct(desk: PaidDesk, when: str, outage: Outage, end: str) -> None:
    """Let the manager put an outage's end right."""
    start = "2026-03-10T00:00"
    desk.do(when, f"/outages/{outage.pk}/correct/", by=desk.manager, start=start, end=end, cause="unscheduled")


def march(desk: PaidDesk, when: str) -> str:
    """Return the page of March's last close."""
    last = MonthClose.objects.filter(month="2026-03-01").latest("number")
    return desk.read(when, f"/money/months/{last.pk}/", by=desk.finance)


def test_an_outage_that_was_longer_costs_the_difference_and_one_that_was_shorter_gives_it_back(desk: PaidDesk) -> None:
    """Of March's 743 hours 15 cost 10 %, 23 cost 20 %, and 5 nothing."""
    outage = down(desk, "03-10 16:00", "2026-03-10T00:00", "2026-03-10T15:00")
    close()
    approve_all(desk, "04-01 09:00")
    posted = books()

    correct(desk, "04-02 09:00", outage, "2026-03-10T23:00")
    close("04-03 00:30")
    longer = proposed()
    approve_all(desk, "04-03 09:00")
    after_longer = owed(desk)
    correct(desk, "04-04 09:00", outage, "2026-03-10T05:00")
    close("04-05 00:30")
    shorter, page = proposed(), march(desk, "04-05 09:00")
    approve_all(desk, "04-05 10:00")

    assert (longer, after_longer) == ({"availability": 100_000}, 200_000)
    assert (shorter, owed(desk)) == ({"availability": -200_000}, 0)
    assert books()[: len(posted)] == posted
    assert "Every promise with money behind it was kept." in page
    assert "\N{MINUS SIGN}$2,000.00" in page
    assert MonthClose.objects.filter(month="2026-03-01").count() == 3


def test_the_receipts_of_a_credit_and_of_its_difference_say_what_each_was_reckoned_from(desk: PaidDesk) -> None:
    outage = down(desk, "03-10 16:00", "2026-03-10T00:00", "2026-03-10T15:00")
    close()
    approve_all(desk, "04-01 09:00")
    first = Proposal.objects.get()
    before = desk.read("04-01 10:00", f"/money/credits/{first.pk}/", by=desk.boss)
    correct(desk, "04-02 09:00", outage, "2026-03-10T23:00")
    close("04-03 00:30")

    earlier = desk.read("04-03 09:00", f"/money/credits/{first.pk}/", by=desk.boss)
    receipt = desk.read("04-03 09:00", f"/money/credits/{Proposal.objects.latest('pk').pk}/", by=desk.finance)

    assert "The difference to what was decided before" in receipt
    assert "$2,000.00" in receipt
    assert "$1,000.00" in receipt
    assert "Put right since" not in before + receipt
    assert "This was reckoned from 15 h of downtime" in earlier


def test_incidents_that_are_linked_to_one_problem_late_make_a_recurring_credit(desk: PaidDesk) -> None:
    first, again = in_time(desk, "03-03"), in_time(desk, "03-17")
    close()
    before = proposed()

    for incident in (first, again):
        desk.work("04-10 10:00", incident, "link", new_problem="PRB-1", problem_title="Full cache")
    close("04-11 00:30")

    assert (before, proposed()) == ({}, {"recurring_critical": 150_000})
    assert Proposal.objects.get().payload["evidence"] == [f"incident:{first.ref}", f"incident:{again.ref}"]
    assert "$1,500.00" in march(desk, "04-11 09:00")


def test_a_breach_voided_after_its_credit_was_posted_takes_it_back_by_a_further_entry(desk: PaidDesk) -> None:
    incident = late(desk)
    close()
    approve_all(desk, "04-01 09:00")
    posted = books()

    void = f"/incidents/{incident.pk}/void/response_credit/1/"
    desk.do("04-02 09:00", void, by=desk.manager, reason="The answer went out by phone.")
    close("04-03 00:30")
    approve_all(desk, "04-03 09:00")

    assert owed(desk) == 150_000
    assert books()[: len(posted)] == posted
    minor = Entry.objects.filter(kind=Kind.SERVICE_CREDIT, lines__account__code=Code.CREDIT_OWED)
    assert sorted(minor.values_list("lines__minor", flat=True)) == [-100_000, 100_000, 150_000]


@pytest.mark.parametrize("decided", [False, True], ids=["while it waits", "once it is decided"])
def test_a_difference_is_proposed_once_however_often_the_month_is_looked_at(desk: PaidDesk, *, decided: bool) -> None:
    outage = down(desk, "03-10 16:00", "2026-03-10T00:00", "2026-03-10T15:00")
    close()
    approve_all(desk, "04-01 09:00")
    correct(desk, "04-02 09:00", outage, "2026-03-10T23:00")
    close("04-03 00:30")
    if decided:
        approve_all(desk, "04-03 09:00")
    there = Proposal.objects.count(), MonthClose.objects.filter(month="2026-03-01").count()

    for when in ("04-03 10:00", "04-04 00:30", "05-01 00:30"):
        close(when)

    assert (Proposal.objects.count(), MonthClose.objects.filter(month="2026-03-01").count()) == there == (2, 2)


def test_a_correction_back_and_forth_before_anybody_decides_leaves_what_stands_now(desk: PaidDesk) -> None:
    outage = down(desk, "03-10 16:00", "2026-03-10T00:00", "2026-03-10T15:00")
    close()

    correct(desk, "04-02 09:00", outage, "2026-03-10T05:00")
    close("04-03 00:30")
    between = proposed()
    correct(desk, "04-04 09:00", outage, "2026-03-10T15:00")
    close("04-05 00:30")

    assert (between, proposed()) == ({}, {"availability": 100_000})
