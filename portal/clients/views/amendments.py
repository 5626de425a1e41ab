"""Amending an agreement: other targets, what they change, what keeps its terms; and taking a planned one back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.access import act_required, user_of
from portal.accounts.permissions import Act
from portal.clients.forms import AmendmentForm
from portal.clients.models import PlannedAmendment
from portal.clients.queries import agreement_list, terms_in_force
from portal.clients.services import amend_agreement, plan_amendment, withdraw_amendment
from portal.clients.services.amendments import amended_terms
from portal.clients.terms_table import changes
from portal.clients.underway import begun
from portal.contract.oddities import oddities
from portal.web.errors import PortalError
from portal.web.figures import day_text


@act_required(Act.MANAGE_AGREEMENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_amend(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Take other targets, show what they change and what keeps its terms, then let them hold.

    What was not shown yet is shown first; the page that shows it acts.
    """
    found = get_object_or_404(agreement_list(user_of(request)), pk=agreement_id)
    user, now = user_of(request), timezone.now()
    before = terms_in_force(found, at=now)
    form = AmendmentForm(request.POST or None, terms=before)
    context: dict[str, Any] = {
        "form": form,
        "client": found.client,
        "agreement": found,
        "title": f"Amend {found.ref}",
        "submit": "Show what changes",
    }
    if form.is_valid():
        targets, on = form.targets(), form.cleaned_data["on"]

        def act() -> str:
            if on is None:
                amend_agreement(agreement_id=found.pk, targets=targets, by=user, at=now)
                messages.success(request, f"{found.ref} is amended from now on.")
            else:
                plan_amendment(agreement_id=found.pk, targets=targets, on=on, by=user, at=now)
                messages.success(request, f"{found.ref} is amended from {day_text(on)} on.")
            return reverse("agreement", args=[found.pk])

        try:
            if form.was_shown():
                return redirect(form.act_once(user=user, at=now, act=act))
            after = amended_terms(before, targets)
        except PortalError as error:
            form.refuse(error)
        else:
            context |= {
                "shown": form.digest(),
                "on": on,
                "changes": changes(before, after),
                "oddities": oddities(after),
                "begun": begun(found, at=now),
                "submit": f"Amend from {day_text(on)} on" if on else "Amend from now on",
            }
    return render(request, "clients/amendment.html", context)


@act_required(Act.MANAGE_AGREEMENTS)
@require_POST
def amendment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a planned amendment back."""
    agreements = agreement_list(user_of(request))
    planned = get_object_or_404(PlannedAmendment.objects.filter(agreement__in=agreements), pk=pk)
    try:
        withdraw_amendment(amendment_id=planned.pk, by=user_of(request), at=timezone.now())
    except PortalError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, f"The amendment from {day_text(planned.begins_on)} is taken back.")
    return redirect("agreement", planned.agreement_id)
