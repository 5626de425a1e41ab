"""The ledger once more, in plain Python and in other ways: whole numbers in dictionaries, no lines, no database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

OWNED = ("credit_owed", "charges_owed", "invoices_owed", "refund_owed", "entitlement", "held")
"""What never falls below zero."""


class Refused(Exception):
    """The model refuses an act, with the code of the error that it expects."""


@dataclass
class ModelLot:
    """A grant or an invoice."""

    agreement: int
    client: int
    unit: str
    granted: int
    begins: int
    ends: int
    left: int = 0


@dataclass
class Effect:
    """What an act did, so that it can be undone: changes of accounts, and of lots."""

    kind: str
    accounts: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    lots: Counter[int] = field(default_factory=Counter)
    undone: bool = False


@dataclass
class Model:
    """What every account and lot holds; instants are whole hours."""

    accounts: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    lots: dict[int, ModelLot] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)
    reserved: dict[str, dict[int, int]] = field(default_factory=dict)

    def _apply(self, key: str, effect: Effect) -> None:
        """Apply an effect, or refuse all of it."""
        for place, minor in effect.accounts.items():
            if place[1] in OWNED and self.accounts[place] + minor < 0:
                raise Refused("insufficient")
        for number, minor in effect.lots.items():
            if not 0 <= self.lots[number].left + minor <= self.lots[number].granted:
                raise Refused("insufficient")
        for place, minor in effect.accounts.items():
            self.accounts[place] += minor
        for number, minor in effect.lots.items():
            self.lots[number].left += minor
        self.effects[key] = effect

    def move(self, key: str, kind: str, client: int, unit: str, minor: int, source: str, target: str) -> None:
        """Move money between two accounts."""
        self._apply(key, Effect(kind, Counter({(client, source, unit): -minor, (client, target, unit): minor})))

    def open_lot(self, key: str, lot: ModelLot, home: str, source: str) -> None:
        """Grant prepaid units, or enter an invoice."""
        number = len(self.lots) + 1
        self.lots[number] = lot
        accounts = Counter({(lot.client, home, lot.unit): lot.granted, (lot.client, source, lot.unit): -lot.granted})
        self._apply(key, Effect("grant", accounts, Counter({number: lot.granted})))

    def spend(self, key: str, kind: str, agreement: int, client: int, unit: str, minor: int, now: int, to: str) -> None:
        """Take units one by one, each from the lot that ends soonest."""
        effect = Effect(kind)
        lots = {
            number: lot.left
            for number, lot in self.lots.items()
            if lot.agreement == agreement and lot.unit == unit and lot.begins <= now < lot.ends
        }
        for _ in range(minor):
            usable = [number for number, left in lots.items() if left]
            if not usable:
                raise Refused("insufficient")
            soonest = min(usable, key=lambda number: (self.lots[number].ends, number))
            lots[soonest] -= 1
            effect.lots[soonest] -= 1
        effect.accounts = Counter({(client, "entitlement", unit): -minor, (client, to, unit): minor})
        self._apply(key, effect)
        if kind == "reserve":
            self.reserved[key] = {number: -taken for number, taken in effect.lots.items()}

    def end(self, key: str, reservation: str, client: int, unit: str, use: int) -> None:
        """End a reservation, using some of it."""
        taken = self.reserved.get(reservation)
        if taken is None:
            raise Refused("reservation_ended")
        total = sum(taken.values())
        if use > total:
            raise Refused("insufficient")
        self._apply(
            f"{key} release",
            Effect(
                "release",
                Counter({(client, "held", unit): -total, (client, "entitlement", unit): total}),
                Counter(taken),
            ),
        )
        if use:
            effect = Effect("capture")
            left = use
            for number, part in taken.items():
                effect.lots[number] -= min(part, left)
                left -= min(part, left)
            effect.accounts = Counter({(client, "entitlement", unit): -use, (client, "used", unit): use})
            self._apply(key, effect)
        del self.reserved[reservation]

    def offset(self, key: str, client: int, unit: str, minor: int) -> None:
        """Offset against the oldest invoices."""
        effect, left = Effect("offset"), minor
        invoices = [(lot.begins, number) for number, lot in self.lots.items() if not lot.agreement]
        for _, number in sorted(invoices):
            lot = self.lots[number]
            if lot.client == client and lot.unit == unit and left and lot.left:
                part = min(left, lot.left)
                effect.lots[number] -= part
                left -= part
        if left:
            raise Refused("insufficient")
        for code, sign in (("credit_owed", -1), ("offset", 1), ("invoices_owed", -1), ("invoiced", 1)):
            effect.accounts[client, code, unit] += sign * minor
        self._apply(key, effect)

    def expire(self, now: int) -> int:
        """Let everything expire whose end has come."""
        gone = 0
        for number, lot in self.lots.items():
            if lot.agreement and lot.ends <= now and lot.left:
                self.accounts[lot.client, "entitlement", lot.unit] -= lot.left
                self.accounts[lot.client, "expired", lot.unit] += lot.left
                self.lots[number].left = 0
                gone += 1
        return gone

    def reverse(self, key: str, other: str) -> None:
        """Undo an act."""
        effect = self.effects[other]
        if effect.kind in ("reserve", "release", "reversal"):
            raise Refused("not_reversible")
        if effect.undone:
            raise Refused("already_reversed")
        undo = Effect("reversal", Counter(), Counter())
        for place, minor in effect.accounts.items():
            undo.accounts[place] = -minor
        for lot, minor in effect.lots.items():
            undo.lots[lot] = -minor
        self._apply(key, undo)
        effect.undone = True
