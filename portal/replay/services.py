"""Staff's runs: kept, judged by a worker, and forgotten after some days."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction
from django.db.models import Q

from portal.accounts.models import User
from portal.contract.bad_line import BadLine
from portal.contract.money import Money
from portal.contract.terms import Terms, read_terms
from portal.replay.attainment import Attainment
from portal.replay.engine import ClockRow, Judgement
from portal.replay.history import Fee, read_history
from portal.replay.importing import BadSheet, servicenow_history
from portal.replay.models import Run, Side, SideBreach
from portal.web.errors import PortalError

KEPT_FOR = timedelta(days=7)
LARGEST_FILE = 24_000_000
"""Bytes of an upload; it has to fit into what a request may hold."""
ASKED_AGAIN_AFTER = timedelta(seconds=15)
"""When a broker was away, or forgot."""
GIVEN_UP_AFTER = timedelta(minutes=15)
"""A worker that is not done after so long has died; another may take the run over."""
FAILED = "The portal failed at it. Try once more; if it fails again, tell an administrator: its log says why."
MOST_FINDINGS = 200
BATCH = 500
LETTERS = "AB"


class RunRefusedError(PortalError):
    """The upload can't become a run."""

    code = "run_refused"


@transaction.atomic
def start_run(
    *,
    owner: User,
    name: str,
    content: bytes,
    source: str,
    zone: str,
    severities: Mapping[str, str],
    fee: Money | None = None,
    contracts: Sequence[tuple[str, Terms]],
    now: datetime,
) -> Run:
    """Keep an upload to be judged under one contract or two, each with its title; forget runs that are a week old.

    Raises:
        RunRefusedError: It is empty or larger than `LARGEST_FILE`.
    """
    if not content.strip():
        raise RunRefusedError("The file is empty. Choose another.", field="file")
    if len(content) > LARGEST_FILE:
        raise RunRefusedError(
            f"The file has {len(content) / 1e6:,.1f} MB. Choose one of at most {LARGEST_FILE // 1_000_000} MB, "
            "or replay it by command.",
            field="file",
        )
    Run.objects.filter(created_at__lt=now - KEPT_FOR).delete()
    run = Run.objects.create(
        owner=owner,
        name=name[:200],
        source=source,
        zone=zone,
        severities=dict(severities),
        fee=None if fee is None else {"amount": str(fee), "currency": fee.currency},
        content=zlib.compress(content),
        created_at=now,
        asked_at=now,
    )
    Side.objects.bulk_create(
        Side(run=run, letter=letter, title=title, terms=terms.to_json())
        for letter, (title, terms) in zip(LETTERS, contracts, strict=False)
    )
    return run


def claim_run(*, run_id: int, now: datetime) -> Run | None:
    """Take a run that waits, or one whose worker died; None where somebody else has it. Two queries."""
    free = Q(state=Run.State.QUEUED) | Q(state=Run.State.RUNNING, asked_at__lt=now - GIVEN_UP_AFTER)
    taken = Run.objects.filter(free, pk=run_id).update(state=Run.State.RUNNING, started_at=now, asked_at=now)
    return Run.objects.get(pk=run_id) if taken else None


def ask_again(*, run_id: int, now: datetime) -> bool:
    """Let a run wait anew that nobody took, or whose worker died; return whether a worker is to be asked. One query."""
    left = Q(state=Run.State.QUEUED, asked_at__lt=now - ASKED_AGAIN_AFTER)
    left |= Q(state=Run.State.RUNNING, asked_at__lt=now - GIVEN_UP_AFTER)
    return bool(Run.objects.filter(left, pk=run_id).update(state=Run.State.QUEUED, asked_at=now, progress=""))


def judge_run(run: Run) -> str:
    """Judge a claimed run under its contracts and keep what came of it; return '' or why the file was refused."""
    content = zlib.decompress(run.content)
    try:
        lines = _lines(run, content)
        for side in run.sides.all():
            _judge_side(run, side, lines)
    except (BadLine, BadSheet) as refusal:
        return str(refusal)
    return ""


def finish_run(run: Run, *, refusal: str, now: datetime) -> None:
    """Say that a run is over."""
    run.state = Run.State.REFUSED if refusal else Run.State.DONE
    run.refusal = refusal
    run.finished_at = now
    run.progress = ""
    run.save(update_fields=["state", "refusal", "finished_at", "progress"])


def _lines(run: Run, content: bytes) -> list[bytes]:
    if run.source == Run.Source.SERVICENOW:
        _tell(run, "Reading the sheet")
        return servicenow_history(content, zone=run.zone)
    return content.splitlines()


def _judge_side(run: Run, side: Side, lines: Iterable[bytes]) -> None:
    terms = read_terms(side.terms)
    severities = {name: mapped for name, mapped in run.severities.items() if name not in terms.ranks}
    history = read_history(
        lines,
        terms=terms,
        severities=severities if run.severities else None,
        fee=Fee(run.fee["amount"], run.fee["currency"], "month") if run.fee else None,
        note=lambda count: _tell(run, f"{side.letter}: {count:,} lines read"),
    )
    judgement = Judgement(history)
    attainment = Attainment(ZoneInfo(history.header.timezone))
    SideBreach.objects.filter(side=side).delete()
    for rows in judgement.batches(list):
        broken = attainment.take(rows)
        SideBreach.objects.bulk_create([_breach(side, row) for row in broken], batch_size=BATCH)
        _tell(run, f"{side.letter}: {judgement.summary.incidents:,} incidents judged")
    side.summary = msgspec.to_builtins(judgement.summary)
    side.attainment = attainment.to_json()
    side.findings = msgspec.to_builtins(judgement.findings[:MOST_FINDINGS])
    side.summary["findings"] = len(judgement.findings)
    side.summary["currency"] = history.fee.currency if history.fee is not None else ""
    side.summary["tells_of_downtime"] = history.tells_of_downtime
    side.availability = msgspec.to_builtins(judgement.availability)
    side.credits = msgspec.to_builtins(judgement.credits)
    side.save(update_fields=["summary", "attainment", "findings", "availability", "credits"])


def _breach(side: Side, row: ClockRow) -> SideBreach:
    assert row.due_at is not None  # noqa: S101  (what was due was broken)
    return SideBreach(
        side=side,
        subject=row.subject,
        target=row.target,
        ordinal=row.ordinal,
        severity=row.severity or "",
        clause=row.clause,
        due_at=row.due_at,
        met_at=row.met_at,
    )


def _tell(run: Run, progress: str) -> None:
    Run.objects.filter(pk=run.pk).update(progress=progress)
