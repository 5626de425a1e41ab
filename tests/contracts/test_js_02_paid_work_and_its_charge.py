"""JS-2: paid help beyond support: staff quote, the client accepts or declines, and accepted work is charged."""

from __future__ import annotations

import pytest

from credits.models import Charge, Code, Entry, Kind, Proposal, Quote, QuoteDecision, TimeEntry
from portal.accounts.models import Role
from portal.alerts.models import Message
from tests.contracts.judging import ny
from tests.contracts.paid import PaidDesk
from tests.credits.books import held
from tests.factories import ClientUserFactory, StaffFactory


@pytest.fixture
def desk(db: None) -> PaidDesk:
    """Live platform support, with those who decide on money."""
    return PaidDesk("juno-live-support")


def owed(desk: PaidDesk) -> int:
    """Return what the client owes for charges, in cents."""
    return held(desk.agreement.client, Code.CHARGES_OWED, "USD")


def addresses(kind: str) -> set[str]:
    """Return who is told of something."""
    return set(Message.objects.filter(kind=kind).values_list("address", flat=True))


def test_an_accepted_fixed_price_is_charged_after_a_second_person_approved_it(desk: PaidDesk) -> None:
    incident = desk.unsupported()
    version = desk.quote("10:10", "incident", incident.pk)
    desk.accept("11:00", version)

    proposal = desk.charge("15:00", "incident", incident.pk, basis=str(version.quote_id))
    before = owed(desk)
    charge = desk.approve("15:30", proposal)

    assert (before, owed(desk)) == (0, 120_000)
    assert (charge.clause, charge.quote, charge.subject) == ("JS-2", version.quote, f"incident:{incident.ref}")
    page = desk.read("16:00", f"/charges/{charge.pk}/", by=desk.contact)
    assert "As you asked." in page
    assert "$1,200.00" in page
    assert "Quoted price" in page


def test_accepted_hours_are_charged_at_their_rate_and_never_beyond_what_was_accepted(desk: PaidDesk) -> None:
    incident = desk.unsupported()
    version = desk.quote("10:10", "incident", incident.pk, basis="time", hours="2", rate="Engineer", price="")
    desk.accept("11:00", version)
    desk.log("12:00", "incident", incident.pk)
    desk.log("13:00", "incident", incident.pk, hours="0:45")
    first, second = TimeEntry.objects.order_by("pk")

    refused = desk.refused(
        "15:00",
        f"/work/incident/{incident.pk}/charge/",
        by=desk.manager,
        basis=version.quote_id,
        time=[first.pk, second.pk],
        reason="Both.",
    )
    charge = desk.approve(
        "15:30", desk.charge("15:10", "incident", incident.pk, basis=version.quote_id, time=[first.pk])
    )

    assert "$450.00 would be charged, and $400.00 is left" in refused["time"][0]
    assert owed(desk) == 30_000
    page = desk.read("16:00", f"/charges/{charge.pk}/", by=desk.boss)
    assert "Read the logs" in page
    assert "1 h 30 min" in page
    assert "$200.00" in page


def test_the_client_accepts_with_name_time_and_version_and_both_sides_get_a_mail(desk: PaidDesk) -> None:
    version = desk.quote("10:10", "incident", desk.unsupported().pk)

    desk.accept("11:00", version)

    decision = QuoteDecision.objects.get()
    assert (decision.name, decision.decided_at, decision.version.number) == ("Dana Alder", ny("11:00"), 1)
    assert addresses("quote_offered") == {desk.boss.email, desk.contact.email}
    assert addresses("quote_confirmed") == {desk.boss.email, desk.contact.email}
    assert addresses("quote_accepted") >= {desk.manager.email}
    page = desk.read("11:01", f"/quotes/{version.quote_id}/", by=desk.manager)
    assert "Dana Alder accepted version 1" in page


