"""A fragment of the service credits that were granted under an agreement, for other pages to hold. Clause: JS-21."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from credits.queries.granted import credits_granted
from portal.accounts.access import act_required, user_of
from portal.accounts.permissions import Act
from portal.clients.models import Agreement
from portal.web.live import fragment_response


@require_safe
@act_required(Act.SEE_MONEY)
def agreement_credits(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the service credits of an agreement's last year, the newest first."""
    agreement = get_object_or_404(Agreement.objects.visible_to(user_of(request)), pk=pk)
    context = {"agreement": agreement, "entries": credits_granted(agreement, at=timezone.now())}
    if request.headers.get("HX-Request"):
        return fragment_response(request, "credits/_granted.html", context)
    return render(request, "credits/granted.html", context)
