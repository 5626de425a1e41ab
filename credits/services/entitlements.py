"""Prepaid units: granted in lots, spent soonest to expire first, reserved, expired. Clause: JI-8, JN-2."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack
from zoneinfo import ZoneInfo

from django.db import transaction

from credits.errors import InsufficientError, ReservationEndedError, ValidityError
from credits.models import Code, Entry, Kind, Lot, LotBalance
from credits.notices import tell_of_expiring
from credits.queries.entitlements import expiring
from credits.rules.lots import LotState, spend
from credits.rules.units import Amount
from credits.services.posting import Act, Movement, Order, check_positive, lock_accounts, post
from portal.clients.models import Agreement


def grant_entitlement(
    *,
    agreement: Agreement,
    amount: Amount,
    effective_at: datetime,
    expires_at: datetime | None,
    **order: Unpack[Order],
) -> Entry:
    """Open a lot of prepaid units that the client bought under an agreement. Clause: JI-8, JN-2.

    Valid from `effective_at` on, at `expires_at` no longer; None is for ever.

    Raises:
        BadAmountError: Not above zero.
        ValidityError: It would expire before it begins.
    """
    home, sold = (Code.ENTITLEMENT, amount.unit), (Code.SOLD, amount.unit)

    def draft() -> list[Movement]:
        check_positive(amount)
        if expires_at is not None and expires_at <= effective_at:
            raise ValidityError("It would expire before it begins. Give a later end.", field="expires_at")
        lot = Lot.objects.create(
            account=lock_accounts(agreement.client, [home])[home],
            agreement=agreement,
            granted=amount.minor,
            effective_at=effective_at,
            expires_at=expires_at,
        )
        return [Movement(*sold, -amount.minor, lot), Movement(*home, amount.minor, lot)]

    payload = grant_payload(amount, effective_at, expires_at)
    act = Act(kind=Kind.GRANT, client=agreement.client, agreement=agreement, payload=payload, **order)
    return post(act, [home, sold], draft)


def grant_payload(amount: Amount, effective_at: datetime, expires_at: datetime | None) -> dict[str, object]:
    """Return what a grant's hash is of besides its order: its lot's size and validity."""
    return {"amount": [amount.minor, amount.unit], "effective_at": effective_at, "expires_at": expires_at}


def consume_entitlement(*, agreement: Agreement, amount: Amount, **order: Unpack[Order]) -> Entry:
    """Spend prepaid units of an agreement, soonest to expire first, of lots that are valid at `now`. Clause: JN-2.

    Raises:
        BadAmountError: Not above zero.
        InsufficientError: Less is left that is valid.
    """
    return _spend(Kind.CONSUME, Code.USED, agreement, amount, order)


def reserve(*, agreement: Agreement, amount: Amount, **order: Unpack[Order]) -> Entry:
    """Hold prepaid units for what is not certain yet, so that nothing else spends them or lets them expire.

    `capture` uses them, `release` gives them back; either ends the reservation, which is the entry returned.

    Raises:
        BadAmountError: Not above zero.
        InsufficientError: Less is left that is valid.
    """
    return _spend(Kind.RESERVE, Code.HELD, agreement, amount, order)


def capture(*, reservation: Entry, amount: Amount | None = None, **order: Unpack[Order]) -> Entry:
    """Use what was reserved, or less of it, and give back the rest.

    What was held in time is used, though its lot has expired since. It posts two entries, the reservation's release and
    the use, so that the use alone can be reversed later.

    Raises:
        BadAmountError: Not above zero.
        InsufficientError: More than was reserved, or another unit.
        ReservationEndedError: It was captured or released before.
    """
    held = _held(reservation)
    unit = held[0].unit
    wanted = Amount(sum(movement.minor for movement in held), unit) if amount is None else amount

    def draft() -> list[Movement]:
        check_positive(wanted)
        _require_open(reservation)
        ending: Order = {**order, "scope": "reservation", "key": str(reservation.pk)}
        release(reservation=reservation, **ending)
        left, used = wanted.minor, []
        for movement in held:
            part = min(left, movement.minor)
            if part:
                used.append(Movement(Code.ENTITLEMENT, unit, -part, movement.lot))
                used.append(Movement(Code.USED, unit, part, movement.lot))
                left -= part
        if left or wanted.unit != unit:
            raise InsufficientError(f"{wanted} is not among what was reserved. Take less.", field="amount")
        return used

    act = Act(
        kind=Kind.CAPTURE,
        client=reservation.client,
        agreement=reservation.agreement,
        payload={"reservation": reservation.pk, "amount": [wanted.minor, wanted.unit]},
        **order,
    )
    return post(act, [(code, unit) for code in (Code.ENTITLEMENT, Code.HELD, Code.USED)], draft)


def release(*, reservation: Entry, **order: Unpack[Order]) -> Entry:
    """Give back what was reserved to the lots that it came from, expired or not.

    Raises:
        ReservationEndedError: It was captured or released before.
    """
    held = _held(reservation)

    def draft() -> list[Movement]:
        _require_open(reservation)
        return [
            back
            for movement in held
            for back in (
                Movement(Code.HELD, movement.unit, -movement.minor, movement.lot),
                Movement(Code.ENTITLEMENT, movement.unit, movement.minor, movement.lot),
            )
        ]

    act = Act(
        kind=Kind.RELEASE,
        client=reservation.client,
        agreement=reservation.agreement,
        settles=reservation,
        **order,
    )
    return post(act, [(code, held[0].unit) for code in (Code.ENTITLEMENT, Code.HELD)], draft)


def expire_lots(*, now: datetime) -> int:
    """Take away what is left of lots that are no longer valid, and return of how many. A second run finds nothing.

    One transaction for each lot; what is held stays held, and expires once it is given back.
    """
    expired = Lot.objects.expired_by(now).unspent().filter(account__code=Code.ENTITLEMENT)
    return sum(_expire(lot, now) for lot in expired.select_related("account__client", "agreement").order_by("id"))


@transaction.atomic
def warn_of_expiring(*, now: datetime) -> int:
    """Tell whoever answers for a client that prepaid units of it are lost within 30 days; return how many notices.

    Each lot is told of once, however often this runs. Clause: JN-2.
    """
    return tell_of_expiring(expiring(at=now), at=now)


@transaction.atomic
def _expire(lot: Lot, now: datetime) -> bool:
    client, unit = lot.account.client, lot.account.unit_id
    home, gone = (Code.ENTITLEMENT, unit), (Code.EXPIRED, unit)
    lock_accounts(client, [home, gone])
    remaining = LotBalance.objects.values_list("remaining", flat=True).get(lot=lot)
    if not remaining:
        return False  # Spent, or expired by another run, since it was found.
    act = Act(
        scope="expiry",
        key=f"{lot.pk}@{now.isoformat()}",  # A lot expires again when something was given back to it.
        kind=Kind.EXPIRY,
        client=client,
        agreement=lot.agreement,
        effective_on=now.astimezone(ZoneInfo(client.zone if lot.agreement is None else lot.agreement.zone)).date(),
        by=None,
        now=now,
        source=f"lot:{lot.pk}",
        payload={"lot": lot.pk, "remaining": remaining},
    )
    movements = [Movement(*home, -remaining, lot), Movement(*gone, remaining, lot)]
    post(act, [home, gone], lambda: movements)
    return True


def _spend(kind: Kind, to: Code, agreement: Agreement, amount: Amount, order: Order) -> Entry:
    home, away = (Code.ENTITLEMENT, amount.unit), (to, amount.unit)

    def draft() -> list[Movement]:
        check_positive(amount)
        lots = {
            lot.pk: lot
            for lot in Lot.objects.unspent()
            .filter(account__code=Code.ENTITLEMENT, account__unit=amount.unit, agreement=agreement)
            .select_related("balance")
        }
        states = [LotState(lot.pk, lot.balance.remaining, lot.effective_at, lot.expires_at) for lot in lots.values()]
        taken = spend(states, amount.minor, at=order["now"])
        there = Amount(sum(taken.values()), amount.unit)
        if there.minor < amount.minor:
            raise InsufficientError(
                f"{amount} would be taken, and {there} is left that is valid. Take less, or buy more.", field="amount"
            )
        return [
            movement
            for lot, part in taken.items()
            for movement in (Movement(*home, -part, lots[lot]), Movement(*away, part, lots[lot]))
        ]

    payload = {"amount": [amount.minor, amount.unit]}
    act = Act(kind=kind, client=agreement.client, agreement=agreement, payload=payload, **order)
    return post(act, [home, away], draft)


def _held(reservation: Entry) -> Sequence[Movement]:
    """Return what a reservation put aside, lot by lot, in the order in which it was taken."""
    if reservation.kind != Kind.RESERVE:
        raise ReservationEndedError(f"{reservation} is no reservation. Name the entry that reserved.")
    lines = reservation.lines.filter(account__code=Code.HELD).select_related("lot").order_by("id")
    return [Movement(Code.HELD, line.unit_id, line.minor, line.lot) for line in lines]


def _require_open(reservation: Entry) -> None:
    ended = Entry.objects.filter(settles=reservation).first()
    if ended is not None:
        raise ReservationEndedError(f"{reservation} was ended by {ended}. Reserve again.")
