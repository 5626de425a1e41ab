"""Invoices of a sheet: all of them or none, with a sentence for each row that is wrong. BAD_INPUTS: 11, 12, 13."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from credits.errors import LedgerError
from credits.models import Invoice
from credits.rules.units import CURRENCY, UNITS
from credits.services.money import enter_invoice
from credits.services.permission import require
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Client
from portal.contract.money import InvalidMoney, Money
from portal.web.sheets import BadSheet, Row, read_sheet

COLUMNS = ("client", "number", "issued_on", "currency", "amount")
MOST_ROWS = 1000
LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class Imported:
    """How many invoices a sheet brought, and how many stood there already."""

    entered: int
    known: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    row: Row
    client: Client
    number: str
    issued_on: date
    money: Money


@transaction.atomic
def import_invoices(data: bytes, *, by: User, now: datetime) -> Imported:
    """Enter the invoices of a sheet; the same invoice again is left alone. A thousand rows at most.

    Raises:
        MayNotError: The user's role prepares no money.
        BadSheet: With a sentence for each bad row; nothing of it was kept.
    """
    require(by, Act.PREPARE_MONEY)
    rows = read_sheet(data, columns=COLUMNS)
    if len(rows) > MOST_ROWS:
        raise BadSheet([f"row {rows[MOST_ROWS].number}: {len(rows):,} rows; at most {MOST_ROWS:,} are taken at once"])
    clients = {client.name.casefold(): client for client in Client.objects.visible_to(by)}
    wanted, wrong = [], []
    for row in rows:
        try:
            wanted.append(_read(row, clients))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise BadSheet(wrong)
    # Locks in one order, however the sheet is sorted.
    return _enter(sorted(wanted, key=lambda one: (one.client.pk, one.row.number)), by=by, now=now)


def _enter(wanted: Sequence[_Wanted], *, by: User, now: datetime) -> Imported:
    known = set(Invoice.objects.filter(client__in={one.client.pk for one in wanted}).values_list("client", "number"))
    entered, wrong = 0, []
    for one in wanted:
        try:
            enter_invoice(
                client=one.client, number=one.number, issued_on=one.issued_on, money=one.money, by=by, now=now
            )
        except LedgerError as error:
            wrong.append(f"row {one.row.number}: {error.sentence}")
        else:
            entered += (one.client.pk, one.number) not in known
            known.add((one.client.pk, one.number))
    if wrong:
        raise BadSheet(wrong)
    return Imported(entered, len(wanted) - entered)


def _read(row: Row, clients: dict[str, Client]) -> _Wanted:
    """Return what a row says. Raises: ValueError: With its sentence."""
    client = clients.get(row["client"].casefold())
    if client is None:
        raise ValueError(row.wrong("client", "is no client; write the name as its page has it"))
    number = row["number"]
    if not number or len(number) > LONGEST_NUMBER or not number.isprintable():
        raise ValueError(row.wrong("number", f"is no number of 1 to {LONGEST_NUMBER} characters"))
    try:
        issued_on = date.fromisoformat(row["issued_on"])
    except ValueError:
        raise ValueError(row.wrong("issued_on", "is no date; write one such as 2027-03-11")) from None
    if not 2000 <= issued_on.year <= 2100:
        raise ValueError(row.wrong("issued_on", "is out of range; choose a year from 2000 to 2100"))
    currency = row["currency"].upper()
    if UNITS.get(currency, (0, ""))[1] != CURRENCY:
        raise ValueError(row.wrong("currency", "is no currency of the ledger; write one such as USD"))
    try:
        money = Money.parse(row["amount"], currency)
    except InvalidMoney as error:
        raise ValueError(row.wrong("amount", f"is refused: {error}")) from None
    if money.minor <= 0:
        raise ValueError(row.wrong("amount", "is not above zero"))
    return _Wanted(row, client, number, issued_on, money)
