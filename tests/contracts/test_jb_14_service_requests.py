"""JB-14: on request and for a price: the client asks, staff quote, the client accepts, time is logged, then charged."""

from __future__ import annotations

import pytest

from credits.models import Code, Entry, Kind, Proposal, QuoteDecision, ServiceRequest, TimeEntry
from portal.accounts.models import Role
from portal.alerts.models import Message
from tests.contracts.paid import PaidDesk
from tests.credits.books import held
from tests.factories import ClientUserFactory

REQUEST = "service_request"


@pytest.fixture
def desk(db: None) -> PaidDesk:
    """Support in business hours, with those who decide on money."""
    return PaidDesk("jbi-support")


def owed(desk: PaidDesk) -> int:
    """Return what the client owes for charges, in cents."""
    return held(desk.agreement.client, Code.CHARGES_OWED, "USD")


@pytest.mark.parametrize("kind", ["on_site", "installation", "training"])
def test_a_request_goes_from_the_wish_over_the_price_and_the_work_to_the_charge(desk: PaidDesk, kind: str) -> None:
    wanted = desk.ask("10:00", kind=kind)
    version = desk.quote("11:00", REQUEST, wanted.pk, basis="time", hours="2", rate="Engineer", price="")
    desk.accept("12:00", version)
    desk.log("14:00", REQUEST, wanted.pk, note="First session")
    time = list(TimeEntry.objects.values_list("pk", flat=True))

    proposal = desk.charge("15:00", REQUEST, wanted.pk, basis=str(version.quote_id), time=time)
    charge = desk.approve("15:30", proposal)
    desk.do(
        "16:00", f"/service-requests/{wanted.pk}/close/", by=desk.manager, outcome="done", reason="Six are trained."
    )

    assert (charge.clause, charge.subject) == ("JB-14", f"service_request:{wanted.ref}")
    assert owed(desk) == 30_000
    assert ServiceRequest.objects.get().outcome == "done"
    page = desk.read("16:30", f"/service-requests/{wanted.pk}/", by=desk.boss)
    assert version.quote.ref in page
    assert "$300.00" in page
    assert "Six are trained." in page
    assert "First session" in desk.read("16:30", f"/charges/{charge.pk}/", by=desk.boss)


def test_staff_are_told_of_a_wish_and_the_client_of_the_price(desk: PaidDesk) -> None:
    wanted = desk.ask("10:00")
    desk.quote("11:00", REQUEST, wanted.pk)

    assert Message.objects.filter(kind="service_requested", address=desk.manager.email).exists()
    assert Message.objects.filter(kind="quote_offered", address=desk.boss.email).exists()
    assert wanted.title in desk.read("11:10", "/service-requests/", by=desk.manager)


def test_nothing_is_charged_before_the_client_accepted_a_price(desk: PaidDesk) -> None:
    wanted = desk.ask("10:00")
    version = desk.quote("11:00", REQUEST, wanted.pk)
    desk.log("12:00", REQUEST, wanted.pk)

    for basis in (str(version.quote_id), "cause"):
        sent = desk.send(
            "15:00", f"/work/{REQUEST}/{wanted.pk}/charge/", by=desk.manager, basis=basis, reason="Anyway."
        )
        assert sent.status_code != 302

    assert not Proposal.objects.exists()
    assert not Entry.objects.filter(kind=Kind.CHARGE).exists()


def test_a_declined_price_leaves_the_request_open_for_another(desk: PaidDesk) -> None:
    wanted = desk.ask("10:00")
    first = desk.quote("11:00", REQUEST, wanted.pk)
    desk.do("12:00", f"/quotes/versions/{first.pk}/decline/", by=desk.boss, reason="Too much.")

    second = desk.quote("13:00", REQUEST, wanted.pk, price="900.00")
    desk.accept("14:00", second)

    assert (second.quote, second.number) == (first.quote, 2)
    assert list(QuoteDecision.objects.order_by("pk").values_list("verdict", flat=True)) == ["declined", "accepted"]


def test_a_request_that_the_client_takes_back_takes_its_waiting_quote_along(desk: PaidDesk) -> None:
    wanted = desk.ask("10:00")
    version = desk.quote("11:00", REQUEST, wanted.pk)

    desk.do("12:00", f"/service-requests/{wanted.pk}/withdraw/", by=desk.boss, reason="Next year.")
    desk.do("12:10", f"/quotes/versions/{version.pk}/accept/", by=desk.boss)

    assert QuoteDecision.objects.get().verdict == "withdrawn"
    assert ServiceRequest.objects.get().outcome == "withdrawn"


def test_another_clients_request_is_not_found(desk: PaidDesk) -> None:
    wanted = desk.ask("10:00")
    stranger = desk.join(ClientUserFactory(role=Role.CLIENT_ADMINISTRATOR))

    page = desk.read("10:10", f"/service-requests/{wanted.pk}/", by=stranger)

    assert wanted.title not in page
    assert wanted.title in desk.read("10:10", f"/service-requests/{wanted.pk}/", by=desk.boss)
