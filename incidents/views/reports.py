"""Reporting an incident: the client for itself, or staff on its behalf."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from incidents import services
from incidents.forms.reports import ReportForm
from incidents.queries import supporting
from incidents.views.act_page import next_due_words
from portal.accounts.access import act_required, client_required, user_of
from portal.accounts.permissions import Act
from portal.clients.queries import terms_in_force
from portal.web.errors import PortalError


@require_http_methods(["GET", "HEAD", "POST"])
@client_required
@act_required(Act.REPORT_INCIDENT)
def support_report(request: HttpRequest) -> HttpResponse:
    """Report an incident as the client. Clause: JS-1, JS-4, JB-2, JB-4, JB-12."""
    return _report(request, "incidents/support_report.html", "support_incident")


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.WORK_INCIDENT)
def incident_report(request: HttpRequest) -> HttpResponse:
    """Report an incident on a client's behalf; that is no first response."""
    return _report(request, "incidents/report.html", "incident")


def _report(request: HttpRequest, template: str, leads_to: str) -> HttpResponse:
    """Ask for the agreement where there are several, then for what its terms want to know."""
    user, now = user_of(request), timezone.now()
    agreements = list(supporting(user, at=now))
    wanted = request.GET.get("agreement", "")
    agreement = next((row for row in agreements if str(row.pk) == wanted), None)
    if not wanted and len(agreements) == 1:
        agreement = agreements[0]
    context: dict[str, Any] = {"agreements": agreements, "agreement": agreement, "now": now, "wanted": wanted}
    if agreement is None:
        status = HTTPStatus.BAD_REQUEST if wanted else HTTPStatus.OK
        return render(request, template, context, status=status)
    terms = terms_in_force(agreement, at=now)
    form = ReportForm(request.POST or None, request.FILES or None, agreement=agreement, terms=terms)
    if form.is_valid():

        def report() -> str:
            incident = services.report_incident(agreement_id=agreement.pk, by=user, now=now, **form.facts())
            messages.success(request, f"Reported as {incident.ref}. {next_due_words(incident, at=now)}".strip())
            return reverse(leads_to, args=[incident.pk])

        try:
            return redirect(form.act_once(user=user, at=now, act=report))
        except PortalError as error:
            form.refuse(error)
    return render(request, template, context | {"form": form})
