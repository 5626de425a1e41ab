"""Sheets: read as other systems export them, checked row by row; written so that no cell becomes a formula.

BAD_INPUTS: 10, 11.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MOST_COLUMNS = 500
FORMULA_SIGNS = (
    *"=+-@\t\r\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)
"""What a spreadsheet takes for the begin of a formula; a text that begins so is led by an apostrophe."""
MOST_ERRORS_SHOWN = 20
SEPARATORS = ",;\t"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class BadSheet(ValueError):
    """A sheet that can't be imported, with a sentence for each bad row; nothing of it was kept."""

    def __init__(self, sentences: Sequence[str]) -> None:
        shown = list(sentences[:MOST_ERRORS_SHOWN])
        if len(sentences) > MOST_ERRORS_SHOWN:
            shown.append(f"and {len(sentences) - MOST_ERRORS_SHOWN:,} more")
        super().__init__("\n".join(shown))
        self.sentences = shown


@dataclass(frozen=True, slots=True)
class Row:
    """One record; row 1 is the header, as a spreadsheet counts."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def wrong(self, column: str, what: str) -> str:
        """Return the sentence for a cell that can't be read."""
        value = self.cells[column]
        shown = value if len(value) <= 40 else f"{value[:40]}…"
        return f"row {self.number}: {column}: {shown!r} {what}"


def read_sheet(data: bytes, *, columns: Sequence[str]) -> list[Row]:
    """Read a sheet with these columns, others left out.

    UTF-8 and UTF-16 with or without a byte order mark; commas, semicolons or tabs, whichever the header has most of.

    Raises:
        BadSheet: An encoding or a quote that does not end, a header with a column twice, one missing or more than 500,
            rows with more or fewer cells than the header; all such rows are named at once.
    """
    text = _decode(data)
    header_line = text.partition("\n")[0]
    separator = max(SEPARATORS, key=header_line.count)
    if header_line.count(separator) >= MOST_COLUMNS:
        raise BadSheet([f"row 1: {header_line.count(separator) + 1:,} columns; at most {MOST_COLUMNS} can be read"])
    records = _records(text, separator)
    header = [name.strip() for name in next(records, [])]
    _check_header(header, columns)
    places = [(name, header.index(name)) for name in columns]
    rows, errors = [], []
    for number, record in enumerate(records, start=2):
        if not record:
            continue
        if len(record) != len(header):
            errors.append(f"row {number}: {len(record)} cells; the header has {len(header)}")
        elif "\0" in "".join(record):
            errors.append(f"row {number}: a NUL character; remove it")
        else:
            rows.append(Row(number, {name: record[place].strip() for name, place in places}))
    if errors:
        raise BadSheet(errors)
    return rows


def _decode(data: bytes) -> str:
    name = "UTF-16" if data.startswith(UTF_16) else "UTF-8"
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode(name)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise BadSheet([f"row {row}: not {name}; save the sheet as UTF-8"]) from None


def _records(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            what = "a quote that is opened and never closed" if "end of data" in str(error) else str(error)
            raise BadSheet([f"row {number}: {what}"]) from None
        if record is None:
            return
        yield record


def _check_header(header: Sequence[str], columns: Sequence[str]) -> None:
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise BadSheet([f"row 1: column {name!r} stands there more than once" for name in twice])
    missing = [name for name in columns if name not in header]
    if missing:
        raise BadSheet([f"row 1: column {name!r} is missing" for name in missing])


Cell = str | Decimal | int | date | None
"""What a sheet holds: texts are made harmless, numbers stay numbers, days are ISO 8601."""


def write_sheet(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return separated values with commas and CRLF; decimals exactly as they are, None as nothing. BAD_INPUTS: 10."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue()


def _written(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, str):
        return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_SIGNS) else cell
    return "" if cell is None else str(cell)