def test_the_offer_is_the_next_step_of_who_decides_and_a_link_of_who_does_not(desk: PaidDesk) -> None:
    incident = desk.unsupported()
    version = desk.quote("10:10", "incident", incident.pk)

    boss, contact = (
        desk.read("10:20", f"/work/incident/{incident.pk}/offered/", by=user) for user in (desk.boss, desk.contact)
    )

    assert f"/quotes/versions/{version.pk}/accept/" in boss
    assert f"/quotes/versions/{version.pk}/accept/" not in contact
    assert "Waits for your administrator" in contact
    assert f"/work/incident/{incident.pk}/offered/" in desk.read("10:21", f"/support/{incident.pk}/", by=desk.boss)
    home = desk.read("10:22", "/", by=desk.boss)
    assert "We wait for your decision: accept or decline quote" in home
    assert f'<h2 id="next">Accept or decline quote {version.quote.ref}</h2>' in home
    assert "Not decided yet" in desk.read("10:23", f"/quotes/{version.quote_id}/", by=desk.contact)


def test_a_second_person_is_told_who_decided_and_nothing_more_happens(desk: PaidDesk) -> None:
    other = desk.join(ClientUserFactory(client=desk.agreement.client, role=Role.CLIENT_ADMINISTRATOR))
    version = desk.quote("10:10", "incident", desk.unsupported().pk)
    desk.accept("11:00", version)

    leads_to = desk.do("11:05", f"/quotes/versions/{version.pk}/decline/", by=other, reason="Too much.")

    assert leads_to == f"/quotes/{version.quote_id}/"
    assert f"Dana Alder accepted {version.quote.ref} on" in desk.read("11:05", leads_to, by=other)
    assert QuoteDecision.objects.get().verdict == "accepted"


def test_an_expired_quote_is_not_accepted_nor_one_that_another_version_replaced(desk: PaidDesk) -> None:
    incident = desk.unsupported()
    first = desk.quote("10:10", "incident", incident.pk, valid_until="2026-03-02")
    second = desk.quote("10:20", "incident", incident.pk, price="1000.00", valid_until="2026-03-02")

    for when, version in (("10:30", first), ("2026-03-03 00:00", second)):
        desk.do(when, f"/quotes/versions/{version.pk}/accept/", by=desk.boss)

    assert not QuoteDecision.objects.exists()
    assert second.quote == first.quote
    assert "It held until" in desk.read("2026-03-03 00:00", f"/quotes/{second.quote_id}/", by=desk.boss)


def test_it_can_be_accepted_until_the_very_end_of_its_last_day(desk: PaidDesk) -> None:
    version = desk.quote("10:10", "incident", desk.unsupported().pk, valid_until="2026-03-02")

    desk.accept("23:59:59", version)

    assert QuoteDecision.objects.get().verdict == "accepted"


def test_staff_take_a_quote_back_before_it_is_accepted_and_not_after(desk: PaidDesk) -> None:
    incident = desk.unsupported()
    taken = desk.quote("10:10", "incident", incident.pk)
    desk.do("10:20", f"/quotes/versions/{taken.pk}/withdraw/", by=desk.manager, reason="The wrong price.")
    again = desk.quote("10:30", "incident", incident.pk, price="900.00")
    desk.accept("11:00", again)

    desk.do("11:10", f"/quotes/versions/{again.pk}/withdraw/", by=desk.manager, reason="Once more.")

    assert [row.verdict for row in QuoteDecision.objects.order_by("version__number")] == ["withdrawn", "accepted"]
    assert addresses("quote_withdrawn") == {desk.boss.email, desk.contact.email}


