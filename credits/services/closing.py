"""Closing months: their inputs frozen, their lines proposed, and later only what differs. Clause: JS-13 to JS-20.

Level-triggered: every run looks at each month that is over as it stands now. One that never closed closes; one whose
inputs have changed since closes again, and the difference is proposed; all others are left alone. Run twice, or by two
at the same time, it does nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from django.db import transaction

from credits.credit_payload import SERVICE_CREDIT, CreditPayload, Otherwise, Part, rule_words
from credits.errors import AlreadyClosedError, MayNotError, MonthNotOverError, NothingToCloseError
from credits.models import Decision, MonthClose, MonthHold, Proposal, Verdict
from credits.queries.closing import Block, Key, Reading, crediting, read_months
from credits.rules.closing import (
    WHOLE,
    Decided,
    Due,
    Identity,
    Inputs,
    cap_of,
    due,
    line_row,
    other_readings,
    other_totals,
)
from credits.rules.seals import hash_of
from credits.rules.units import Amount
from credits.services.proposals import lock_month, prepare_proposal, require_reason, withdraw_overtaken
from incidents.rules.months import Month
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement, AgreementQuerySet
from portal.clocks.services import lock_agreement
from portal.contract.money import Money
from portal.web.figures import NBSP, money_text
from portal.web.rounds import DATABASE_AWAY

LOOKS_BACK = 12
"""How many months that are over each run looks at: what is learned later than that is closed again by hand."""
BATCH = 500

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Closed:
    """What came of a run."""

    closed: int = 0
    again: int = 0
    held: int = 0
    failed: int = 0
    proposals: int = 0

    @property
    def sentence(self) -> str:
        """What came of it, in words."""
        return (
            f"{self.closed:,} months closed, {self.again:,} closed again, {self.held:,} held up, "
            f"{self.proposals:,} proposals." + (f" {self.failed:,} failed: see the log." if self.failed else "")
        )


def close_months(
    *,
    now: datetime,
    agreements: AgreementQuerySet | None = None,
    months: tuple[Month, Month] | None = None,
) -> Closed:
    """Close every month that is over and that nothing speaks against; return what came of it.

    Args:
        agreements: Only these; all that grant credits where it is None.
        months: The first and the last to look at; the last twelve where it is None.

    Nine queries read, however many agreements there are; what has lines or changed is written in a transaction each,
    and one that fails stops no other.
    """
    last = Month(now.year, now.month)
    first, last = months or (last.plus(-LOOKS_BACK), last)
    reading = read_months(crediting() if agreements is None else agreements, first, last, now=now)
    came = Closed()
    plain: list[MonthClose] = []
    holds = {Key(hold.agreement_id, Month(hold.month.year, hold.month.month)): hold for hold in _holds(reading)}
    for key, inputs in reading.inputs.items():
        content = inputs.content()
        digest = hash_of(content)
        closed = reading.closed.get(key)
        if closed is not None and closed.inputs_hash == digest:
            continue
        blocks = reading.blocks[key]
        if blocks:
            came.held += 1
            _hold(key, blocks, holds.pop(key, None), now=now)
        elif closed is None and not inputs.lines():
            plain.append(_row(key, inputs, content, digest, None, now=now))
        else:
            _close_apart(reading.agreements[key.agreement_id], inputs, closed, came, now=now)
    created = MonthClose.objects.bulk_create(plain, batch_size=BATCH, ignore_conflicts=True)
    came.closed += len(created)
    if gone := [hold.pk for hold in holds.values()]:
        MonthHold.objects.filter(pk__in=gone).delete()
    return came


def _close_apart(agreement: Agreement, inputs: Inputs, seen: MonthClose | None, came: Closed, *, now: datetime) -> None:
    """Close one month in a transaction of its own; what fails is told to the log and tried again by the next run."""
    try:
        close, proposals = _close(agreement.pk, inputs, seen, by=None, reason="", now=now)
    except DATABASE_AWAY:
        raise
    except Exception:
        log.exception("month_not_closed", agreement=agreement.ref, month=str(inputs.month))
        came.failed += 1
        return
    if close is not None:
        came.closed += close.number == 1
        came.again += close.number > 1
        came.proposals += proposals


def close_by_hand(*, agreement_id: int, month: Month, reason: str, by: User, now: datetime) -> MonthClose:
    """Close a month though something speaks against it, with the reason; what comes out later is a difference.

    Raises:
        MayNotError: The user's role prepares no money.
        MonthNotOverError: The month is not over where the agreement is.
        NothingToCloseError: The agreement grants no credits for it.
        AlreadyClosedError: It closed, and nothing has changed since, or it closed at the same time.
        ReasonMissingError: No reason is given.
    """
    if not may(by, Act.PREPARE_MONEY):
        raise MayNotError(f"Your role, {by.get_role_display().lower()}, closes no month. Ask somebody of finance.")
    reason = require_reason(reason)
    agreements = crediting().filter(pk=agreement_id)
    reading = read_months(agreements, month, month, now=now)
    inputs = reading.inputs.get(Key(agreement_id, month))
    if inputs is None:
        agreement = agreements.first()
        if agreement is None:
            raise NothingToCloseError("This agreement grants no credits, so there is no month to close.")
        raise MonthNotOverError(
            f"{month} is not over in {agreement.zone}, or the agreement did not run in it. Choose another month.",
            field="month",
        )
    seen = reading.closed.get(Key(agreement_id, month))
    close, _ = _close(agreement_id, inputs, seen, by=by, reason=reason, now=now)
    if close is None:
        raise AlreadyClosedError(f"{month} is closed: nothing has changed, or somebody closed it at the same time.")
    return close


@transaction.atomic
def _close(
    agreement_id: int, inputs: Inputs, seen: MonthClose | None, *, by: User | None, reason: str, now: datetime
) -> tuple[MonthClose | None, int]:
    """Close one month under its agreement's lock, and propose what is new; None where it stands so already.

    `seen` is the last close that the inputs were read beside. Where another one has come since, they may be older than
    its own: nothing is written, and the next run reads anew.
    """
    agreement = lock_agreement(agreement_id)
    key, content = Key(agreement_id, inputs.month), inputs.content()
    digest = hash_of(content)
    first_day = _first_day(inputs.month)
    last = MonthClose.objects.filter(agreement=agreement, month=first_day).order_by("-number").first()
    if last != seen or (last is not None and last.inputs_hash == digest):
        return None, 0
    close = _row(key, inputs, content, digest, last, now=now, by=by, reason=reason)
    close.save(force_insert=True)
    MonthHold.objects.filter(agreement=agreement, month=first_day).delete()
    return close, _propose(agreement, inputs, close, now=now)


def _row(
    key: Key,
    inputs: Inputs,
    content: dict[str, Any],
    digest: str,
    last: MonthClose | None,
    *,
    now: datetime,
    by: User | None = None,
    reason: str = "",
) -> MonthClose:
    return MonthClose(
        agreement_id=key.agreement_id,
        month=_first_day(key.month),
        number=1 if last is None else last.number + 1,
        supersedes=last,
        inputs=content,
        inputs_hash=digest,
        terms_hash=inputs.terms_hash,
        lines=[line_row(line) for line in inputs.lines()],
        closed_at=now,
        closed_by=by,
        reason=reason,
    )


# ----------------------------------------------------------------------------------------------------- what is proposed


def _propose(agreement: Agreement, inputs: Inputs, close: MonthClose, *, now: datetime) -> int:
    """Propose what a close adds to what was decided on the month before; return how many proposals.

    What a close proposed earlier, nobody decided on, and is no longer so is withdrawn and proposed anew. Who closed a
    month by hand has prepared what it proposes: a second person decides on that too.
    """
    earlier = lock_month(agreement.pk, close.month, SERVICE_CREDIT)
    verdicts = _verdicts(earlier)
    wanted = due(inputs, _decided(earlier, verdicts))
    waiting = [one for one in earlier if one.pk not in verdicts and one.payload["close"] is not None]
    overtaken = [one for one in waiting if not _says(one, wanted.get(_identity(one)))]
    withdraw_overtaken(overtaken, reason="What was learned later closed the month again.", now=now)
    kept = {_identity(one) for one in waiting if one not in overtaken}
    new = {identity: one for identity, one in wanted.items() if identity not in kept}
    for identity, one in new.items():
        _propose_line(agreement, inputs, close, identity, one, now=now)
    return len(new)


def _verdicts(earlier: Sequence[Proposal]) -> dict[int, str]:
    """Return what was said to a month's proposals; an approval whose entry was reversed says as much as a refusal."""
    decisions = Decision.objects.filter(proposal__in=[one.pk for one in earlier])
    return {
        proposal: Verdict.DECLINED if reversal is not None else verdict
        for proposal, verdict, reversal in decisions.values_list("proposal_id", "verdict", "entry__reversal")
    }


