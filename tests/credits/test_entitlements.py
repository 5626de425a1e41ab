"""Prepaid units: lots, soonest to expire first, reservations, expiry."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from credits.errors import BadAmountError, InsufficientError, KeyReusedError, ReservationEndedError, ValidityError
from credits.models import Code, Entry, Kind
from credits.rules.units import Amount
from credits.services import (
    capture,
    consume_entitlement,
    expire_lots,
    grant_entitlement,
    release,
    reserve,
    reverse_entry,
    verify,
)
from portal.clients.models import Agreement
from tests.credits.books import NOW, held, left_in_lots, order
from tests.factories import AgreementFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def grant(
    agreement: Agreement,
    minor: int,
    *,
    unit: str = "hours",
    expires_at: datetime | None = None,
    effective_at: datetime = NOW - DAY,
) -> Entry:
    """Grant a lot under a key of its own."""
    return grant_entitlement(
        agreement=agreement,
        amount=Amount(minor, unit),
        effective_at=effective_at,
        expires_at=expires_at,
        **order(f"grant {Entry.objects.count()}"),
    )


def test_lots_are_spent_soonest_to_expire_first_and_those_without_an_end_last() -> None:
    agreement = AgreementFactory()
    grant(agreement, 100)
    grant(agreement, 100, expires_at=NOW + 2 * DAY)
    grant(agreement, 100, expires_at=NOW + DAY)

    consume_entitlement(agreement=agreement, amount=Amount(150, "hours"), **order())

    assert left_in_lots(agreement.client, "hours") == [100, 50, 0]
    assert held(agreement.client, Code.ENTITLEMENT, "hours") == 150
    assert held(agreement.client, Code.USED, "hours") == 150


@pytest.mark.parametrize(
    ("effective_at", "expires_at"),
    [(NOW - DAY, NOW), (NOW + timedelta(microseconds=1), None)],
    ids=["expires at this instant", "begins an instant later"],
)
def test_a_lot_is_not_spent_outside_its_validity(effective_at: datetime, expires_at: datetime | None) -> None:
    agreement = AgreementFactory()
    grant(agreement, 100, effective_at=effective_at, expires_at=expires_at)

    with pytest.raises(InsufficientError, match=r"^0\.01 hours would be taken, and 0\.00 hours is left that is valid"):
        consume_entitlement(agreement=agreement, amount=Amount(1, "hours"), **order())

    assert left_in_lots(agreement.client, "hours") == [100]


@pytest.mark.parametrize(
    ("effective_at", "expires_at"),
    [(NOW - DAY, NOW + timedelta(microseconds=1)), (NOW, None)],
    ids=["last instant", "first instant"],
)
def test_a_lot_is_spent_at_its_first_and_last_instant(effective_at: datetime, expires_at: datetime | None) -> None:
    agreement = AgreementFactory()
    grant(agreement, 100, effective_at=effective_at, expires_at=expires_at)

    consume_entitlement(agreement=agreement, amount=Amount(100, "hours"), **order())

    assert left_in_lots(agreement.client, "hours") == [0]


def test_an_agreement_spends_only_what_was_bought_under_it() -> None:
    agreement = AgreementFactory()
    other = AgreementFactory(client=agreement.client)
    grant(other, 100)

    with pytest.raises(InsufficientError):
        consume_entitlement(agreement=agreement, amount=Amount(1, "hours"), **order())


def test_more_than_is_left_takes_nothing() -> None:
    agreement = AgreementFactory()
    grant(agreement, 100, unit="sessions")

    with pytest.raises(InsufficientError, match="101 sessions would be taken, and 100 sessions is left"):
        consume_entitlement(agreement=agreement, amount=Amount(101, "sessions"), **order())

    assert left_in_lots(agreement.client, "sessions") == [100]
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("minor", [0, -1])
def test_an_amount_that_is_not_above_zero_is_refused(minor: int) -> None:
    agreement = AgreementFactory()

    with pytest.raises(BadAmountError, match="Give one above zero"):
        consume_entitlement(agreement=agreement, amount=Amount(minor, "hours"), **order())


def test_a_grant_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidityError):
        grant(AgreementFactory(), 100, effective_at=NOW, expires_at=NOW)


def test_a_repeated_grant_opens_no_second_lot() -> None:
    agreement = AgreementFactory()
    told: dict[str, Any] = {"agreement": agreement, "effective_at": NOW, "expires_at": None, **order()}

    first = grant_entitlement(amount=Amount(100, "hours"), **told)
    second = grant_entitlement(amount=Amount(100, "hours"), **told)

    assert first == second
    assert left_in_lots(agreement.client, "hours") == [100]
    with pytest.raises(KeyReusedError):
        grant_entitlement(amount=Amount(101, "hours"), **told)


def test_what_was_taken_is_told_again_though_nothing_is_left() -> None:
    agreement = AgreementFactory()
    grant(agreement, 100)
    first = consume_entitlement(agreement=agreement, amount=Amount(100, "hours"), **order())

    second = consume_entitlement(agreement=agreement, amount=Amount(100, "hours"), **order(now=NOW + DAY))

    assert first == second


def test_reserved_units_are_spent_by_nothing_else_and_captured_once() -> None:
    agreement = AgreementFactory()
    grant(agreement, 100)
    reservation = reserve(agreement=agreement, amount=Amount(60, "hours"), **order("reserve"))
    with pytest.raises(InsufficientError):
        consume_entitlement(agreement=agreement, amount=Amount(41, "hours"), **order("too much"))

    used = capture(reservation=reservation, amount=Amount(50, "hours"), **order("capture"))

    assert capture(reservation=reservation, amount=Amount(50, "hours"), **order("capture")) == used
    assert left_in_lots(agreement.client, "hours") == [50]
    assert held(agreement.client, Code.HELD, "hours") == 0
    assert held(agreement.client, Code.USED, "hours") == 50
    with pytest.raises(ReservationEndedError):
        capture(reservation=reservation, **order("again"))
    with pytest.raises(ReservationEndedError):
        release(reservation=reservation, **order("release"))


def test_more_than_was_reserved_is_not_captured_and_the_reservation_stays() -> None:
    agreement = AgreementFactory()
    grant(agreement, 100)
    reservation = reserve(agreement=agreement, amount=Amount(60, "hours"), **order("reserve"))

    with pytest.raises(InsufficientError, match=r"61\.00 hours is not among what was reserved"):
        capture(reservation=reservation, amount=Amount(6100, "hours"), **order("capture"))

    assert held(agreement.client, Code.HELD, "hours") == 60


def test_a_released_reservation_gives_back_to_the_lots_it_came_from() -> None:
    agreement = AgreementFactory()
    grant(agreement, 50, expires_at=NOW + DAY)
    grant(agreement, 50)
    reservation = reserve(agreement=agreement, amount=Amount(60, "hours"), **order("reserve"))

    release(reservation=reservation, **order("release"))

    assert left_in_lots(agreement.client, "hours") == [50, 50]


def test_what_was_reserved_in_time_is_captured_after_its_lot_expired() -> None:
    agreement = AgreementFactory()
    grant(agreement, 100, expires_at=NOW + DAY)
    reservation = reserve(agreement=agreement, amount=Amount(60, "hours"), **order("reserve"))
    expired = expire_lots(now=NOW + DAY)

    capture(reservation=reservation, **order("capture", now=NOW + 2 * DAY))

    assert expired == 1
    assert left_in_lots(agreement.client, "hours") == [0]
    assert held(agreement.client, Code.USED, "hours") == 60
    assert held(agreement.client, Code.EXPIRED, "hours") == 40


def test_a_lot_expires_at_its_instant_once_and_again_when_something_is_given_back() -> None:
    agreement = AgreementFactory()
    grant(agreement, 100, expires_at=NOW + DAY)
    reservation = reserve(agreement=agreement, amount=Amount(60, "hours"), **order("reserve"))

    runs = [expire_lots(now=NOW + DAY - SECOND), expire_lots(now=NOW + DAY), expire_lots(now=NOW + DAY)]
    release(reservation=reservation, **order("release", now=NOW + 2 * DAY))
    runs.append(expire_lots(now=NOW + 2 * DAY))

    assert runs == [0, 1, 0, 1]
    assert held(agreement.client, Code.EXPIRED, "hours") == 100
    assert list(Entry.objects.filter(kind=Kind.EXPIRY).values_list("posted_at", flat=True)) == [
        datetime(2026, 3, 4, 15, tzinfo=UTC),
        datetime(2026, 3, 3, 15, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("zone", "day"),
    [("America/New_York", date(2026, 3, 31)), ("UTC", date(2026, 4, 1)), ("Asia/Tokyo", date(2026, 4, 1))],
)
def test_what_expires_counts_for_the_day_that_it_is_where_the_agreement_is(zone: str, day: date) -> None:
    agreement = AgreementFactory(zone=zone)
    night = datetime(2026, 4, 1, 2, tzinfo=UTC)
    grant(agreement, 100, expires_at=night - SECOND)

    expire_lots(now=night)

    assert Entry.objects.get(kind=Kind.EXPIRY).effective_on == day


def test_a_use_that_is_reversed_gives_back_to_its_lots() -> None:
    agreement = AgreementFactory()
    grant(agreement, 50, expires_at=NOW + DAY)
    grant(agreement, 50)
    used = consume_entitlement(agreement=agreement, amount=Amount(60, "hours"), **order("use"))

    reverse_entry(entry=used, **order("undo"))

    assert left_in_lots(agreement.client, "hours") == [50, 50]
    assert verify().wrong == ()


def test_a_grant_is_not_reversed_once_something_of_it_was_spent() -> None:
    agreement = AgreementFactory()
    granted = grant(agreement, 50)
    consume_entitlement(agreement=agreement, amount=Amount(1, "hours"), **order("use"))

    with pytest.raises(InsufficientError):
        reverse_entry(entry=granted, **order("undo"))

    assert left_in_lots(agreement.client, "hours") == [49]
