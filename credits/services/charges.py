"""Charging work: proposed from an accepted quote or from logged time, decided on by a second person, then posted.

Clause: JS-2, JB-8, JB-14.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from credits.errors import AlreadyChargedError, BadAmountError, BeyondQuoteError, NotChargeableError, UnknownUnitError
from credits.jobs import Job, job_named
from credits.models import Proposal, Quote, QuoteDecision, QuoteVersion, TimeEntry
from credits.proposals import Payload
from credits.queries.charges import left_of
from credits.rules.units import Amount
from credits.rules.work import price_of
from credits.services.permission import require
from credits.services.posting import check_positive
from credits.services.proposals import prepare_proposal
from credits.words import amount_text
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clocks.services import lock_agreement
from portal.contract.money import Money

CHARGE = "charge"


class ChargePayload(Payload, frozen=True):
    """What is charged: logged time by its ids, and a fixed sum, which is a quoted price or expenses."""

    subject: str
    clause: str
    time: tuple[int, ...]
    fixed_minor: int
    quote: int | None


@transaction.atomic
def prepare_charge(
    *,
    job: Job,
    quote: Quote | None,
    time: Sequence[int] = (),
    expenses: Money | None = None,
    reason: str,
    key: str,
    by: User,
    now: datetime,
) -> Proposal:
    """Propose a charge: what is left of a quoted price, or logged time at its rates with expenses. The client is
    charged once a second person approved it, and reads the reason.

    Without a quote the incident's recorded cause has to be one that is not the provider's. `key` names the act:
    repeated it is the same proposal.

    Raises:
        MayNotError: The user's role prepares no money.
        NotChargeableError: The client accepted no such quote, or no cause lets it be charged.
        AlreadyChargedError: Some of the time was charged or struck, waits in another proposal, or is not this job's.
        BadAmountError: Nothing to charge.
        BeyondQuoteError: It would pass what the client accepted.
    """
    require(by, Act.PREPARE_MONEY)
    agreement = lock_agreement(job.agreement.pk)
    job = job_named(job.subject, agreement=agreement)
    fixed, ids, clause = Amount(0, job.currency), sorted(set(time)), job.chargeable
    if expenses is not None:
        if expenses.currency != job.currency:
            raise UnknownUnitError(f"The expenses are in {expenses.currency}. Give {job.currency}.", field="expenses")
        fixed = Amount.of(expenses)
    left: Amount | None = None
    if quote is not None:
        version = QuoteVersion.objects.filter(
            quote=quote, quote__subject=job.subject, decision__verdict=QuoteDecision.Verdict.ACCEPTED
        ).first()
        left = left_of(quote) if version is not None else None
        if version is None or left is None:
            raise NotChargeableError(f"The client has not accepted {quote.ref} for {job.ref}. Wait until it does.")
        clause = quote.clause
        if version.basis == QuoteVersion.Basis.FIXED:
            fixed, ids = left, []
    elif not clause:
        raise NotChargeableError(
            f"Nothing lets {job.ref} be charged: no accepted quote, and no cause that is the client's or outside our "
            "control. Quote it, or record its cause first."
        )
    total = Amount(_price_of_time(ids, job) + fixed.minor, job.currency)
    if not total.minor and left is None:
        raise BadAmountError("Nothing would be charged. Choose logged time, or give expenses.", field="time")
    check_positive(total)
    if left is not None and total.minor > left.minor:
        raise BeyondQuoteError(
            f"{amount_text(total)} would be charged, and {amount_text(left)} is left of what the client accepted. "
            "Leave time out, or quote the rest.",
            field="time",
        )
    payload = ChargePayload(
        subject=job.subject,
        clause=clause,
        time=tuple(ids),
        fixed_minor=fixed.minor,
        quote=None if quote is None else quote.pk,
    )
    return prepare_proposal(
        kind=CHARGE,
        client=agreement.client,
        agreement=agreement,
        amount=total,
        reason=reason,
        payload=payload,
        scope="charge",
        key=key,
        by=by,
        now=now,
    )


def _price_of_time(ids: Sequence[int], job: Job) -> int:
    """Return what some logged time comes to, each entry rounded by itself as it is posted. Two queries."""
    rows = list(
        TimeEntry.objects.chargeable()
        .filter(pk__in=ids, agreement=job.agreement, subject=job.subject, rate__unit=job.currency)
        .select_related("rate")
    )
    if len(rows) < len(ids):
        raise AlreadyChargedError(
            f"Some of that time was charged or struck, or is not {job.ref}'s. Leave it out.", field="time"
        )
    waiting = Proposal.objects.undecided().filter(kind=CHARGE, agreement=job.agreement)
    proposed = {pk for proposal in waiting for pk in proposal.payload["time"]}
    if proposed & set(ids):
        raise AlreadyChargedError("Some of that time waits in another charge already. Leave it out.", field="time")
    return sum(price_of(row.minutes, hourly=row.rate.hourly) for row in rows)
