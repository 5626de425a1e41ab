"""A statement as JSON, CSV and PDF: the same figures as its page, exact, none of them ever a float.

The PDF is tagged and conforms to PDF/UA-1; it is set by Typst from `statement.typ`, offline, with the fonts that Typst
brings along. What it tells is handed over as data: nothing in it is read as markup.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst

from credits.statement_page import StatementShown, ToldAccount, ToldLine
from credits.words import amount_text
from portal.web.figures import day_text, instant_text
from portal.web.sheets import Cell, write_sheet

TEMPLATE = Path(__file__).with_name("statement.typ")
COLUMNS = ("statement", "account", "line", "date", "what", "how", "clause", "amount", "balance", "unit")


def as_json(shown: StatementShown) -> dict[str, Any]:
    """Return a statement for machines; amounts are strings in whole units, instants ISO 8601 in UTC."""
    statement = shown.statement
    return {
        "statement": statement.number,
        "client": statement.client.name,
        "unit": statement.unit_id,
        "month": str(statement.month),
        "zone": statement.zone,
        "issued_at": statement.issued_at.isoformat().replace("+00:00", "Z"),
        "digest": statement.digest,
        "previous_digest": statement.previous.digest if statement.previous is not None else None,
        "accounts": [_account(account) for account in shown.accounts],
    }


def _account(account: ToldAccount) -> dict[str, Any]:
    return {
        "account": account.code.value,
        "opening": f"{account.opening.number:f}",
        "closing": f"{account.closing.number:f}",
        "lines": [
            {
                "number": told.line.number,
                "date": told.on.isoformat(),
                "late": told.late,
                "what": told.line.what,
                "how": told.detail,
                "clause": told.line.clause or None,
                "amount": f"{told.amount.number:f}",
                "balance": f"{told.balance.number:f}",
                "entry": told.line.entry_id,
                "rests_on": told.source.label,
            }
            for told in account.lines
        ],
    }


def as_csv(shown: StatementShown) -> str:
    """Return a statement as a sheet: for each account its opening, its lines, its closing. BAD_INPUTS: 10."""
    rows: list[list[Cell]] = []
    for account in shown.accounts:
        opening, closing = account.opening.number, account.closing.number
        rows.append(_row(shown, account, "Opening balance", balance=opening))
        rows += [
            _row(
                shown,
                account,
                told.line.what,
                number=told.line.number,
                on=told.on,
                how=told.detail,
                clause=told.line.clause,
                amount=told.amount.number,
                balance=told.balance.number,
            )
            for told in account.lines
        ]
        rows.append(_row(shown, account, "Closing balance", balance=closing))
    return write_sheet(COLUMNS, rows)


def _row(shown: StatementShown, account: ToldAccount, what: str, **cells: Cell) -> list[Cell]:
    return [
        shown.statement.number,
        account.heading,
        cells.get("number"),
        cells.get("on"),
        what,
        cells.get("how", ""),
        cells.get("clause", ""),
        cells.get("amount"),
        cells.get("balance"),
        shown.statement.unit_id,
    ]


def as_pdf(shown: StatementShown, *, provider: str) -> bytes:
    """Return a statement as a tagged PDF."""
    statement = shown.statement
    data = {
        "title": shown.title,
        "provider": provider,
        "client": statement.client.name,
        "number": statement.number,
        "month": shown.month,
        "issued": instant_text(statement.issued_at, ZoneInfo(statement.zone)),
        "zone": statement.zone,
        "digest": shown.digest_groups,
        "previous": statement.previous.number if statement.previous is not None else "",
        "accounts": [
            {
                "heading": account.heading,
                "opening": amount_text(account.opening),
                "closing": amount_text(account.closing),
                "lines": [_pdf_line(told) for told in account.lines],
            }
            for account in shown.accounts
        ],
    }
    document = typst.compile(
        TEMPLATE,
        sys_inputs={"statement": json.dumps(data)},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    if not isinstance(document, bytes):
        raise TypeError("Typst set no single document.")
    return document


def _pdf_line(told: ToldLine) -> dict[str, str]:
    # What a page of the client's shows: the numbers by which only the portal knows something say nothing on paper.
    evidence = told.source.label if told.source.url and not told.source.title else ""
    return {
        "on": day_text(told.on),
        "what": told.line.what,
        "how": ", ".join(
            filter(
                None, (f"Line {told.line.number}", told.detail, evidence, "of an earlier month" if told.late else "")
            )
        ),
        "clause": told.line.clause,
        "amount": amount_text(told.amount),
        "balance": amount_text(told.balance),
    }