def test_a_declined_quote_can_be_offered_anew_and_nothing_is_charged_under_it(desk: PaidDesk) -> None:
    incident = desk.unsupported()
    version = desk.quote("10:10", "incident", incident.pk)
    desk.do("11:00", f"/quotes/versions/{version.pk}/decline/", by=desk.boss, reason="Too much for us.")

    response = desk.send(
        "12:00", f"/work/incident/{incident.pk}/charge/", by=desk.manager, basis=version.quote_id, reason="Anyway."
    )
    again = desk.quote("12:10", "incident", incident.pk, price="800.00")

    assert response.context["form"].errors["basis"]
    assert (again.quote, again.number) == (version.quote, 2)
    assert "Too much for us." in desk.read("12:20", f"/quotes/{version.quote_id}/", by=desk.manager)
    assert not Proposal.objects.exists()


def test_a_supported_incident_is_not_quoted(desk: PaidDesk) -> None:
    incident = desk.report("10:00")

    with_form = desk.read("10:10", f"/work/incident/{incident.pk}/quote/", by=desk.manager)
    desk.send(
        "10:10",
        f"/work/incident/{incident.pk}/quote/",
        by=desk.manager,
        text="A fix.",
        basis="fixed",
        price="1.00",
        valid_until="2026-03-31",
    )

    assert "Send the quote" not in with_form
    assert not Quote.objects.exists()


def test_what_was_accepted_is_charged_once_however_often_it_is_proposed(desk: PaidDesk) -> None:
    incident = desk.unsupported()
    version = desk.quote("10:10", "incident", incident.pk)
    desk.accept("11:00", version)
    twice = [desk.charge(f"15:0{n}", "incident", incident.pk, basis=version.quote_id) for n in (0, 1)]
    desk.approve("15:30", twice[0])

    refused = desk.refused("15:40", f"/money/proposals/{twice[1].pk}/", by=desk.finance, verdict="approve", reason="")

    assert "$0.00 is left of what the client accepted" in str(refused)
    assert owed(desk) == 120_000
    assert Charge.objects.count() == Entry.objects.filter(kind=Kind.CHARGE).count() == 1


def test_who_proposed_a_charge_does_not_approve_it(desk: PaidDesk) -> None:
    incident = desk.unsupported()
    version = desk.quote("10:10", "incident", incident.pk, price="100.00")
    desk.accept("11:00", version)
    proposal = desk.charge("15:00", "incident", incident.pk, basis=version.quote_id)

    refused = desk.refused("15:30", f"/money/proposals/{proposal.pk}/", by=desk.manager, verdict="approve", reason="")

    assert "You prepared this yourself" in str(refused)
    assert owed(desk) == 0


def test_staff_who_act_as_the_client_decide_on_no_offer(desk: PaidDesk) -> None:
    version = desk.quote("10:10", "incident", desk.unsupported().pk)
    desk.do("10:20", f"/account/acting/{desk.boss.pk}/", by=desk.manager, reason="To see what they see.")

    response = desk.send("10:30", f"/quotes/versions/{version.pk}/accept/", by=desk.manager)

    assert response.status_code == 403
    assert not QuoteDecision.objects.exists()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT_CONTACT])
def test_only_the_clients_administrator_decides(desk: PaidDesk, role: Role) -> None:
    version = desk.quote("10:10", "incident", desk.unsupported().pk)
    somebody = desk.join(ClientUserFactory(client=desk.agreement.client, role=role))

    assert desk.send("10:30", f"/quotes/versions/{version.pk}/accept/", by=somebody).status_code == 403
    assert not QuoteDecision.objects.exists()


def test_an_agent_logs_time_and_sees_no_prices(desk: PaidDesk) -> None:
    incident = desk.unsupported()
    desk.quote("10:10", "incident", incident.pk)
    agent = desk.join(StaffFactory(role=Role.AGENT))

    desk.do(
        "12:00",
        f"/work/incident/{incident.pk}/time/",
        by=agent,
        worked_on="2026-03-02",
        hours="1",
        rate="Engineer",
        note="Looked at it",
    )

    page = desk.read("12:10", f"/work/incident/{incident.pk}/", by=agent)
    assert "Looked at it" in page
    assert "$1,200.00" not in page
    assert TimeEntry.objects.get().worked_by == agent
