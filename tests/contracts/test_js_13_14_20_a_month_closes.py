"""JS-13, JS-14, JS-20: a month that is over closes by beat; its credits are proposed, approved, posted and told.

Everything happens through pages, the flagger and the beat's task, as both sides see it.
"""

from __future__ import annotations

import pytest

from credits.models import Code, Entry, Kind, MonthClose, MonthHold, Proposal, Statement
from credits.tasks import issue_statements
from incidents.models import Outage
from portal.clients.models import Agreement
from tests.contracts.desk import at, schedule_event
from tests.contracts.months import approve_all, close, down, in_time, late, proposed
from tests.contracts.paid import PaidDesk
from tests.credits.books import held


@pytest.fixture
def desk(db: None) -> PaidDesk:
    """Live platform support at 10,000.00 a month, with those who decide on money."""
    return PaidDesk("juno-live-support")


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
    down(desk, "03-10 16:00", "2026-03-10T00:00", "2026-03-10T15:00")

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
    down(desk, "03-30 10:00", "2026-03-30T09:00", "")
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


def test_a_critical_that_comes_back_within_three_months_is_credited_in_the_month_of_its_return(desk: PaidDesk) -> None:
    first, again = in_time(desk, "03-02"), in_time(desk, "06-02")
    desk.work("06-02 10:00", first, "link", new_problem="PRB-1", problem_title="Full cache")
    desk.work("06-02 10:00", again, "link", new_problem="PRB-1", problem_title="Full cache")

    close("07-01 00:30")

    proposal = Proposal.objects.get()
    assert (proposal.payload["rule"], proposal.minor, str(proposal.month)) == (
        "recurring_critical",
        150_000,
        "2026-06-01",
    )
    receipt = desk.read("07-01 09:00", f"/money/credits/{proposal.pk}/", by=desk.finance)
    assert first.ref in receipt
    assert again.ref in receipt


def test_however_often_a_critical_comes_back_its_month_is_credited_once(desk: PaidDesk) -> None:
    incidents = [in_time(desk, day) for day in ("03-02", "03-09", "03-16")]
    for incident in incidents:
        desk.work("03-17 10:00", incident, "link", new_problem="PRB-1", problem_title="Full cache")

    close()

    assert proposed() == {"recurring_critical": 150_000}
    assert Proposal.objects.get().payload["evidence"] == [f"incident:{incident.ref}" for incident in incidents]


def test_a_months_credits_never_pass_its_fee(db: None) -> None:
    dear = {"critical_response": {"percent": "60"}, "critical_resolution": {"percent": "60"}}
    desk = PaidDesk("juno-live-support", overrides={"credits": dear})
    late(desk)

    close()
    waiting = proposed()
    page = desk.read("04-01 09:00", f"/money/months/{MonthClose.objects.get(month='2026-03-01').pk}/", by=desk.finance)
    receipt = desk.read("04-01 09:00", f"/money/credits/{Proposal.objects.get().pk}/", by=desk.finance)
    approve_all(desk, "04-01 10:00")

    assert waiting == {"whole_month": 1_000_000}
    for shown in (page, receipt):
        assert "Critical response late" in shown
        assert "Critical resolution late" in shown
        assert "\N{MINUS SIGN}$2,000.00" in shown
    assert "09:30:00" in receipt
    assert held(desk.agreement.client, Code.CREDIT_OWED, "USD") == 1_000_000


def test_the_worse_of_the_month_and_its_hosted_periods_is_credited_and_never_both(desk: PaidDesk) -> None:
    """Half an hour of 11 1/2 hosted ones is 95.65 %, so 30 %; with 15 hours besides, the month's own tier is 10 %."""
    schedule_event(desk, "03-02 10:00", ("2026-03-10T11:30", "2026-03-10T21:00"))
    down(desk, "03-10 15:00", "2026-03-10T14:00", "2026-03-10T14:30")
    down(desk, "03-21 15:00", "2026-03-21T00:00", "2026-03-21T15:00")

    close()

    assert proposed() == {"availability": 300_000}
    assert "Hosted" in desk.read("04-01 09:00", f"/money/credits/{Proposal.objects.get().pk}/", by=desk.finance)
