"""Fragments of what is at stake, for other pages to hold; a page of its own each without a script. Staff only.

Everybody of the staff sees them: what a late answer costs is a reason to answer.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from credits.credit_payload import rule_words
from credits.forms.exposure import ExposureFilter
from credits.queries.exposure import stake_of_incident, stakes_of_client, stakes_today
from incidents.models import Incident
from portal.accounts.access import staff_required, user_of
from portal.clients.models import Client
from portal.web.live import fragment_response
from portal.web.refusing import checked, refusing


def _answer(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """Return the fragment to a page that holds it, else a page around it."""
    context["part"] = f"credits/exposure/_{name}.html"
    if request.headers.get("HX-Request"):
        return fragment_response(request, context["part"], context)
    return render(request, "credits/exposure/page.html", context)


@require_safe
@staff_required
def incident_exposure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what one incident will cost, and at which instants."""
    user, now = user_of(request), timezone.now()
    incident = get_object_or_404(Incident.objects.visible_to(user).select_related("agreement", "client"), pk=pk)
    context = {"incident": incident, "exposure": stake_of_incident(incident, at=now), "now": now, "title": incident.ref}
    return _answer(request, "incident", context)


@require_safe
@staff_required
def client_exposure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a client's running month costs so far, and what is ahead."""
    user, now = user_of(request), timezone.now()
    client = get_object_or_404(Client.objects.visible_to(user), pk=pk)
    named = [
        (stake, [(rule_words(line.rule), line) for line in stake.lines]) for stake in stakes_of_client(client, at=now)
    ]
    context = {"client": client, "stakes": named, "now": now, "title": client.name}
    return _answer(request, "client", context)


@require_safe
@staff_required
@refusing
def exposure(request: HttpRequest) -> HttpResponse:
    """Show the money at stake: the next thresholds that cost something, and what months cost so far."""
    now = timezone.now()
    form = ExposureFilter(request.GET)
    checked(form)
    overview = stakes_today(at=now, client_id=form.cleaned_data["client"])
    return _answer(request, "today", {"overview": overview, "now": now, "title": "Today"})
