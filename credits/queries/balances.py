"""What stands between the two companies now: balances, how old they are, and an entry with everything on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Sum

from credits.credit_payload import SERVICE_CREDIT
from credits.models import Account, Code, Entry, Invoice, Line, Proposal
from credits.models.accounts import FLOORED
from credits.rules.units import CURRENCY, UNITS, Amount
from portal.accounts.models import User
from portal.clients.models import Client
from portal.contract.money import Money

AGES = (30, 60, 90)
"""How old a sum may be to stand in the first, the second and the third column, in days; the last has what is older."""
OWED = (Code.CREDIT_OWED, Code.REFUND_OWED, Code.CHARGES_OWED, Code.INVOICES_OWED)


@dataclass(slots=True)
class Standing:
    """What one client and the provider owe each other in one currency.

    Attributes:
        held: What each account holds.
        credit_ages: The service credit that is owed, by age; the oldest is used first, so the newest is left.
        invoice_ages: What is open on invoices, by age.
    """

    client: Client
    currency: str
    held: dict[Code, Money]
    credit_ages: list[Money] = field(default_factory=list)
    invoice_ages: list[Money] = field(default_factory=list)

    def of(self, code: Code) -> Money:
        """Return what an account holds, nothing where it was never opened."""
        return self.held.get(code, Money(0, self.currency))

    @property
    def credit(self) -> Money:
        """Service credit owed to the client."""
        return self.of(Code.CREDIT_OWED)

    @property
    def refund(self) -> Money:
        """Prepaid fees owed back."""
        return self.of(Code.REFUND_OWED)

    @property
    def charges(self) -> Money:
        """Charges owed by the client."""
        return self.of(Code.CHARGES_OWED)

    @property
    def invoices(self) -> Money:
        """What is open on invoices."""
        return self.of(Code.INVOICES_OWED)


def clients_with_money(user: User) -> QuerySet[Client]:
    """Return the clients that a user may see and that have any account in a currency."""
    accounts = Account.objects.filter(client=OuterRef("pk"), code__in=OWED)
    found: QuerySet[Client] = Client.objects.visible_to(user).filter(Exists(accounts))
    return found


def standings(clients: Collection[Client], *, on: date) -> list[Standing]:
    """Return what stands between these clients and the provider, by client, then currency. Three queries.

    Ages are whole days up to `on`.
    """
    by_id = {client.pk: client for client in clients}
    rows: dict[tuple[int, str], Standing] = {}
    accounts = Account.objects.filter(client__in=by_id, code__in=OWED).select_related("balance")
    for account in accounts.order_by("client", "unit", "code"):
        place = (account.client_id, account.unit_id)
        row = rows.setdefault(place, Standing(by_id[account.client_id], account.unit_id, {}))
        row.held[Code(account.code)] = Money(account.balance.minor, account.unit_id)
    credited = _credited(by_id)
    open_ = _open(by_id)
    for place, row in rows.items():
        row.credit_ages = _aged(_left(credited.get(place, []), row.credit.minor), row.currency, on)
        row.invoice_ages = _aged(open_.get(place, []), row.currency, on)
    places = {client.pk: number for number, client in enumerate(clients)}
    return sorted(rows.values(), key=lambda row: (places[row.client.pk], row.currency))


@dataclass(frozen=True, slots=True)
class Total:
    """What stands between the provider and all of its clients in one currency, and what waits for an approval."""

    currency: str
    credit: Money
    refund: Money
    invoices: Money
    charges: Money
    waiting: Money


def totals(user: User) -> list[Total]:
    """Return the sums over all clients that a user may see, a currency each. Two queries."""
    sums: dict[tuple[str, str], int] = {}
    accounts = Account.objects.visible_to(user).filter(code__in=OWED).order_by()
    for code, unit, minor in accounts.values_list("code", "unit").annotate(sum=Sum("balance__minor")):
        sums[code, unit] = minor
    proposals = Proposal.objects.visible_to(user).undecided().filter(kind=SERVICE_CREDIT).order_by()
    for unit, minor in proposals.values_list("unit").annotate(sum=Sum("minor")):
        sums["waiting", unit] = minor
    return [
        Total(
            unit,
            credit=Money(sums.get((Code.CREDIT_OWED, unit), 0), unit),
            refund=Money(sums.get((Code.REFUND_OWED, unit), 0), unit),
            invoices=Money(sums.get((Code.INVOICES_OWED, unit), 0), unit),
            charges=Money(sums.get((Code.CHARGES_OWED, unit), 0), unit),
            waiting=Money(sums.get(("waiting", unit), 0), unit),
        )
        for unit in sorted({unit for _, unit in sums})
    ]


Dated = tuple[date, int]
"""A day and so many minor units."""


def _credited(clients: Collection[int]) -> dict[tuple[int, str], list[Dated]]:
    """Return what was credited, the newest first; what was reversed, and its reversal, made nothing older or newer.

    One query.
    """
    found: dict[tuple[int, str], list[Dated]] = {}
    lines = Line.objects.filter(
        account__client__in=clients,
        account__code=Code.CREDIT_OWED,
        minor__gt=0,
        entry__reversal__isnull=True,
        entry__reverses__isnull=True,
    )
    for client, unit, on, minor in lines.order_by("-entry__effective_on", "-entry_id").values_list(
        "account__client", "unit", "entry__effective_on", "minor"
    ):
        found.setdefault((client, unit), []).append((on, minor))
    return found


def _open(clients: Collection[int]) -> dict[tuple[int, str], list[Dated]]:
    """Return what is open on each invoice. One query."""
    found: dict[tuple[int, str], list[Dated]] = {}
    invoices = Invoice.objects.filter(client__in=clients, lot__balance__remaining__gt=0)
    for client, unit, on, minor in invoices.values_list(
        "client", "lot__account__unit", "issued_on", "lot__balance__remaining"
    ):
        found.setdefault((client, unit), []).append((on, minor))
    return found


def _left(newest_first: list[Dated], held: int) -> list[Dated]:
    """Return the parts of a balance that are left when the oldest is used first.

    350 left of 100, 200 and 300, from new to old, are 100, 200 and 50.
    """
    parts = []
    for on, minor in newest_first:
        if held <= 0:
            break
        parts.append((on, min(minor, held)))
        held -= minor
    return parts


def _aged(parts: list[Dated], currency: str, on: date) -> list[Money]:
    sums = [0] * (len(AGES) + 1)
    for day, minor in parts:
        sums[sum(on - day > timedelta(days=days) for days in AGES)] += minor
    return [Money(minor, currency) for minor in sums]


@dataclass(frozen=True, slots=True)
class AccountShown:
    """An account with what it holds."""

    account: Account

    @property
    def amount(self) -> Amount:
        """What it holds, in its unit."""
        return Amount(self.account.balance.minor, self.account.unit_id)


def accounts_of(client: Client) -> list[AccountShown]:
    """Return the accounts of the client's side, in the order of the chart. One query."""
    rows = Account.objects.filter(client=client, code__in=FLOORED).select_related("balance")
    order = {code.value: number for number, code in enumerate(Code)}
    return [AccountShown(row) for row in sorted(rows, key=lambda row: (row.unit_id, order[row.code]))]


