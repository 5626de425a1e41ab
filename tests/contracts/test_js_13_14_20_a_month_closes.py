"""JS-13, JS-14, JS-20: a month that is over closes by beat; its credits are proposed, approved, posted and told.

Everything happens through pages, the flagger and the beat's task, as both sides see it.
"""

from __future__ import annotations

import pytest

from credits.models import Code, Entry, Kind, MonthClose, MonthHold, Proposal, Statement
from credits.tasks import close_months, issue_statements
from incidents.models import Incident, Outage
from portal.clients.models import Agreement
from tests.contracts.desk import at
from tests.contracts.paid import PaidDesk
from tests.credits.books import held


@pytest.fixture
def desk(db: None) -> PaidDesk:
    """Live platform support at 10,000.00 a month, with those who decide on money."""
    return PaidDesk("juno-live-support")


def late(desk: PaidDesk, day: str = "03-03") -> Incident:
    """Let a critical incident be answered after an hour and solved after eight: 10 % and 15 %."""
    incident = desk.report(f"{day} 09:00", category="nonconformity")
    desk.flag(f"{day} 09:45")
    desk.work(f"{day} 10:00", incident, "reply", body="We look at it.")
    desk.flag(f"{day} 16:00")
    desk.work(f"{day} 17:00", incident, "resolve", how="fix", body="It works again.")
    return incident


def close(when: str = "04-01 00:30") -> None:
    """Let beat close what is over."""
    with at(when):
        close_months()


def proposed() -> dict[str, int]:
    """Return what waits for a second person, by rule, in cents."""
    waiting = Proposal.objects.undecided()
    return {proposal.payload["rule"]: proposal.minor for proposal in waiting.order_by("pk")}


def test_late_answers_and_solutions_are_proposed_each_once_at_its_percent_of_the_fee(desk: PaidDesk) -> None:
    late(desk, "03-03")
    late(desk, "03-10")

    close()

    assert proposed() == {"critical_response": 100_000, "critical_resolution": 150_000}
    page = desk.read("04-01 09:00", "/money/proposals/", by=desk.finance)
    assert "Critical response late" in page
    assert "$1,000.00" in page


def test_what_was_approved_is_owed_told_on_the_statement_and_opens_to_its_minutes(desk: PaidDesk) -> None:
    incident = late(desk)
    close()
    proposal = Proposal.objects.get(payload__rule="critical_response")

    desk.do("04-01 09:00", f"/money/proposals/{proposal.pk}/", by=desk.finance, verdict="approve", reason="")
    with at("05-01 09:00"):
        issue_statements()
    statement = Statement.objects.get(unit="USD")
    told = desk.read("05-01 09:30", f"/statements/{statement.pk}/", by=desk.boss)
    receipt = desk.read("05-01 09:30", f"/money/credits/{proposal.pk}/", by=desk.boss)

    assert held(desk.agreement.client, Code.CREDIT_OWED, "USD") == 100_000
    assert f"/money/credits/{proposal.pk}/" in told
    assert "JS-13" in told
    assert "$10,000.00" in receipt
    assert incident.ref in receipt
    assert "09:30:00" in receipt
    assert "30 min" in receipt


def test_the_client_sees_no_receipt_of_what_nobody_decided_and_reads_why_something_was_waived(desk: PaidDesk) -> None:
    late(desk)
    close()
    response, resolution = Proposal.objects.order_by("pk")
    waived = {"verdict": "waive", "reason": "You asked us to wait for your window."}
    desk.do("04-01 09:00", f"/money/proposals/{resolution.pk}/", by=desk.finance, **waived)

    with at("04-01 10:00"):
        unseen = desk._browsers[desk.boss.pk].get(f"/money/credits/{response.pk}/")
    page = desk.read("04-01 10:00", f"/money/credits/{resolution.pk}/", by=desk.boss)

    assert unseen.status_code == 404
    assert "You asked us to wait for your window." in page


