"""Logged time, the rate card and charges. Clause: JS-2, JB-8, JB-14."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import DatabaseError, transaction

from credits.errors import AlreadyChargedError, BadAmountError, KeyReusedError, NotApprovedError, UnknownUnitError
from credits.models import Charge, ChargedTime, Code, Entry, Rate, TimeEntry
from credits.rules.units import Amount
from credits.rules.work import price_of
from credits.services import approve, charge_client, log_time, reverse_entry, strike_time
from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.contract.money import Money
from tests.credits.books import NOW, TODAY, approval_for, held, order
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement() -> Agreement:
    """Return an agreement; the rate card has engineers at 180.00 US dollars, and at 200.00 from March on."""
    Rate.objects.create(name="Engineer", unit_id="USD", hourly=18_000, from_on=date(2026, 1, 1))
    Rate.objects.create(name="Engineer", unit_id="USD", hourly=20_000, from_on=date(2026, 3, 1))
    made: Agreement = AgreementFactory()
    return made


@pytest.fixture
def engineer() -> User:
    """Return who works."""
    made: User = StaffFactory()
    return made


def log(agreement: Agreement, by: User, *, minutes: int, worked_on: date = TODAY) -> TimeEntry:
    """Log time on an incident."""
    return log_time(
        agreement=agreement,
        subject="incident:INC-7",
        worked_by=by,
        worked_on=worked_on,
        minutes=minutes,
        rate="Engineer",
        currency="USD",
        by=by,
        now=NOW,
    )


def charge(agreement: Agreement, *time: TimeEntry, fixed: int = 0, key: str = "charge") -> Entry:
    """Charge time and a fixed sum, approved."""
    return charge_client(
        agreement=agreement,
        subject="incident:INC-7",
        reason="Caused by your own network: investigated at your request.",
        fixed=Money(fixed, "USD"),
        time=time,
        approval=approval_for(agreement.client),
        **order(key),
    )


def test_time_is_charged_at_the_rate_that_held_on_its_day_with_expenses(agreement: Agreement, engineer: User) -> None:
    february = log(agreement, engineer, minutes=50, worked_on=date(2026, 2, 28))
    march = log(agreement, engineer, minutes=20)

    entry = charge(agreement, february, march, fixed=4_250)

    assert list(ChargedTime.objects.values_list("time_entry", "minor")) == [(february.pk, 15_000), (march.pk, 6_667)]
    assert held(agreement.client, Code.CHARGES_OWED, "USD") == 15_000 + 6_667 + 4_250
    assert Charge.objects.get(entry=entry).reason == "Caused by your own network: investigated at your request."


@pytest.mark.parametrize("minutes", [1, 7, 20, 29, 59, 60, 1440])
@pytest.mark.parametrize("hourly", [1, 30, 10_001, 18_000])
def test_a_price_is_rounded_half_up_to_the_minor_unit(minutes: int, hourly: int) -> None:
    exact = Decimal(minutes) * hourly / 60

    assert price_of(minutes, hourly=hourly) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def test_no_time_is_charged_twice_nor_once_it_was_struck(agreement: Agreement, engineer: User) -> None:
    charged, struck = log(agreement, engineer, minutes=60), log(agreement, engineer, minutes=60)
    charge(agreement, charged)
    strike_time(time_entry=struck, by=engineer, now=NOW)

    for time in (charged, struck):
        with pytest.raises(AlreadyChargedError):
            charge(agreement, time, key=f"again {time.pk}")
    with pytest.raises(AlreadyChargedError, match="Reverse the charge"):
        strike_time(time_entry=charged, by=engineer, now=NOW)

    assert held(agreement.client, Code.CHARGES_OWED, "USD") == 20_000
    assert not TimeEntry.objects.chargeable().exists()


def test_time_of_another_agreement_is_not_charged(agreement: Agreement, engineer: User) -> None:
    time = log(AgreementFactory(client=agreement.client), engineer, minutes=60)

    with pytest.raises(AlreadyChargedError):
        charge(agreement, time)


def test_a_charge_is_posted_once_and_its_key_stands_for_its_time(agreement: Agreement, engineer: User) -> None:
    time, approval = log(agreement, engineer, minutes=60), approval_for(agreement.client)

    def post(*rows: TimeEntry) -> Entry:
        return charge_client(
            agreement=agreement,
            subject="incident:INC-7",
            reason="Asked for.",
            fixed=Money(1, "USD"),
            time=rows,
            approval=approval,
            **order(),
        )

    assert post(time) == post(time)
    with pytest.raises(KeyReusedError):
        post()
    assert ChargedTime.objects.count() == Charge.objects.count() == 1


def test_a_reversed_charge_leaves_its_time_charged(agreement: Agreement, engineer: User) -> None:
    time = log(agreement, engineer, minutes=60)

    reverse_entry(entry=charge(agreement, time), approval=approval_for(agreement.client), **order("undo"))

    assert held(agreement.client, Code.CHARGES_OWED, "USD") == 0
    assert not TimeEntry.objects.chargeable().exists()


def test_nothing_is_charged_without_a_second_person(agreement: Agreement, engineer: User) -> None:
    time = log(agreement, engineer, minutes=60)

    with pytest.raises(NotApprovedError):
        approve(client=agreement.client, prepared_by=engineer, amount=Amount(1, "USD"), by=engineer, now=NOW)
    with pytest.raises(NotApprovedError):
        charge_client(
            agreement=agreement,
            subject="incident:INC-7",
            reason="Asked for.",
            fixed=Money(0, "USD"),
            time=[time],
            approval=None,  # type: ignore[arg-type]
            **order(),
        )


@pytest.mark.parametrize("minutes", [0, -1, 1441, 1.5, True])
def test_time_is_whole_minutes_of_one_day(agreement: Agreement, engineer: User, minutes: int) -> None:
    with pytest.raises(BadAmountError, match="Give 1 to 1440"):
        log(agreement, engineer, minutes=minutes)


def test_a_day_before_the_rate_card_has_no_price(agreement: Agreement, engineer: User) -> None:
    with pytest.raises(UnknownUnitError, match="had no rate 'Engineer' in USD on 2025-12-31"):
        log(agreement, engineer, minutes=60, worked_on=date(2025, 12, 31))


def test_logged_time_and_rates_are_not_rewritten(agreement: Agreement, engineer: User) -> None:
    log(agreement, engineer, minutes=60)

    for rows in (TimeEntry.objects.all(), Rate.objects.all()):
        with pytest.raises(DatabaseError, match="UPDATE is refused"), transaction.atomic():
            rows.update(id=1)


def test_a_client_sees_the_time_that_it_was_charged_for(agreement: Agreement, engineer: User) -> None:
    client_user = ClientUserFactory(client=agreement.client)
    charged = log(agreement, engineer, minutes=60)
    log(agreement, engineer, minutes=5)

    charge(agreement, charged)

    assert list(TimeEntry.objects.visible_to(client_user)) == [charged]
    assert TimeEntry.objects.visible_to(engineer).count() == 2
    assert not TimeEntry.objects.visible_to(ClientUserFactory()).exists()


def test_the_words_of_a_charge_may_be_put_right_and_nothing_else(agreement: Agreement) -> None:
    charge(agreement, fixed=500)

    Charge.objects.update(reason="Put right.")

    for changed in ({"fixed_minor": 1}, {"subject": "incident:INC-8"}):
        with pytest.raises(DatabaseError, match="a charge keeps its entry"), transaction.atomic():
            Charge.objects.update(**changed)
    with pytest.raises(DatabaseError, match="DELETE is refused"), transaction.atomic():
        Charge.objects.all().delete()
    assert Charge.objects.get().reason == "Put right."