def _identity(proposal: Proposal) -> Identity:
    return proposal.payload["rule"], proposal.payload.get("subject", "")


def _says(proposal: Proposal, wanted: Due | None) -> bool:
    """Return whether a proposal that waits is what would be proposed now."""
    if wanted is None or proposal.minor != wanted.minor:
        return False
    evidence = [] if wanted.line is None else list(wanted.line.evidence)
    whole = wanted.target if wanted.differs else None
    return bool(proposal.payload["evidence"] == evidence and proposal.payload["line_minor"] == whole)


def _decided(earlier: Iterable[Proposal], verdicts: Mapping[int, str]) -> dict[Identity, Decided]:
    """Return what was granted and what was refused, in minor units, for each line of the month.

    What was granted and reversed later is not granted any more: taking it back a second time would charge the client.
    """
    sums: dict[Identity, list[int]] = defaultdict(lambda: [0, 0])
    for proposal in earlier:
        verdict = verdicts.get(proposal.pk, Verdict.WITHDRAWN)
        if verdict != Verdict.WITHDRAWN:
            sums[_identity(proposal)][verdict != Verdict.APPROVED] += proposal.minor
    return {identity: Decided(granted, refused) for identity, (granted, refused) in sums.items()}


def _propose_line(
    agreement: Agreement, inputs: Inputs, close: MonthClose, identity: Identity, it: Due, *, now: datetime
) -> None:
    assert inputs.fee is not None  # noqa: S101  # Nothing is due without one.
    rule, subject = identity
    line, currency = it.line, inputs.fee.currency
    prepare_proposal(
        kind=SERVICE_CREDIT,
        client=agreement.client,
        agreement=agreement,
        month=inputs.month,
        amount=Amount(it.minor, currency),
        reason=_reason(inputs, identity, it, currency),
        payload=CreditPayload(
            rule=rule,
            clause=line.clause if line is not None else _clause_of(close, identity),
            percent=f"{line.percent:f}" if line is not None else "0",
            evidence=line.evidence if line is not None else (),
            close=close.pk,
            subject=subject,
            line_minor=it.target if it.differs else None,
            cap=cap_of(inputs),
            parts=tuple(_parts(inputs)) if identity == WHOLE else (),
            otherwise=tuple(_otherwise(inputs, identity, it)),
        ),
        scope=SERVICE_CREDIT,
        key=":".join(filter(None, (str(agreement.pk), str(inputs.month), rule, subject, str(close.number)))),
        by=close.closed_by,
        now=now,
    )


