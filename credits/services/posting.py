"""Posting: the one way in which anything gets into the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction

from credits.errors import (
    AlreadyReversedError,
    BadAmountError,
    FutureError,
    InsufficientError,
    KeyReusedError,
    MayNotError,
    NotApprovedError,
    NotReversibleError,
    UnbalancedError,
    UnknownUnitError,
)
from credits.models import Account, Approval, Balance, Code, Entry, Kind, Line, Lot, LotBalance, Seal
from credits.models.accounts import FLOORED, MOST, OF_PREPAID
from credits.models.entries import APPROVED, IRREVERSIBLE
from credits.rules.seals import hash_of
from credits.rules.units import PREPAID, UNITS, Amount
from credits.words import amount_text
from portal.accounts import permissions
from portal.accounts.models import User
from portal.clients.models import Agreement, Client

EASTERNMOST = timedelta(hours=14)
"""Where a day begins first, ahead of UTC."""

PERMITTED = {
    Kind.SERVICE_CREDIT: permissions.Act.APPROVE_MONEY,
    Kind.PAYOUT: permissions.Act.APPROVE_MONEY,
    Kind.REFUND: permissions.Act.APPROVE_MONEY,
    Kind.CHARGE: permissions.Act.APPROVE_MONEY,
    Kind.REVERSAL: permissions.Act.APPROVE_MONEY,
    Kind.OFFSET: permissions.Act.PREPARE_MONEY,
    Kind.INVOICE: permissions.Act.PREPARE_MONEY,
    Kind.PAYMENT: permissions.Act.PREPARE_MONEY,
    Kind.GRANT: permissions.Act.PREPARE_MONEY,
    Kind.CONSUME: permissions.Act.LOG_TIME,
    Kind.RESERVE: permissions.Act.LOG_TIME,
    Kind.CAPTURE: permissions.Act.LOG_TIME,
    Kind.RELEASE: permissions.Act.LOG_TIME,
}
"""What a person's role has to allow for an entry. What a client's own booking sets off is posted by the portal."""

Place = tuple[Code, str]
"""An account of a client's: its code and its unit."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A line to be: so many minor units into an account, or out of it, of a lot where the account has lots."""

    code: Code
    unit: str
    minor: int
    lot: Lot | None = None


