"""Verifying the ledger: everything is added up again from the lines, in Python, and compared with what is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from credits.models import Account, Balance, Digest, Entry, Kind, Line, Lot, LotBalance, Seal, Unit
from credits.models.accounts import FLOORED, OF_PREPAID
from credits.models.entries import APPROVED
from credits.rules.seals import chained
from credits.rules.units import PREPAID, UNITS, Amount
from credits.services.fact_proof import wrong_facts
from credits.services.posting import seal_of
from credits.services.statement_proof import wrong_statements

CHUNK = 2000


@dataclass(slots=True)
class _Sums:
    """What the lines say, added up in one pass."""

    entries: int = 0
    accounts: Counter[int] = field(default_factory=Counter)
    lots: Counter[int] = field(default_factory=Counter)
    granted: Counter[int] = field(default_factory=Counter)
    seals: dict[int, list[tuple[int, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries were verified, and what is wrong, in sentences."""

    entries: int
    wrong: tuple[str, ...]


def verify() -> Verdict:
    """Verify units, accounts, entries, seals, reversals, balances, lots, digests, what decisions rest on, statements.

    Three queries a chunk of entries, five a chunk of statements, and twenty.
    """
    sums = _Sums()
    accounts = Account.objects.select_related("client").in_bulk()
    wrong = (
        *_wrong_units(),
        *_wrong_accounts(accounts.values()),
        *_wrong_entries(sums, accounts),
        *_wrong_seals(),
        *_wrong_balances(sums, accounts),
        *_wrong_lots(sums),
        *_wrong_digests(sums),
        *wrong_facts(),
        *wrong_statements(sums.accounts),
    )
    return Verdict(sums.entries, wrong)


def _wrong_units() -> Iterator[str]:
    stored = {unit.code: (unit.scale, unit.kind) for unit in Unit.objects.all()}
    for code in sorted(stored.keys() | UNITS.keys()):
        if stored.get(code) != UNITS.get(code):
            yield f"Unit {code} is stored as {stored.get(code)} and counted as {UNITS.get(code)}."


def _wrong_accounts(accounts: Iterable[Account]) -> Iterator[str]:
    """Yield the accounts that count another kind of unit than their code does, or whose floor is not their code's."""
    for account in accounts:
        if (account.code in OF_PREPAID) != (UNITS.get(account.unit_id, (0, ""))[1] == PREPAID):
            yield f"{account} of {account.client} does not count {account.unit_id}."
        if account.floor0 != (account.code in FLOORED):
            yield f"{account} of {account.client} has {'a' if account.floor0 else 'no'} floor."


def _wrong_seals() -> Iterator[str]:
    """Yield the seals whose entry is gone. One query."""
    for seal in Seal.objects.filter(entry__isnull=True).order_by("digest"):
        yield f"Seal {seal.digest[:12]} has no entry: one was taken away."


def _wrong_entries(sums: _Sums, accounts: Mapping[int, Account]) -> Iterator[str]:
    """Yield what is wrong within single entries, and add all of them up. Only sealed entries are in any balance."""
    sealed = Exists(Seal.objects.filter(pk=OuterRef("seal_id")))
    entries = Entry.objects.annotate(sealed=sealed).order_by("id").select_related("approval")
    entries = entries.prefetch_related("lines__lot", "reverses__lines")
    undone: set[int] = set()
    for entry in entries.iterator(chunk_size=CHUNK):
        sums.entries += 1
        lines = sorted(entry.lines.all(), key=lambda line: line.pk)
        if not entry.sealed:
            yield f"{entry} has no seal."
            continue
        sums.seals.setdefault(entry.client_id, []).append((entry.pk, entry.seal_id))
        if seal_of(entry, lines) != entry.seal_id:
            yield f"{entry} is not what its seal says."
        if len(lines) < 2:
            yield f"{entry} has fewer than two lines."
        for (unit, lot), total in _totals(lines).items():
            if total:
                yield f"{entry} is {Amount(total, unit)} apart" + (f" in lot {lot}." if lot else ".")
        if entry.reverses is not None and _moved(lines) != _moved(entry.reverses.lines.all(), sign=-1):
            yield f"{entry} is not the negation of {entry.reverses}."
        yield from _wrong_bonds(entry, undone)
        if any(_is_elsewhere(line, entry, accounts) for line in lines):
            yield f"{entry} has a line of another client, or of another unit than its account."
        for line in lines:
            sums.accounts[line.account_id] += line.minor
            if line.lot is not None and line.lot.account_id == line.account_id:
                sums.lots[line.lot.pk] += line.minor
                if entry.kind in (Kind.GRANT, Kind.INVOICE):
                    sums.granted[line.lot.pk] += line.minor


