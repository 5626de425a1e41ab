"""What a client asks for on request and for a price. Clause: JB-14."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from credits.errors import (
    BadDayError,
    MayNotError,
    NoWordsError,
    RequestClosedError,
    UnknownAgreementError,
    UnknownRequestError,
)
from credits.models import Quote, QuoteDecision, ServiceRequest
from credits.notices import tell_of_closing, tell_of_request
from credits.services.permission import require, words
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Agreement
from portal.clocks.services import lock_agreement
from portal.web.figures import day_text

FIRST_NUMBER = 1000
Outcome = ServiceRequest.Outcome


@transaction.atomic
def request_service(
    *, agreement_id: int, kind: str, title: str, wish: str, wanted_on: date | None, by: User, now: datetime
) -> ServiceRequest:
    """Ask for on-site support, an installation or training as the client, or log its wish as staff.

    Raises:
        MayNotError: Only designated contacts open requests, and staff who may report for them.
        UnknownAgreementError: There is none for this user, or it does not run.
        NoWordsError: The kind, the title or the wish is missing.
        BadDayError: The wanted day is over.
    """
    require(by, Act.REPORT_INCIDENT)
    if not Agreement.objects.visible_to(by).filter(pk=agreement_id).exists():
        raise UnknownAgreementError("That agreement does not exist. Choose one of the list.", field="agreement")
    agreement = lock_agreement(agreement_id)
    if not agreement.is_active(now):
        raise UnknownAgreementError(f"{agreement.ref} is not active. Choose one that runs.", field="agreement")
    if kind not in ServiceRequest.Kind.values:
        raise NoWordsError(f"“{kind[:40]}” is no service. Choose one of the list.", field="kind")
    if wanted_on is not None and wanted_on < now.astimezone(ZoneInfo(agreement.zone)).date():
        raise BadDayError(f"{day_text(wanted_on)} is over. Name a later day, or none.", field="wanted_on")
    wanted = ServiceRequest.objects.create(
        client=agreement.client,
        agreement=agreement,
        ref=f"new-{uuid4()}",
        kind=kind,
        title=words(title, field="title", what="The title", longest=300),
        wish=words(wish, field="wish", what="What you need", longest=10_000),
        wanted_on=wanted_on,
        requested_by=by,
        requested_at=now,
    )
    wanted.ref = f"SR-{FIRST_NUMBER + wanted.pk}"
    wanted.save(update_fields=["ref"])
    tell_of_request(wanted, by=by, at=now)
    return wanted


@transaction.atomic
def close_request(*, request_id: int, outcome: str, reason: str, by: User, now: datetime) -> ServiceRequest:
    """Close a service request: the client withdraws it, staff say that it is done or not possible.

    What was accepted stays accepted, and its work may still be charged; a quote that waits is withdrawn with it.

    Raises:
        UnknownRequestError: There is none for this user.
        MayNotError: The role doesn't, or the outcome is the other side's to say.
        RequestClosedError: Somebody closed it before.
        NoWordsError: No reason is given.
    """
    require(by, Act.LOG_TIME if by.is_provider else Act.WITHDRAW)
    agreement_id = ServiceRequest.objects.visible_to(by).filter(pk=request_id).values_list("agreement_id", flat=True)
    if not agreement_id:
        raise UnknownRequestError("There is no such request.")
    agreement = lock_agreement(agreement_id[0])
    wanted: ServiceRequest = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if wanted.closed_at is not None:
        raise RequestClosedError(f"{wanted.ref} was closed by {wanted.closed_by} before. Ask anew.")
    if outcome not in ((Outcome.DONE, Outcome.REFUSED) if by.is_provider else (Outcome.WITHDRAWN,)):
        raise MayNotError(f"“{outcome[:40]}” is not yours to say. Choose one of the list.", field="outcome")
    wanted.closed_at, wanted.closed_by, wanted.outcome = now, by, outcome
    wanted.outcome_words = words(reason, field="reason", what="The reason", longest=2000)
    wanted.save(update_fields=["closed_at", "closed_by", "outcome", "outcome_words"])
    _withdraw_waiting(agreement, wanted, by=by, now=now)
    tell_of_closing(wanted, by=by, at=now)
    return wanted


def _withdraw_waiting(agreement: Agreement, wanted: ServiceRequest, *, by: User, now: datetime) -> None:
    quote = Quote.objects.filter(agreement=agreement, subject=f"service_request:{wanted.ref}").order_by("pk").last()
    version = quote.versions.last() if quote is not None else None
    if version is not None and not QuoteDecision.objects.filter(version=version).exists():
        QuoteDecision.objects.create(
            version=version,
            verdict=QuoteDecision.Verdict.WITHDRAWN,
            decided_by=by,
            name=by.name,
            decided_at=now,
            words=f"{wanted.ref} was closed.",
        )
