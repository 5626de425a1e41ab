"""Reading prepaid units: what is left of which lots, what is held, what they went to. Clause: JI-8, JN-2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from credits.models import Code, Entry, Kind, Lot
from credits.rules.lots import LotState
from credits.rules.units import Amount
from portal.accounts.models import User
from portal.clients.models import Agreement, Client

SOON = timedelta(days=30)
"""How long before they expire units are told of."""

OF_UNITS = (Kind.GRANT, Kind.CONSUME, Kind.RESERVE, Kind.CAPTURE, Kind.RELEASE, Kind.EXPIRY)


@dataclass(frozen=True, slots=True)
class LotShown:
    """A lot with what is left of it, and how it stands."""

    lot: Lot
    remaining: Amount
    granted: Amount
    state: str

    @property
    def share(self) -> Decimal:
        """The share that is left, for a meter."""
        return Decimal(self.remaining.minor) / self.granted.minor

    @property
    def first_day(self) -> date:
        """The first day on which it can be used, in the agreement's zone."""
        return self.lot.effective_at.astimezone(self._zone).date()

    @property
    def last_day(self) -> date | None:
        """The last day on which it can be used, in the agreement's zone; None for ever."""
        if self.lot.expires_at is None:
            return None
        return (self.lot.expires_at - timedelta.resolution).astimezone(self._zone).date()

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo("UTC" if self.lot.agreement is None else self.lot.agreement.zone)


@dataclass(slots=True)
class Prepaid:
    """One unit under one agreement: what may be spent now, what is held, and the lots, soonest to expire first."""

    agreement: Agreement
    unit: str
    left: int = 0
    held: int = 0
    lots: list[LotShown] = field(default_factory=list)

    @property
    def left_amount(self) -> Amount:
        """What may be spent now."""
        return Amount(self.left, self.unit)

    @property
    def held_amount(self) -> Amount:
        """What is put aside."""
        return Amount(self.held, self.unit)

    @property
    def next_to_use(self) -> LotShown | None:
        """The lot that is used first."""
        return next((it for it in self.lots if it.state in ("valid", "soon")), None)


def lots_of(client: Client) -> QuerySet[Lot]:
    """Return a client's lots of prepaid units, soonest to expire first. One query."""
    lots: QuerySet[Lot] = Lot.objects.filter(account__client=client, account__code=Code.ENTITLEMENT)
    return lots.select_related("account", "agreement", "balance").order_by(F("expires_at").asc(nulls_last=True), "id")


def prepaid_of(client: Client, *, at: datetime) -> list[Prepaid]:
    """Return what a client has left, unit by unit under each agreement. Two queries."""
    found: dict[tuple[int, str], Prepaid] = {}
    for lot in lots_of(client):
        if lot.agreement is None:
            continue
        unit = lot.account.unit_id
        it = found.setdefault((lot.agreement.pk, unit), Prepaid(lot.agreement, unit))
        shown = lot_shown(lot, at=at)
        it.lots.append(shown)
        if shown.state in ("valid", "soon"):
            it.left += shown.remaining.minor
    for entry in holds_of(client):
        held = amount_of(entry)
        found[entry.agreement_id or 0, held.unit].held += held.minor
    return sorted(found.values(), key=lambda it: (it.agreement.title, it.agreement.pk, it.unit))


def lot_shown(lot: Lot, *, at: datetime) -> LotShown:
    """Return a lot as pages show it; it comes with its account, agreement and balance."""
    unit, remaining = lot.account.unit_id, lot.balance.remaining
    state = LotState(lot.pk, remaining, lot.effective_at, lot.expires_at)
    if lot.expires_at is not None and lot.expires_at <= at:
        word = "expired"
    elif not remaining:
        word = "spent"
    elif not state.is_valid(at):
        word = "planned"
    else:
        word = "soon" if lot.expires_at is not None and lot.expires_at <= at + SOON else "valid"
    return LotShown(lot, Amount(remaining, unit), Amount(lot.granted, unit), word)


def holds_of(client: Client) -> QuerySet[Entry]:
    """Return what is held for a client and neither used nor given back, oldest first. Two queries."""
    entries: QuerySet[Entry] = Entry.objects.filter(client=client, kind=Kind.RESERVE, settlement__isnull=True)
    return entries.select_related("agreement", "note", "posted_by").prefetch_related("lines__account").order_by("id")


def history_of(client: Client) -> QuerySet[Entry]:
    """Return what happened to a client's prepaid units. Three queries."""
    entries: QuerySet[Entry] = Entry.objects.filter(client=client, kind__in=OF_UNITS)
    return entries.select_related("agreement", "note", "posted_by", "settles").prefetch_related(
        "lines__account", "lines__lot"
    )


def amount_of(entry: Entry) -> Amount:
    """Return how much an entry moves: what its lines bring. Its lines come with it."""
    lines = [line for line in entry.lines.all() if line.minor > 0]
    return Amount(sum(line.minor for line in lines), lines[0].unit_id)


def expiring(*, at: datetime, agreements: Iterable[int] | QuerySet[Agreement] | None = None) -> QuerySet[Lot]:
    """Return the lots that expire within 30 days and are not spent, soonest first. One query."""
    lots: QuerySet[Lot] = Lot.objects.unspent().filter(
        account__code=Code.ENTITLEMENT, expires_at__gt=at, expires_at__lte=at + SOON, effective_at__lte=at
    )
    if agreements is not None:
        lots = lots.filter(agreement__in=agreements)
    lots = lots.select_related("account__client", "agreement__client__relationship_manager", "balance")
    return lots.defer("agreement__terms").order_by("expires_at", "id")


def clients_with_units(user: User) -> QuerySet[Client]:
    """Return the clients that ever bought units, by name. One query."""
    return Client.objects.visible_to(user).filter(
        pk__in=Lot.objects.filter(account__code=Code.ENTITLEMENT).values("account__client")
    )