class Order(TypedDict):
    """What every service of the ledger is told.

    `scope` and `key` name the act for ever: repeated with the same, it is done once. `effective_on` is the day in the
    agreement's zone that it counts for. `by` is None for the portal itself. `source` is what it rests on, such as
    `incident:INC-7`.
    """

    scope: str
    key: str
    effective_on: date
    by: User | None
    now: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody wants posted: an order, and what it is about.

    `payload` is what the caller asked for, the same at each repetition, whatever the balances are by then.
    """

    scope: str
    key: str
    kind: Kind
    client: Client
    effective_on: date
    by: User | None
    now: datetime
    source: str
    agreement: Agreement | None = None
    approval: Approval | None = None
    reverses: Entry | None = None
    settles: Entry | None = None
    payload: Mapping[str, object] = field(default_factory=dict)

    @property
    def payload_hash(self) -> str:
        """The hash of everything that makes it this act and no other; who repeats it, and when, is not part of it."""
        return hash_of(
            {
                "kind": self.kind.value,
                "client": self.client.pk,
                "agreement": _key_of(self.agreement),
                "effective_on": self.effective_on,
                "source": self.source,
                "approval": _key_of(self.approval),
                "reverses": _key_of(self.reverses),
                "settles": _key_of(self.settles),
                "payload": dict(self.payload),
            }
        )


def _key_of(row: Agreement | Approval | Entry | None) -> int | None:
    return None if row is None else row.pk


@transaction.atomic
def post(act: Act, places: Iterable[Place], draft: Callable[[], Sequence[Movement]]) -> Entry:
    """Post an act once, and return its entry; `draft` says what moves, and is asked under the locks of `places`.

    The key is looked up before anything else is checked: who repeats an act is told what came of it, even where it
    could not be done again. A transaction that posts for several clients takes them in the order of their ids.

    Raises:
        KeyReusedError: The key stands for another act.
        LedgerError: What `draft` refuses, or one of this function's own checks.
    """
    if posted := _find_posted(act):
        return posted
    _check(act)
    accounts = lock_accounts(act.client, places)
    # The first of two at the same time has committed by now; without this look the second would miss what it took.
    if posted := _find_posted(act):
        return posted
    movements = draft()
    _check_movements(movements)
    _check_floors(movements, accounts)
    try:
        with transaction.atomic():
            return _write(act, movements, accounts)
    except IntegrityError:
        # Another act took the key meanwhile, under locks on other accounts.
        if posted := _find_posted(act):
            return posted
        raise


def post_entry(
    *,
    kind: Kind,
    client: Client,
    agreement: Agreement | None,
    lines: Sequence[Movement],
    approval: Approval | None = None,
    **order: Unpack[Order],
) -> Entry:
    """Post an entry of lines that the caller already knows. Repeated with the same key it returns the same entry.

    Raises:
        KeyReusedError: The key stands for another posting.
        UnbalancedError: Fewer than two lines, or a sum that isn't zero in some unit and lot.
        BadAmountError: A line of zero, too large, or no whole number.
        UnknownUnitError: No such unit, or the account doesn't count it.
        InsufficientError: An account or a lot would fall below zero.
        NotApprovedError: It costs money, and no second person approved it.
        MayNotError: The role of `by` does not post such an entry.
        FutureError: `effective_on` has come nowhere yet.
    """
    told = [[line.code.value, line.unit, line.minor, None if line.lot is None else line.lot.pk] for line in lines]
    act = Act(kind=kind, client=client, agreement=agreement, approval=approval, payload={"lines": told}, **order)
    return post(act, {(line.code, line.unit) for line in lines}, lambda: lines)


def reverse_entry(*, entry: Entry, approval: Approval | None = None, **order: Unpack[Order]) -> Entry:
    """Post the exact negation of an entry. An entry is reversed once.

    Raises:
        AlreadyReversedError: It was, under another key.
        NotReversibleError: It is a reservation, a release or a reversal.
        NotApprovedError: What it takes back was approved by a second person, and taking it back was not.
        InsufficientError: What it brought has been spent since.
    """
    lines = list(entry.lines.select_related("account", "lot").order_by("id"))

    def draft() -> list[Movement]:
        if entry.kind in IRREVERSIBLE:
            raise NotReversibleError(f"{entry} can't be reversed. Release a reservation; post anew what was reversed.")
        reversal = Entry.objects.filter(reverses=entry).first()
        if reversal is not None:
            raise AlreadyReversedError(f"{entry} was reversed by {reversal}. An entry is reversed once.")
        return [Movement(Code(line.account.code), line.unit_id, -line.minor, line.lot) for line in lines]

    act = Act(
        kind=Kind.REVERSAL,
        client=entry.client,
        agreement=entry.agreement,
        approval=approval,
        reverses=entry,
        **order,
    )
    return post(act, {(Code(line.account.code), line.unit_id) for line in lines}, draft)


def lock_accounts(client: Client, places: Iterable[Place]) -> dict[Place, Account]:
    """Return the accounts at some places, opened where there were none, locked in the order of their ids.

    Raises:
        UnknownUnitError: The ledger has no such unit, or the account doesn't count it.
    """
    wanted = sorted(set(places))
    for code, unit in wanted:
        if unit not in UNITS:
            raise UnknownUnitError(
                f"The ledger has no unit {unit[:40]!r}. Choose one of {', '.join(UNITS)}.", field="unit"
            )
        if (code in OF_PREPAID) != (UNITS[unit][1] == PREPAID):
            raise UnknownUnitError(f"{code.label} does not count {unit}. Choose another unit.", field="unit")
    accounts = _lock(client, wanted)
    missing = [place for place in wanted if place not in accounts]
    # Another may open the same at the same time: whoever comes second waits for the first, and inserts nothing.
    Account.objects.bulk_create(
        [Account(client=client, code=code, unit_id=unit, floor0=code in FLOORED) for code, unit in missing],
        ignore_conflicts=True,
    )
    return _lock(client, wanted) if missing else accounts


def _lock(client: Client, places: Sequence[Place]) -> dict[Place, Account]:
    balances = Balance.objects.select_for_update(of=("self",)).select_related("account").order_by("account_id")
    theirs = balances.filter(
        account__client=client,
        account__code__in={code for code, _ in places},
        account__unit__in={unit for _, unit in places},
    )
    accounts = {(Code(balance.account.code), balance.account.unit_id): balance.account for balance in theirs}
    return {place: account for place, account in accounts.items() if place in places}


def check_positive(amount: Amount) -> None:
    """Refuse an amount that moves nothing, moves the other way, or was never whole.

    Raises:
        BadAmountError: It is not above zero.
    """
    check_whole(amount.minor)
    if amount.minor <= 0:
        raise BadAmountError(f"The amount is {amount_text(amount)}. Give one above zero.", field="amount")


def _find_posted(act: Act) -> Entry | None:
    posted = Entry.objects.filter(scope=act.scope, key=act.key).first()
    if posted is not None and posted.payload_hash != act.payload_hash:
        raise KeyReusedError(f"The key {act.key!r} stands for another posting, {posted}. Take a new key.", field="key")
    return posted


def _check(act: Act) -> None:
    permitted = PERMITTED.get(act.kind)
    if act.by is not None and permitted is not None and not permissions.may(act.by, permitted):
        role, what = act.by.get_role_display().lower(), act.kind.label.lower()
        raise MayNotError(f"Your role, {role}, posts no {what}. Ask somebody of finance.")
    if act.effective_on > (act.now + EASTERNMOST).date():
        raise FutureError(f"{act.effective_on} has not come yet. Give a day up to today.", field="effective_on")
    kind = act.kind if act.reverses is None else act.reverses.kind
    if kind in APPROVED and act.approval is None:
        raise NotApprovedError(f"A {act.kind.label.lower()} needs the approval of a second person. Ask for it first.")


def _check_movements(movements: Sequence[Movement]) -> None:
    sums: Counter[tuple[str, int | None]] = Counter()
    for movement in movements:
        check_whole(movement.minor)
        if movement.minor == 0:
            raise BadAmountError("A line of zero moves nothing. Leave it out.", field="amount")
        sums[movement.unit, None if movement.lot is None else movement.lot.pk] += movement.minor
    if len(movements) < 2:
        raise UnbalancedError("An entry has two lines at least. Say where the amount comes from and where it goes.")
    for (unit, _), total in sums.items():
        if total:
            raise UnbalancedError(f"The lines are {Amount(total, unit)} apart. Let them sum to zero.")


def check_whole(minor: object) -> None:
    """Refuse what is no whole number of minor units, such as a float, or too many. Raises: BadAmountError."""
    if isinstance(minor, bool) or not isinstance(minor, int):
        raise BadAmountError(f"{minor!r} is no whole number of minor units. Amounts never pass through float.")
    if abs(minor) >= MOST:
        raise BadAmountError(f"{minor} minor units are too many. Give fewer than {MOST}.", field="amount")


def _check_floors(movements: Sequence[Movement], accounts: Mapping[Place, Account]) -> None:
    """Say in a sentence what the database's own checks would refuse."""
    by_place: Counter[Place] = Counter()
    by_lot: Counter[int] = Counter()
    for movement in movements:
        by_place[movement.code, movement.unit] += movement.minor
        if movement.lot is not None and movement.lot.account_id == accounts[movement.code, movement.unit].pk:
            by_lot[movement.lot.pk] += movement.minor
    held = dict(
        Balance.objects.filter(account__in=[accounts[place].pk for place in by_place]).values_list("account", "minor")
    )
    for (code, unit), moved in by_place.items():
        there = held[accounts[code, unit].pk]
        if code in FLOORED and there + moved < 0:
            raise InsufficientError(
                f"{code.label} has {amount_text(Amount(there, unit))}, and "
                f"{amount_text(Amount(-moved, unit))} would be taken. Take less.",
                field="amount",
            )
        if abs(there + moved) >= MOST:
            raise BadAmountError(f"{code.label} would have too many {unit}. Post less.", field="amount")
    for lot in LotBalance.objects.filter(lot__in=by_lot):
        if not 0 <= lot.remaining + by_lot[lot.pk] <= lot.granted:
            raise InsufficientError(
                f"Lot {lot.pk} has {lot.remaining} of {lot.granted} minor units left, which can't move by "
                f"{by_lot[lot.pk]}. Take less.",
                field="amount",
            )


