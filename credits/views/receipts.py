"""The receipt of a service credit, for both sides. Clause: JS-13, JS-14, JS-20."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from credits.credit_payload import SERVICE_CREDIT, percent_words
from credits.models import Verdict
from credits.queries.proposals import listed
from credits.receipt import receipt_of
from portal.accounts.access import act_required, user_of
from portal.accounts.permissions import Act


@require_safe
@act_required(Act.SEE_MONEY)
def credit_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a credit is made of; a client sees what was approved, or waived with its reason."""
    user, now = user_of(request), timezone.now()
    credits_ = listed(user).filter(kind=SERVICE_CREDIT).select_related("decision__entry__reversal")
    if not user.is_provider:
        credits_ = credits_.filter(Q(decision__verdict=Verdict.APPROVED) | Q(decision__verdict=Verdict.WAIVED))
    proposal = get_object_or_404(credits_, pk=pk)
    it = receipt_of(proposal, user=user, at=now)
    context = {
        "now": now,
        "it": it,
        "proposal": proposal,
        "decision": getattr(proposal, "decision", None),
        "percent": percent_words(it.payload.percent),
        "agreement": proposal.agreement,
        "month": it.month,
    }
    return render(request, "credits/receipt.html", context)