def _reason(inputs: Inputs, identity: Identity, it: Due, currency: str) -> str:
    words, whole = rule_words(identity[0]), money_text(Money(it.target, currency))
    if it.differs:
        return (
            f"{words}: what was learned later makes {whole} of it. "
            f"{money_text(Money(it.minor, currency))} is the difference to what was decided before."
        )
    assert it.line is not None  # noqa: S101  # Without a line only a difference is left.
    if identity == WHOLE:
        return (
            f"{words}: together its lines pass the cap of {inputs.terms.cap.value}{NBSP}% of its fee, so it is {whole}."
        )
    return f"{words}: {it.line.percent:f}{NBSP}% of the month's fee is {whole}."


def _parts(inputs: Inputs) -> Iterator[Part]:
    for line in inputs.lines():
        if line.amount is not None:
            yield Part(line.rule, line.clause, f"{line.percent:f}", line.amount.minor, line.evidence)


def _otherwise(inputs: Inputs, identity: Identity, it: Due) -> Iterator[Otherwise]:
    if identity == WHOLE:
        for rule, one in other_totals(inputs):
            yield Otherwise(f"{rule_words(rule)}: {one.words[:1].lower()}{one.words[1:]}", one.minor, one.taken)
    elif it.line is not None:
        for one in other_readings(inputs, it.line):
            yield Otherwise(one.words, one.minor, one.taken)


def _clause_of(close: MonthClose, identity: Identity) -> str:
    """Return the clause of a line that a close no longer has: that of the close before."""
    before = close.supersedes
    while before is not None:
        for row in before.lines:
            if row["rule"] == identity[0]:
                return str(row["clause"])
        before = before.supersedes
    return "JS-13"


# --------------------------------------------------------------------------------------------------------------- holds


def _holds(reading: Reading) -> list[MonthHold]:
    """Return the holds of the months that were read. One query."""
    months = {_first_day(key.month) for key in reading.inputs}
    if not months:
        return []
    holds = MonthHold.objects.filter(month__gte=min(months), month__lte=max(months))
    return [hold for hold in holds if hold.agreement_id in reading.agreements]


def _hold(key: Key, blocks: Sequence[Block], hold: MonthHold | None, *, now: datetime) -> None:
    """Keep what holds a month up, where it differs from what was kept."""
    rows = [block._asdict() for block in blocks]
    if hold is None or hold.blocks != rows:
        MonthHold.objects.update_or_create(
            agreement_id=key.agreement_id,
            month=_first_day(key.month),
            defaults={"blocks": rows},
            create_defaults={"blocks": rows, "since": now},
        )


def _first_day(month: Month) -> date:
    return date(month.year, month.number, 1)