def _write(act: Act, movements: Sequence[Movement], accounts: Mapping[Place, Account]) -> Entry:
    entry = Entry(
        client=act.client,
        agreement=act.agreement,
        kind=act.kind,
        scope=act.scope,
        key=act.key,
        payload_hash=act.payload_hash,
        source=act.source,
        effective_on=act.effective_on,
        posted_at=act.now,
        posted_by=act.by,
        approval=act.approval,
        reverses=act.reverses,
        settles=act.settles,
    )
    lines = [
        Line(
            entry=entry,
            account=accounts[movement.code, movement.unit],
            unit_id=movement.unit,
            lot=movement.lot,
            minor=movement.minor,
        )
        for movement in movements
    ]
    entry.seal_id = seal_of(entry, lines)
    entry.save(force_insert=True)
    for line in lines:
        line.entry = entry
    Line.objects.bulk_create(lines)
    Seal.objects.create(digest=entry.seal_id)
    return entry


def seal_of(entry: Entry, lines: Iterable[Line]) -> str:
    """Return the hash of an entry and its lines, in their order: what its seal has to be."""
    return hash_of(
        {
            "client": entry.client_id,
            "agreement": entry.agreement_id,
            "kind": str(entry.kind),
            "scope": entry.scope,
            "key": entry.key,
            "payload_hash": entry.payload_hash,
            "source": entry.source,
            "effective_on": entry.effective_on,
            "posted_at": entry.posted_at,
            "posted_by": entry.posted_by_id,
            "approval": entry.approval_id,
            "reverses": entry.reverses_id,
            "settles": entry.settles_id,
            "lines": [[line.account_id, line.unit_id, line.lot_id, line.minor] for line in lines],
        }
    )
