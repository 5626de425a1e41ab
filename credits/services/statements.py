"""Issuing statements: once a client's month is over, and never again. Clause: T-8, JS-15."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from credits.models import Code, Entry, Statement, StatementLine, StatementPart
from credits.models.accounts import Account
from credits.queries.statements import closings_of, invoices_of, last_statements, untold, with_accounts, zones_of
from credits.rules.statements import Draft, Told, digest_of, drafts, last_over, over_at
from credits.sources import sources_of
from credits.statement_words import clause_of, what_of
from incidents.rules.months import Month
from portal.clients.models import Client

CLIENTS_AT_A_TIME = 200


@dataclass(slots=True)
class _Chain:
    """The statements of one client and unit that are to be issued, the last one that was, and where the month ends."""

    client: int
    unit: str
    zones: Sequence[str]
    last: Statement | None
    drafts: list[Draft]


def issue_statements(*, now: datetime, until: Month | None = None) -> list[Statement]:
    """Issue every statement whose month is over for its client, and return them; a second run finds nothing to issue.

    A month is over once it is over in each of the client's zones. `until` leaves out later months. As many queries for
    many clients as for a few, 200 at a time; with each month that was missed five more.
    """
    issued: list[Statement] = []
    clients = list(with_accounts().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(clients), CLIENTS_AT_A_TIME):
        issued += _issue(clients[start : start + CLIENTS_AT_A_TIME], now=now, until=until)
    return issued


@transaction.atomic
def _issue(ids: Sequence[int], *, now: datetime, until: Month | None) -> list[Statement]:
    # Two runs at a time wait for each other here; the second finds every line told.
    clients = list(Client.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    chains = _chains(clients, now=now, until=until)
    words = _words(chains)
    issued: list[Statement] = []
    while chains := [chain for chain in chains if chain.drafts]:
        issued += _issue_next(chains, words, now=now)
    return issued


def _chains(clients: Sequence[Client], *, now: datetime, until: Month | None) -> list[_Chain]:
    ids = [client.pk for client in clients]
    zones, movements, last = zones_of(clients), untold(ids), last_statements(ids)
    closings = closings_of(last.values())
    chains = []
    for pair in sorted(movements.keys() | last.keys()):
        before = last.get(pair)
        over = last_over(zones[pair[0]], at=now)
        found = drafts(
            movements.get(pair, ()),
            closings.get(before.pk, {}) if before else {},
            after=before.month if before else None,
            until=over if until is None else min(over, until),
        )
        chains.append(_Chain(*pair, zones[pair[0]], before, list(found)))
    return chains


def _words(chains: Iterable[_Chain]) -> dict[tuple[int, int], tuple[str, str]]:
    """Return what is said of each entry on each account, and the clause. Three queries, and what sources need."""
    movements = [(chain.unit, one) for chain in chains for draft in chain.drafts for one in draft.movements]
    if not movements:
        return {}
    wanted = {one.entry for _, one in movements}
    entries = Entry.objects.select_related("reverses").in_bulk(wanted)
    codes = dict(Account.objects.filter(pk__in={one.account for _, one in movements}).values_list("pk", "code"))
    invoices = invoices_of(entries)
    sources = sources_of(entries.values(), audience="client")
    return {
        (one.entry, one.account): (
            what_of(
                entries[one.entry], Code(codes[one.account]), sources[one.entry], list(invoices.get(one.entry, ()))
            ),
            clause_of(entries[one.entry], unit, sources[one.entry]),
        )
        for unit, one in movements
    }


def _issue_next(
    chains: Sequence[_Chain], words: dict[tuple[int, int], tuple[str, str]], *, now: datetime
) -> list[Statement]:
    """Issue the oldest statement that is left of each chain: three inserts."""
    statements: list[Statement] = []
    parts: list[StatementPart] = []
    lines: list[StatementLine] = []
    for chain in chains:
        draft = chain.drafts.pop(0)
        _, zone = over_at(draft.month, chain.zones)
        told = [
            Told(one, number, *words[one.entry, one.account]) for number, one in enumerate(draft.movements, start=1)
        ]
        statement = Statement(
            client_id=chain.client,
            unit_id=chain.unit,
            month_on=date(draft.month.year, draft.month.number, 1),
            zone=zone,
            previous=chain.last,
            issued_at=now,
            digest=digest_of(
                client=chain.client,
                unit=chain.unit,
                month=draft.month,
                zone=zone,
                issued_at=now,
                openings=draft.openings,
                closings=draft.closings,
                lines=told,
                previous=chain.last.digest if chain.last else "",
            ),
        )
        chain.last = statement
        statements.append(statement)
        parts += [
            StatementPart(statement=statement, account_id=account, opening=draft.openings[account], closing=closing)
            for account, closing in draft.closings.items()
        ]
        lines += [
            StatementLine(
                statement=statement,
                number=line.number,
                account_id=line.movement.account,
                entry_id=line.movement.entry,
                minor=line.movement.minor,
                what=line.what,
                clause=line.clause,
            )
            for line in told
        ]
    Statement.objects.bulk_create(statements)
    for part in parts:
        part.statement = part.statement  # Its number is known now.
    for line in lines:
        line.statement = line.statement
    StatementPart.objects.bulk_create(parts)
    StatementLine.objects.bulk_create(lines)
    return statements
