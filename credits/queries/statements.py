"""Reads of statements: what is on none yet, what the last ones closed with, and one with everything that it tells."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, QuerySet, Sum

from credits.models import Account, Code, Line, Statement, StatementLine, StatementPart
from credits.models.accounts import FLOORED
from credits.models.statements import StatementQuerySet
from credits.rules.statements import Movement
from portal.accounts.models import User
from portal.clients.models import Agreement, Client

Pair = tuple[int, str]
"""A client's id and a unit: what statements are issued for."""


def listed(user: User) -> StatementQuerySet:
    """Return the statements that a user may see, with their client and the one before."""
    found: StatementQuerySet = Statement.objects.visible_to(user).select_related("client", "previous")
    return found


def with_accounts() -> QuerySet[Client]:
    """Return the clients whose side of the ledger has any account."""
    return Client.objects.filter(Exists(Account.objects.filter(client=OuterRef("pk"), code__in=FLOORED)))


def untold(clients: Collection[int]) -> dict[Pair, list[Movement]]:
    """Return what was moved on these clients' own accounts and is on no statement yet. One query."""
    told = StatementLine.objects.filter(entry=OuterRef("entry"), account=OuterRef("account"))
    rows = (
        Line.objects.filter(~Exists(told), account__client__in=clients, account__code__in=FLOORED)
        .order_by()
        .values_list("account__client", "unit", "entry", "account", "entry__effective_on", "entry__seal")
        .annotate(moved=Sum("minor"))
        .exclude(moved=0)
    )
    found: dict[Pair, list[Movement]] = {}
    for client, unit, entry, account, effective_on, seal, moved in rows:
        found.setdefault((client, unit), []).append(Movement(entry, account, effective_on, moved, seal))
    return found


def last_statements(clients: Collection[int]) -> dict[Pair, Statement]:
    """Return the last statement of each unit of these clients. One query."""
    rows = Statement.objects.filter(client__in=clients, following__isnull=True)
    return {(row.client_id, row.unit_id): row for row in rows}


def closings_of(statements: Iterable[Statement]) -> dict[int, dict[int, int]]:
    """Return what each account held at the end of statements, by statement and account. One query."""
    found: dict[int, dict[int, int]] = {}
    rows = StatementPart.objects.filter(statement__in=[row.pk for row in statements])
    for statement, account, closing in rows.values_list("statement", "account", "closing"):
        found.setdefault(statement, {})[account] = closing
    return found


def zones_of(clients: Iterable[Client]) -> dict[int, list[str]]:
    """Return the zones that a client's months run in: its own, and those of agreements that were activated. One query.

    Clause: T-8, T-10.
    """
    found = {client.pk: {client.zone} for client in clients}
    rows = Agreement.objects.filter(client__in=found, activated_at__isnull=False).values_list("client", "zone")
    for client, zone in rows.order_by().distinct():
        found[client].add(zone)
    return {client: sorted(zones) for client, zones in found.items()}


def invoices_of(entries: Collection[int]) -> dict[int, dict[str, int]]:
    """Return how much went to which invoice, in minor units by its number, for entries that touch any. One query."""
    found: dict[int, dict[str, int]] = {}
    rows = Line.objects.filter(entry__in=entries, account__code=Code.INVOICES_OWED).order_by("entry", "id")
    for entry, number, minor in rows.values_list("entry", "lot__invoice__number", "minor"):
        found.setdefault(entry, {})[number] = abs(minor)
    return found
