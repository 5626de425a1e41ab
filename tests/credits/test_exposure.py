"""Money at stake: what a month costs so far, and what an open incident adds at which instant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credits.queries.exposure import NEAREST, stake_of_incident, stakes_of_client, stakes_today
from incidents.models import Incident
from incidents.services import Downtime, answer_incident, ask_information, link_problem, record_outage, resolve_incident
from portal.accounts.models import Role
from portal.clients.models import Agreement
from portal.clocks.flagging import flag_waking
from portal.contract.money import Money
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, words_of

pytestmark = pytest.mark.django_db


def usd(dollars: int) -> Money:
    return Money(dollars * 100, "USD")


def ahead(incident: Incident, *, now: object = MONDAY) -> list[tuple[object, Money | None]]:
    return [(step.at, step.adds) for step in stake_of_incident(incident, at=now).ahead]  # type: ignore[arg-type]


def test_an_open_critical_says_what_it_costs_at_which_instant() -> None:
    incident = reported()

    # 10 % after 30 minutes without an answer, 15 % after six hours without a solution, of $10,000.
    assert ahead(incident) == [(MONDAY + 30 * MINUTE, usd(1_000)), (MONDAY + 6 * HOUR, usd(1_500))]


def test_a_row_that_was_credited_this_month_adds_nothing_more() -> None:
    first = reported()
    flag_waking(now=MONDAY + HOUR)
    second = reported(agreement=first.agreement, now=MONDAY + HOUR)

    stake = stake_of_incident(second, at=MONDAY + HOUR)

    assert stake.stake.cost == usd(1_000)
    assert [(step.target, step.free, step.adds) for step in stake.ahead] == [
        ("response_credit", True, usd(0)),
        # The first one's solution is due before: its row is taken as credited by then.
        ("resolution_credit", True, usd(0)),
    ]


def test_the_cap_bounds_what_is_ahead() -> None:
    rows = {
        "critical_response": {"percent": "90", "per": "month"},
        "critical_resolution": {"percent": "60", "per": "month"},
    }
    incident = reported(agreement=AgreementFactory(overrides={"credits": rows}))

    assert [adds for _, adds in ahead(incident)] == [usd(9_000), usd(1_000)]


def test_what_waits_has_no_instant() -> None:
    incident = reported()
    manager = StaffFactory(role=Role.MANAGER)
    answer_incident(incident_id=incident.pk, body="On it.", by=manager, now=MONDAY + MINUTE)
    ask_information(incident_id=incident.pk, items=["The logs"], by=manager, now=MONDAY + 2 * MINUTE)

    stake = stake_of_incident(incident, at=MONDAY + 3 * MINUTE)

    assert stake.ahead == []
    assert [clock.target for clock in stake.waits] == ["resolution_credit"]


def test_a_month_so_far_counts_what_is_down_of_the_whole_month() -> None:
    agreement: Agreement = AgreementFactory()
    start = MONDAY - 30 * HOUR
    record_outage(
        agreement_id=agreement.pk,
        downtime=Downtime(start, start + 9 * HOUR),
        by=StaffFactory(role=Role.MANAGER),
        now=MONDAY,
    )

    # Nine of March's 743 hours: 98.8 %, though it is most of the month so far.
    assert stakes_of_client(agreement.client, at=MONDAY)[0].cost == usd(500)


def test_incidents_that_came_back_count_while_the_later_one_is_open() -> None:
    first = reported()
    manager = StaffFactory(role=Role.MANAGER)
    second = reported(agreement=first.agreement)
    for incident in (first, second):
        answer_incident(incident_id=incident.pk, body="On it.", by=manager, now=MONDAY + MINUTE)
        link_problem(incident_id=incident.pk, problem_ref="PRB-1", title="The cache", by=manager, now=MONDAY + MINUTE)

    stake = stakes_of_client(first.client, at=MONDAY + 2 * MINUTE)[0]

    assert [(line.rule, line.amount) for line in stake.lines] == [("recurring_critical", usd(1_500))]


def test_without_a_fee_the_percent_is_said() -> None:
    incident = reported(agreement=AgreementFactory(fee_minor=None))

    with at(MONDAY):
        page = words_of(browser_of(StaffFactory()).get(f"/money/exposure/incidents/{incident.pk}/"))

    assert "10 % of the fee" in page.replace("\xa0", " ").replace("&nbsp;", " ")
    assert "no fee is on record" in page


def test_the_pages_hold_the_fragments_and_open_without_a_script() -> None:
    incident = reported()
    browser = browser_of(StaffFactory())
    addresses = {
        "/": "/money/exposure/",
        f"/incidents/{incident.pk}/": f"/money/exposure/incidents/{incident.pk}/",
        f"/clients/{incident.client_id}/": f"/money/exposure/clients/{incident.client_id}/",
    }

    with at(MONDAY):
        for holder, fragment in addresses.items():
            assert f'hx-get="{fragment}"' in browser.get(holder).content.decode()
            assert f'<a href="{fragment}">' in browser.get(holder).content.decode()
            assert "$1,000.00" in browser.get(fragment).content.decode()
            part = browser.get(fragment, headers={"HX-Request": "true"}).content.decode()
            assert "$1,000.00" in part
            assert "<html" not in part


def test_it_costs_the_same_queries_however_much_is_open() -> None:
    def open_one() -> None:
        incident = reported(agreement=AgreementFactory())
        record_outage(
            agreement_id=incident.agreement_id,
            downtime=Downtime(MONDAY),
            by=StaffFactory(role=Role.MANAGER),
            now=MONDAY,
        )

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            stakes_today(at=MONDAY)
        return len(asked)

    open_one()
    few = cost()
    for _ in range(3):
        open_one()

    assert cost() == few


def test_of_more_agreements_than_an_overview_reckons_it_shows_those_that_are_due_first_and_says_so() -> None:
    for number in range(NEAREST + 1):
        reported(agreement=AgreementFactory(), severity="major" if number == 0 else "critical")

    overview = stakes_today(at=MONDAY)

    assert overview.cut
    assert {one.incident.severity for one in overview.soon} == {"critical"}


def test_what_was_solved_is_no_longer_at_stake() -> None:
    incident = reported(category="nonconformity")
    resolve_incident(
        incident_id=incident.pk, how="fix", body="Done.", by=StaffFactory(role=Role.MANAGER), now=MONDAY + MINUTE
    )

    assert ahead(incident, now=MONDAY + timedelta(minutes=2)) == []


def test_clients_see_none_of_it() -> None:
    incident = reported()
    browser = browser_of(ClientUserFactory(client=incident.client, role=Role.CLIENT_ADMINISTRATOR))

    for address in ("/money/exposure/", f"/money/exposure/incidents/{incident.pk}/"):
        assert browser.get(address).status_code == 404
