"""JB-8: what is not the provider's fault may be charged: the investigation at current rates, and expenses.

The client sees it with its reason.
"""

from __future__ import annotations

import re
from datetime import date

import pytest

from credits.models import Charge, Code, Proposal, Rate, TimeEntry
from incidents.models import Incident
from portal.alerts.models import Message
from tests.contracts.paid import PaidDesk
from tests.credits.books import held

WHY = "Your own proxy cut the connection: we searched for it with you."


@pytest.fixture
def desk(db: None) -> PaidDesk:
    """Support in business hours, with those who decide on money."""
    return PaidDesk("jbi-support")


def investigated(desk: PaidDesk, cause: str = "outside_control") -> Incident:
    """Let two hours and a quarter be spent on what turns out not to be the provider's."""
    incident = desk.report("10:00", category="nonconformity")
    desk.log("12:00", "incident", incident.pk, hours="1:30", note="Read the logs")
    desk.log("13:00", "incident", incident.pk, hours="0:45", note="Traced the network")
    desk.work("13:30", incident, "cause", cause=cause, reason="The trace ends at your proxy.")
    return incident


def owed(desk: PaidDesk) -> int:
    """Return what the client owes for charges, in cents."""
    return held(desk.agreement.client, Code.CHARGES_OWED, "USD")


def everything() -> list[int]:
    """Return all the time that was logged."""
    return list(TimeEntry.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("cause", ["client_misuse", "outside_control"])
def test_the_investigation_is_charged_at_the_rate_with_expenses_and_the_client_reads_why(
    desk: PaidDesk, cause: str
) -> None:
    """2 1/4 hours at 200.00 are 450.00; with 42.50 paid to others it is 492.50."""
    incident = investigated(desk, cause)

    proposal = desk.charge(
        "15:00", "incident", incident.pk, basis="cause", time=everything(), expenses="42.50", reason=WHY
    )
    before = owed(desk)
    charge = desk.approve("15:30", proposal)

    assert (before, owed(desk)) == (0, 49_250)
    assert charge.clause == "JB-8"
    page = re.sub(r"<[^>]*>", " ", desk.read("16:00", f"/charges/{charge.pk}/", by=desk.boss))
    for told in (WHY, "Read the logs", "Traced the network", "$300.00", "$150.00", "$42.50", "$492.50", "JB-8"):
        assert told in page
    assert Message.objects.filter(kind="charge_posted", address=desk.boss.email).exists()


def test_the_rate_is_that_of_the_day_of_the_work(desk: PaidDesk) -> None:
    Rate.objects.create(name="Engineer", unit_id="USD", hourly=24_000, from_on=date(2026, 3, 3))
    incident = investigated(desk)
    desk.log("03-03 10:00", "incident", incident.pk, hours="1", worked_on="2026-03-03", note="Once more")

    proposal = desk.charge("03-03 15:00", "incident", incident.pk, basis="cause", time=everything(), reason=WHY)
    desk.approve("03-03 15:30", proposal)

    assert owed(desk) == 45_000 + 24_000


def test_what_is_the_providers_own_is_not_charged(desk: PaidDesk) -> None:
    incident = desk.report("10:00", category="nonconformity")
    desk.log("12:00", "incident", incident.pk)

    sent = desk.send(
        "15:00",
        f"/work/incident/{incident.pk}/charge/",
        by=desk.manager,
        basis="cause",
        time=everything(),
        reason="Anyway.",
    )

    assert sent.status_code != 302
    assert not Proposal.objects.exists()


def test_without_a_reason_nothing_is_charged(desk: PaidDesk) -> None:
    incident = investigated(desk)

    refused = desk.refused(
        "15:00", f"/work/incident/{incident.pk}/charge/", by=desk.manager, basis="cause", time=everything(), reason=" "
    )

    assert refused["reason"]
    assert not Proposal.objects.exists()


def test_the_client_sees_neither_a_charge_nor_its_time_before_a_second_person_approved_it(desk: PaidDesk) -> None:
    incident = investigated(desk)
    proposal = desk.charge("15:00", "incident", incident.pk, basis="cause", time=everything(), reason=WHY)

    unseen = desk.read("15:10", "/charges/", by=desk.boss)
    desk.do("15:20", f"/money/proposals/{proposal.pk}/", by=desk.finance, verdict="waive", reason="A gesture of ours.")

    assert incident.ref not in unseen
    assert owed(desk) == 0
    assert not Charge.objects.exists()