def test_an_annual_fees_twelfth_is_exact_and_rounded_half_up_only_in_the_line(desk: PaidDesk) -> None:
    """10 % of 100.05 / 12 is 0.83375, so 0.83; 15 % is 1.250625, so 1.25."""
    Agreement.objects.filter(pk=desk.agreement.pk).update(fee_minor=10_005, fee_per="year")
    late(desk)

    close()

    assert proposed() == {"critical_response": 83, "critical_resolution": 125}
    proposal = Proposal.objects.get(payload__rule="critical_response")
    assert "$100.05 / 12" in desk.read("04-01 09:00", f"/money/credits/{proposal.pk}/", by=desk.finance)


def test_the_proposal_shows_what_the_other_reading_would_give(desk: PaidDesk) -> None:
    late(desk, "03-03")
    late(desk, "03-10")
    close()
    proposal = Proposal.objects.get(payload__rule="critical_response")

    page = desk.read("04-01 09:00", f"/money/proposals/{proposal.pk}/", by=desk.finance)

    assert "Read as credited for each incident" in page
    assert "$2,000.00" in page


def test_availability_under_its_tier_is_credited_with_its_minutes(desk: PaidDesk) -> None:
    """Fifteen hours of March's 743 are 2.02 %, so 97.98 % and 10 %."""
    page = f"/availability/{desk.agreement.pk}/outages/new/"
    told = {"start": "2026-03-10T00:00", "end": "2026-03-10T15:00", "cause": "unscheduled"}
    desk.do("03-10 16:00", page, by=desk.manager, **told)

    close()

    assert proposed() == {"availability": 100_000}
    proposal = Proposal.objects.get()
    receipt = desk.read("04-01 09:00", f"/money/credits/{proposal.pk}/", by=desk.finance)
    assert "97.9812" in receipt
    assert "15 h" in receipt
    assert "JS-20" in receipt


def test_an_open_outage_holds_the_month_up_says_so_on_today_and_a_person_may_close_it_with_a_reason(
    desk: PaidDesk,
) -> None:
    page = f"/availability/{desk.agreement.pk}/outages/new/"
    desk.do("03-30 10:00", page, by=desk.manager, start="2026-03-30T09:00", end="", cause="unscheduled")
    late(desk)

    close()
    today = desk.read("04-01 09:00", "/", by=desk.finance)
    months = desk.read("04-01 09:00", "/money/months/", by=desk.finance)
    before = proposed()
    url = f"/money/months/{desk.agreement.pk}/2026-03/"
    refused = desk.refused("04-01 09:10", url, by=desk.finance, reason="")
    desk.do("04-01 09:10", url, by=desk.finance, reason="The client agreed to the figure.")

    assert before == {}
    assert "Close March 2026" in today
    assert f"Outage {Outage.objects.get().ref} is still open" in months
    assert refused["reason"]
    assert MonthClose.objects.get(month="2026-03-01").closed_by == desk.finance
    assert not MonthHold.objects.filter(month="2026-03-01").exists()
    assert set(proposed()) >= {"critical_response", "critical_resolution"}


def test_a_breach_voided_after_approval_takes_the_difference_back_and_edits_nothing(desk: PaidDesk) -> None:
    incident = late(desk)
    close()
    proposal = Proposal.objects.get(payload__rule="critical_response")
    desk.do("04-01 09:00", f"/money/proposals/{proposal.pk}/", by=desk.finance, verdict="approve", reason="")
    entry = Entry.objects.get(kind=Kind.SERVICE_CREDIT)

    desk.do(
        "04-02 09:00",
        f"/incidents/{incident.pk}/void/response_credit/1/",
        by=desk.manager,
        reason="The answer went out by phone.",
    )
    close("04-02 10:00")

    assert proposed()["critical_response"] == -100_000
    entry.refresh_from_db()
    assert held(desk.agreement.client, Code.CREDIT_OWED, "USD") == 100_000
    assert MonthClose.objects.filter(month="2026-03-01").count() == 2
    closes = desk.read("04-02 11:00", "/money/months/", by=desk.finance)
    assert "Closed again" in closes
    assert "Superseded" in closes