def entries_of(client: Client) -> QuerySet[Entry]:
    """Return a client's entries, for a list: the newest first by their ids."""
    found: QuerySet[Entry] = Entry.objects.filter(client=client).select_related("posted_by", "reverses", "reversal")
    return found.prefetch_related("lines__account")


def entry_seen(user: User) -> QuerySet[Entry]:
    """Return the entries that a user may see, with what their pages show."""
    entries: QuerySet[Entry] = Entry.objects.visible_to(user).select_related(
        "client", "agreement", "posted_by", "approval__approved_by", "approval__prepared_by", "reverses", "reversal"
    )
    return entries.prefetch_related("lines__account", "lines__lot__invoice")


@dataclass(frozen=True, slots=True)
class Moved:
    """What an entry moved on one account of the client's side."""

    code: Code
    amount: Amount


def moved_for_client(entry: Entry) -> list[Moved]:
    """Return what an entry moved on each account of the client's side; of its prefetched lines.

    Never summed: credit that is owed and what is open on invoices are owed in opposite directions.
    """
    sums: dict[tuple[str, str], int] = {}
    for line in entry.lines.all():
        place = (line.account.code, line.unit_id)
        sums[place] = sums.get(place, 0) + line.minor
    return [
        Moved(code, Amount(sums[code.value, unit], unit))
        for code in FLOORED
        for unit in sorted({unit for held, unit in sums if held == code.value})
        if sums[code.value, unit]
    ]


@dataclass(frozen=True, slots=True)
class Applied:
    """What an offset would apply to an invoice, and what would be left open on it."""

    invoice: Invoice
    part: Money
    left: Money


def offset_preview(invoices: Collection[Invoice], money: Money) -> list[Applied]:
    """Return what offsetting a sum would apply to open invoices, given oldest first. Clause: JS-15."""
    found, left = [], money.minor
    for invoice in invoices:
        part = min(left, invoice.lot.balance.remaining)
        if part <= 0:
            break
        rest = invoice.lot.balance.remaining - part
        found.append(Applied(invoice, Money(part, money.currency), Money(rest, money.currency)))
        left -= part
    return found


def invoices_of_client(client: Client) -> QuerySet[Invoice]:
    """Return a client's invoices with what is open on them."""
    found: QuerySet[Invoice] = Invoice.objects.filter(client=client).select_related("lot__balance", "lot__account")
    return found


def currencies_of(client: Client) -> list[str]:
    """Return the currencies in which money may stand between the two: those of its fees and of its accounts. Two
    queries.
    """
    fees = client.agreements.exclude(fee_currency="").values_list("fee_currency", flat=True)
    accounts = Account.objects.filter(client=client).values_list("unit", flat=True)
    found = {*fees, *accounts}
    return sorted(code for code in found if UNITS.get(code, (0, ""))[1] == CURRENCY) or ["USD"]
