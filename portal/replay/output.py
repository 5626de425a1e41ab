"""Writing a judgement: one JSON document, streamed, or a table to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from portal.contract.explain import Explanation
from portal.replay.engine import ClockRow, Judgement

_encode = msgspec.json.Encoder(decimal_format="string").encode


def json_document(
    judgement: Judgement, *, explain: str | None = None, compact: bool = False, processes: int = 1
) -> Iterator[bytes]:
    """Yield one JSON document in pieces; a million clocks never stand in memory as one text.

    Args:
        judgement: Not read before.
        explain: A subject whose clocks are explained in a further section.
        compact: The whole document on one line.
        processes: How many work on it.
    """
    separator = b"," if compact else b",\n  "
    section = b"," if compact else b",\n "
    yield b'{"clocks": ['
    first = True
    for rows in judgement.batches(partial(_rows, separator=separator), processes=processes):
        if rows:
            yield rows if first else separator + rows
            first = False
    yield b"]"
    for name in ("findings", "availability", "credits"):
        yield section + b'"' + name.encode() + b'": ' + _encode(getattr(judgement, name))
    if explain is not None:
        found = [explanation_row(part) for part in judgement.explanations(explain)]
        yield section + b'"explain": ' + _encode({"subject": explain, "clocks": found})
    yield section + b'"summary": ' + _encode(judgement.summary) + b"}\n"


def _rows(rows: Iterable[ClockRow], *, separator: bytes) -> bytes:
    return separator.join(map(_encode, rows))


def explanation_row(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as plain values, seconds as numbers and instants as UTC."""
    total = explanation.total
    return {
        "target": explanation.target,
        "ordinal": explanation.ordinal,
        "state": explanation.state,
        "due_at": explanation.due_at,
        "promised": explanation.total_text,
        "target_seconds": _number(total.total_seconds()) if total is not None else None,
        "counted_seconds": _number(explanation.counted.total_seconds()),
        "segments": [
            {
                "kind": part.kind,
                "start": part.start,
                "end": part.end,
                "seconds": _number(part.seconds),
                "clause": part.clause,
                "text": part.text,
            }
            for part in explanation.segments
        ],
    }


def _number(seconds: float) -> int | float:
    return int(seconds) if seconds == int(seconds) else seconds


def table(judgement: Judgement, *, explain: str | None = None) -> Iterator[str]:
    """Yield the lines of a table of the clocks, then findings and counts, for people."""
    form = "{:<28} {:<18} {:>3}  {:<10} {:<6} {:<9} {:<27} {}"
    yield form.format("subject", "target", "no.", "severity", "clause", "state", "due (UTC)", "met (UTC)")
    for row in judgement.clocks():
        yield form.format(
            row.subject,
            row.target,
            row.ordinal,
            row.severity or "",
            row.clause,
            row.state,
            _shown(row.due_at) if row.due_at else "",
            _shown(row.met_at) if row.met_at else "",
        ).rstrip()
    for finding in judgement.findings:
        yield "  ".join((_shown(finding.at), finding.subject, finding.kind, finding.clause, finding.message))
    yield from _months(judgement)
    if explain is not None:
        for explanation in judgement.explanations(explain):
            yield from _explained(explanation)
    counts = msgspec.to_builtins(judgement.summary)
    yield ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in counts.items())


def _months(judgement: Judgement) -> Iterator[str]:
    """Yield a line for each credit, and what is known of availability: without any record of downtime, no data."""
    yield f"terms: {judgement.history.terms.document.name}"
    for line in judgement.credits:
        amount = f"{line['amount']} {line['currency']}" if line["amount"] is not None else "no fee"
        yield "  ".join((line["month"], line["rule"], line["clause"], f"{line['percent']} %", amount))
    if judgement.availability and not judgement.history.tells_of_downtime:
        yield "availability: no data; the history tells of no outage and no maintenance"
        return
    for month in judgement.availability:
        kept = "so far" if month.get("partial") else "met" if month["met"] else "missed"
        yield f"{month['month']}  uptime {month['uptime'] or 'none'} %  {kept}"


def _shown(at: datetime) -> str:
    return at.isoformat(" ", "seconds")


def _explained(explanation: Explanation) -> Iterator[str]:
    yield f"\n{explanation.target} {explanation.ordinal}: {explanation.state}, {explanation.total_text}"
    for part in explanation.segments:
        until = _shown(part.end) if part.end else "open"
        seconds = f"{_number(part.seconds)} s" if part.start != part.end else ""
        yield f"  {_shown(part.start)}  {until:<25}  {part.kind:<9} {seconds:>12}  {part.clause:<6} {part.text}"
    yield f"  adds up to {_number(explanation.counted.total_seconds())} s"
