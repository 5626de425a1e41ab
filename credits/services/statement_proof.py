"""Proving issued statements against the ledger: each line, each sum, each hash, and what is on none yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

from credits.models import Account, Statement, StatementLine
from credits.models.accounts import FLOORED
from credits.queries.statements import closings_of, last_statements, untold
from credits.rules.statements import Movement, Told, digest_of, month_of
from credits.rules.units import Amount

CHUNK = 500


def wrong_statements(sums: Mapping[int, int]) -> Iterator[str]:
    """Yield what is wrong with statements; `sums` are what the ledger's accounts add up to.

    Five queries a chunk of statements, and four.
    """
    before: dict[tuple[int, str], tuple[Statement, dict[int, int]]] = {}
    rows = Statement.objects.order_by("client_id", "unit_id", "month_on").select_related("client")
    for statement in rows.prefetch_related("parts", "lines__entry__lines").iterator(chunk_size=CHUNK):
        pair = (statement.client_id, statement.unit_id)
        previous, held = before.get(pair, (None, {}))
        yield from _wrong(statement, previous, held)
        before[pair] = (statement, {part.account_id: part.closing for part in statement.parts.all()})
    yield from _wrong_closings(sums)


def _wrong(statement: Statement, previous: Statement | None, held: Mapping[int, int]) -> Iterator[str]:
    """Yield what is wrong within one statement, and between it and the one before."""
    name, unit = f"Statement {statement.number} of {statement.client}", statement.unit_id
    lines = sorted(statement.lines.all(), key=lambda line: line.number)
    openings = {part.account_id: part.opening for part in statement.parts.all()}
    closings = {part.account_id: part.closing for part in statement.parts.all()}
    told = [
        Told(
            Movement(line.entry_id, line.account_id, line.entry.effective_on, line.minor, line.entry.seal_id),
            line.number,
            line.what,
            line.clause,
        )
        for line in lines
    ]
    digest = digest_of(
        client=statement.client_id,
        unit=statement.unit_id,
        month=statement.month,
        zone=statement.zone,
        issued_at=statement.issued_at,
        openings=openings,
        closings=closings,
        lines=told,
        previous=previous.digest if previous else "",
    )
    if statement.previous_id != (previous.pk if previous else None) or digest != statement.digest:
        yield f"{name} is not what its hash says."
    if openings != {account: held.get(account, 0) for account in openings} or held.keys() - openings.keys():
        yield f"{name} does not open with what the one before closed with."
    for account, closing in closings.items():
        total = openings[account] + sum(line.minor for line in lines if line.account_id == account)
        if total != closing:
            yield f"{name} closes with {Amount(closing, unit)}, and its lines lead to {Amount(total, unit)}."
    for line in lines:
        if _moved(line) != line.minor:
            shown, there = Amount(line.minor, unit), Amount(_moved(line), unit)
            yield f"{name} tells {shown} in line {line.number}, and the ledger has {there}."
    if any(month_of(line.entry.effective_on) > statement.month for line in lines):
        yield f"{name} tells of a later month."


def _moved(line: StatementLine) -> int:
    """Return what the ledger says that a line's entry moved on its account."""
    return sum(one.minor for one in line.entry.lines.all() if one.account_id == line.account_id)


def _wrong_closings(sums: Mapping[int, int]) -> Iterator[str]:
    """Yield the accounts whose last closing, and what is on no statement yet, are not what the ledger has."""
    accounts = list(Account.objects.filter(code__in=FLOORED).select_related("client").order_by("pk"))
    clients = {account.client_id for account in accounts}
    last, movements = last_statements(clients), untold(clients)
    expected: Counter[int] = Counter()
    for closings in closings_of(last.values()).values():
        expected.update(closings)
    for movement in chain.from_iterable(movements.values()):
        expected[movement.account] += movement.minor
    for account in accounts:
        if expected[account.pk] != sums.get(account.pk, 0):
            told = Amount(expected[account.pk], account.unit_id)
            there = Amount(sums.get(account.pk, 0), account.unit_id)
            yield (
                f"{account} of {account.client} is {told} by its statements and what came since, and its lines sum to "
                f"{there}."
            )
