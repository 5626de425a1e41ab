"""Quoting work and deciding on it: revised and withdrawn by staff, accepted or declined by the client, once.

Every act locks the agreement first, so that of two at the same time the second finds what the first did.
Clause: JS-2, JB-14.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from credits.errors import (
    BadAmountError,
    BadDayError,
    NotQuotableError,
    QuoteDecidedError,
    QuoteExpiredError,
    QuoteSupersededError,
    UnknownQuoteError,
    UnknownUnitError,
)
from credits.jobs import Job, job_named
from credits.models import Quote, QuoteDecision, QuoteVersion
from credits.models.accounts import MOST
from credits.notices import tell_of_decision, tell_of_quote, tell_of_withdrawal
from credits.rules.quotes import LONGEST_VALIDITY, MOST_HOURS, FixedPrice, Price, end_of
from credits.rules.units import Amount
from credits.rules.work import price_of
from credits.services.permission import require, words
from credits.services.posting import check_positive
from credits.services.rates import rate_on
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Agreement
from portal.clocks.services import lock_agreement
from portal.web.figures import day_text, instant_text

FIRST_NUMBER = 1000
LONGEST_TEXT = 10_000
LONGEST_REASON = 2000

Verdict = QuoteDecision.Verdict


@transaction.atomic
def quote_work(*, job: Job, price: Price, text: str, valid_until: date, by: User, now: datetime) -> QuoteVersion:
    """Offer work to the client, or offer it anew: a quote that nobody accepted gets another version.

    It holds until the end of `valid_until` in the agreement's zone. Hours at a rate cost the most that they come to.

    Raises:
        MayNotError: The user's role prepares no money.
        NotQuotableError: The fee covers the work, or the work is over.
        BadAmountError, UnknownUnitError: No price, or no such rate on that day.
        BadDayError: The last day is over already, or more than a year away.
        NoWordsError: The text is missing, or over 10,000 characters.
    """
    require(by, Act.PREPARE_MONEY)
    agreement = lock_agreement(job.agreement.pk)
    clause = job_named(job.subject, agreement=agreement).quotable
    if not clause:
        raise NotQuotableError(f"{job.ref} is covered by the fee, or over. Only other work is quoted.")
    today = now.astimezone(ZoneInfo(agreement.zone)).date()
    expires_at = _end_of(valid_until, agreement, today)
    version = _priced(price, agreement, today)
    quote = (
        Quote.objects.filter(agreement=agreement, subject=job.subject)
        .exclude(pk__in=Quote.objects.accepted().values("pk"))
        .first()
    )
    if quote is None:
        quote = Quote.objects.create(
            client=agreement.client,
            agreement=agreement,
            ref=f"new-{uuid4()}",
            subject=job.subject,
            clause=clause,
            opened_at=now,
        )
        quote.ref = f"Q-{FIRST_NUMBER + quote.pk}"
        quote.save(update_fields=["ref"])
    version.quote = quote
    version.number = quote.versions.count() + 1
    version.text = words(text, field="text", what="What is done for it", longest=LONGEST_TEXT)
    version.valid_until, version.expires_at = valid_until, expires_at
    version.quoted_by, version.quoted_at = by, now
    version.save(force_insert=True)
    tell_of_quote(version, job, by=by, at=now)
    return version


def _end_of(valid_until: date, agreement: Agreement, today: date) -> datetime:
    if valid_until < today:
        raise BadDayError(
            f"{day_text(valid_until)} is over. Let the quote hold until today or later.", field="valid_until"
        )
    if valid_until > today + LONGEST_VALIDITY:
        raise BadDayError(
            f"{day_text(valid_until)} is more than a year away. Let the quote hold for a year at most.",
            field="valid_until",
        )
    return end_of(valid_until, agreement.zone)


def _priced(price: Price, agreement: Agreement, today: date) -> QuoteVersion:
    """Return a version with its price, and nothing else yet."""
    currency = agreement.fee_currency
    if isinstance(price, FixedPrice):
        if price.money.currency != currency:
            raise UnknownUnitError(
                f"The price is in {price.money.currency}, and {agreement.ref} is in {currency}. Quote in {currency}.",
                field="price",
            )
        minor, version = price.money.minor, QuoteVersion(basis=QuoteVersion.Basis.FIXED)
    else:
        if not 0 < price.minutes <= MOST_HOURS * 60:
            raise BadAmountError(f"Give more than 0 hours, and {MOST_HOURS:,} at most.", field="hours")
        rate = rate_on(today, name=price.rate, currency=currency)
        minor = price_of(price.minutes, hourly=rate.hourly)
        version = QuoteVersion(basis=QuoteVersion.Basis.TIME, minutes=price.minutes, rate=rate)
    check_positive(Amount(minor, currency))
    if minor >= MOST // 10**3:
        raise BadAmountError(f"{Amount(minor, currency)} is too much for one quote. Quote less.", field="price")
    version.total_minor, version.unit_id = minor, currency
    return version


@transaction.atomic
def accept_quote(*, version_id: int, by: User, now: datetime) -> QuoteDecision:
    """Accept this version of a quote as the client; name, time and version are kept for ever.

    Raises:
        MayNotError: The user's role does not decide on offers, or staff act in the person's name.
        UnknownQuoteError: There is none for this user.
        QuoteDecidedError: Somebody accepted, declined or withdrew it before, and the sentence says who.
        QuoteSupersededError: A later version took its place.
        QuoteExpiredError: Its last day is over.
    """
    return _decide_as_client(version_id, Verdict.ACCEPTED, "", by=by, now=now)


@transaction.atomic
def decline_quote(*, version_id: int, reason: str, by: User, now: datetime) -> QuoteDecision:
    """Decline this version of a quote as the client; staff may quote anew. Raises as `accept_quote` does, and:
    NoWordsError: The reason is over 2,000 characters; it may be left out.
    """
    reason = words(reason, field="reason", what="The reason", longest=LONGEST_REASON) if reason.strip() else ""
    return _decide_as_client(version_id, Verdict.DECLINED, reason, by=by, now=now)


@transaction.atomic
def withdraw_quote(*, version_id: int, reason: str, by: User, now: datetime) -> QuoteDecision:
    """Take this version of a quote back before the client accepts it; an expired one may be taken back too.

    Raises:
        MayNotError: The user's role prepares no money.
        UnknownQuoteError, QuoteDecidedError, QuoteSupersededError: As `accept_quote` does.
        NoWordsError: No reason is given, or one of over 2,000 characters.
    """
    require(by, Act.PREPARE_MONEY)
    reason = words(reason, field="reason", what="The reason", longest=LONGEST_REASON)
    version, job = _undecided(version_id, by=by)
    decision = _decide(version, Verdict.WITHDRAWN, reason, by=by, now=now)
    tell_of_withdrawal(decision, job, by=by, at=now)
    return decision


def _decide_as_client(version_id: int, verdict: Verdict, reason: str, *, by: User, now: datetime) -> QuoteDecision:
    require(by, Act.DECIDE_OFFER)
    version, job = _undecided(version_id, by=by)
    if by.is_provider:
        raise UnknownQuoteError("The client decides on a quote, not staff.")
    if version.has_expired(now):
        raise QuoteExpiredError(
            f"{version.quote.ref} held until {day_text(version.valid_until)}. Ask for a new quote to go on."
        )
    decision = _decide(version, verdict, reason, by=by, now=now)
    tell_of_decision(decision, job, by=by, at=now)
    return decision


def _undecided(version_id: int, *, by: User) -> tuple[QuoteVersion, Job]:
    """Return a version that waits, under its agreement's lock, and what it is for."""
    quotes = Quote.objects.visible_to(by)
    agreement_id = quotes.filter(versions=version_id).values_list("agreement_id", flat=True).first()
    if agreement_id is None:
        raise UnknownQuoteError("There is no such quote.")
    agreement = lock_agreement(agreement_id)
    version: QuoteVersion = QuoteVersion.objects.select_related("quote__client", "rate").get(pk=version_id)
    version.quote.agreement = agreement
    told = QuoteDecision.objects.filter(version=version).first()
    if told is not None:
        when = instant_text(told.decided_at, ZoneInfo(by.zone or agreement.zone))
        raise QuoteDecidedError(f"{told.name} {told.get_verdict_display().lower()} {version.quote.ref} on {when}.")
    if version.quote.versions.filter(number__gt=version.number).exists():
        raise QuoteSupersededError(
            f"A later version of {version.quote.ref} took this one's place. Read that one and decide on it."
        )
    return version, job_named(version.quote.subject, agreement=agreement)


def _decide(version: QuoteVersion, verdict: Verdict, reason: str, *, by: User, now: datetime) -> QuoteDecision:
    return QuoteDecision.objects.create(
        version=version, verdict=verdict, decided_by=by, name=by.name, decided_at=now, words=reason
    )