def _wrong_bonds(entry: Entry, undone: set[int]) -> Iterator[str]:
    """Yield what is wrong between an entry and those that it undoes, or who approved it; `undone` grows by them."""
    for other in (entry.reverses_id, entry.settles_id):
        if other is not None and other in undone:
            yield f"{entry} undoes entry {other} a second time."
        elif other is not None:
            undone.add(other)
    approval = entry.approval
    if approval is None:
        if (entry.kind if entry.reverses is None else entry.reverses.kind) in APPROVED:
            yield f"{entry} was approved by nobody."
    elif approval.client_id != entry.client_id or approval.prepared_by_id == approval.approved_by_id:
        yield f"{entry} was not approved by a second person for its client."


def _is_elsewhere(line: Line, entry: Entry, accounts: Mapping[int, Account]) -> bool:
    """Return whether a line, or its lot, is not of its entry's client and of its account's unit."""
    places = [accounts.get(line.account_id)]
    if line.lot is not None:
        places.append(accounts.get(line.lot.account_id))
    return any(place is None or place.client_id != entry.client_id or place.unit_id != line.unit_id for place in places)


def _totals(lines: Iterable[Line]) -> Counter[tuple[str, int | None]]:
    totals: Counter[tuple[str, int | None]] = Counter()
    for line in lines:
        totals[line.unit_id, line.lot_id] += line.minor
    return totals


def _moved(lines: Iterable[Line], *, sign: int = 1) -> dict[tuple[int, int | None], int]:
    moved: Counter[tuple[int, int | None]] = Counter()
    for line in lines:
        moved[line.account_id, line.lot_id] += sign * line.minor
    return {place: minor for place, minor in moved.items() if minor}


def _wrong_balances(sums: _Sums, accounts: Mapping[int, Account]) -> Iterator[str]:
    balances = Balance.objects.in_bulk()
    for pk, account in sorted(accounts.items()):
        balance, total = balances.get(pk), sums.accounts[pk]
        name = f"{account} of {account.client}"
        if balance is None:
            yield f"{name} has no balance."
            continue
        balance.account = account
        if balance.minor != total:
            yield f"{name} is stored as {balance.amount}, and its lines sum to {Amount(total, account.unit_id)}."
        if balance.floor0 != account.floor0:
            yield f"{name} lost its floor."
        if account.floor0 and total < 0:
            yield f"{name} is below zero."


def _wrong_lots(sums: _Sums) -> Iterator[str]:
    for lot in Lot.objects.filter(balance__isnull=True).order_by("pk"):
        yield f"{lot} has no balance."
    for balance in LotBalance.objects.select_related("lot").order_by("lot_id"):
        if balance.remaining != sums.lots[balance.lot_id]:
            yield (
                f"Lot {balance.lot_id} is stored with {balance.remaining} minor units left, and its lines sum to "
                f"{sums.lots[balance.lot_id]}."
            )
        if not balance.lot.granted == balance.granted == sums.granted[balance.lot_id]:
            yield (
                f"Lot {balance.lot_id} is of {balance.lot.granted} minor units, stored as {balance.granted}, and was "
                f"granted {sums.granted[balance.lot_id]}."
            )


def _wrong_digests(sums: _Sums) -> Iterator[str]:
    """Yield the first digest of each client that its entries no longer have."""
    before: dict[int, tuple[int, int, str]] = {}
    broken: set[int] = set()
    for digest in Digest.objects.select_related("client").order_by("client_id", "number"):
        number, entry, previous = before.get(digest.client_id, (0, 0, ""))
        seals = [seal for pk, seal in sums.seals.get(digest.client_id, ()) if entry < pk <= digest.last_entry_id]
        holds = digest.number == number + 1 and digest.entries == len(seals)
        if not (holds and digest.digest == chained(previous, seals)) and digest.client_id not in broken:
            broken.add(digest.client_id)
            yield f"Digest {digest.number} of {digest.client} does not hold: entries before it were changed."
        before[digest.client_id] = (digest.number, digest.last_entry_id, digest.digest)
