"""How an agreement goes on or ends: another term, a notice of discontinuation, its withdrawal. Clause: JS-22."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.access import act_required, user_of
from portal.accounts.permissions import Act
from portal.clients.forms import DiscontinuationForm, RenewalForm
from portal.clients.models import Agreement
from portal.clients.queries import agreement_list, days_of_notice, terms_in_force
from portal.clients.rules.endings import earliest_last_day
from portal.clients.services import continue_agreement, discontinue_agreement, renew_agreement
from portal.clients.services.endings import local_day
from portal.web.errors import PortalError
from portal.web.figures import day_text

form_page = require_http_methods(["GET", "HEAD", "POST"])
DAY = timedelta(days=1)


def _agreement(request: HttpRequest, agreement_id: int) -> Agreement:
    return get_object_or_404(agreement_list(user_of(request)), pk=agreement_id)


@act_required(Act.MANAGE_AGREEMENTS)
@form_page
def agreement_renew(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Let another term follow the present one."""
    found = _agreement(request, agreement_id)
    if found.term_ends_on is None:
        raise Http404
    user, now = user_of(request), timezone.now()
    starts_on = found.term_ends_on + DAY
    form = RenewalForm(request.POST or None, initial={"ends_on": _as_long(found, starts_on)})
    if form.is_valid():

        def act() -> str:
            renew_agreement(agreement_id=found.pk, ends_on=form.cleaned_data["ends_on"], by=user, at=now)
            messages.success(request, f"{found.ref} is renewed to {day_text(form.cleaned_data['ends_on'])}.")
            return reverse("agreement", args=[found.pk])

        try:
            return redirect(form.act_once(user=user, at=now, act=act))
        except PortalError as error:
            form.refuse(error)
    context = {
        "form": form,
        "agreement": found,
        "client": found.client,
        "title": f"Renew {found.ref}",
        "text": f"The present term runs to {day_text(found.term_ends_on)}, the new one starts the day after. "
        "What is promised stays as it is.",
        "submit": "Renew the agreement",
    }
    return render(request, "clients/agreement_act.html", context)


def _as_long(agreement: Agreement, starts_on: date) -> date:
    """Return the last day of a term as long as the present one, or of a year."""
    year_later = starts_on + timedelta(days=364)
    if agreement.starts_on is None or agreement.ends_on is None or agreement.renewed_until is not None:
        return year_later
    length = agreement.ends_on - agreement.starts_on
    if timedelta(days=363) < length < timedelta(days=366):
        # A year from a day is the day before it in the next year, leap day or not.
        try:
            return starts_on.replace(year=starts_on.year + 1) - DAY
        except ValueError:
            return year_later
    return starts_on + length


@act_required(Act.MANAGE_AGREEMENTS)
@form_page
def agreement_discontinue(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Give notice that an agreement ends. Clause: JS-22."""
    found = _agreement(request, agreement_id)
    user, now = user_of(request), timezone.now()
    notice = days_of_notice(terms_in_force(found, at=now)) if found.activated_at is not None else None
    earliest = (
        earliest_last_day(local_day(found, now), notice.value, found.term_ends_on) if notice is not None else None
    )
    form = DiscontinuationForm(request.POST or None, initial={"last_day": earliest})
    if form.is_valid():

        def act() -> str:
            discontinue_agreement(
                agreement_id=found.pk,
                last_day=form.cleaned_data["last_day"],
                reason=form.cleaned_data["reason"],
                by=user,
                at=now,
            )
            messages.success(request, f"Notice is given. It is mailed to every support contact of {found.client}.")
            return reverse("agreement", args=[found.pk])

        try:
            return redirect(form.act_once(user=user, at=now, act=act))
        except PortalError as error:
            form.refuse(error)
    context = {
        "form": form,
        "agreement": found,
        "client": found.client,
        "title": f"Give notice for {found.ref}",
        "text": f"{notice.value} days of notice are due, and no term is cut short. The earliest last day is "
        f"{day_text(earliest)}."
        if notice is not None and earliest is not None
        else "",
        "clause_id": notice.clause if notice is not None else "",
        "submit": "Give notice",
    }
    return render(request, "clients/agreement_act.html", context)


@act_required(Act.MANAGE_AGREEMENTS)
@require_POST
def agreement_continue(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Withdraw a notice of discontinuation. Clause: JS-22."""
    found = _agreement(request, agreement_id)
    try:
        continue_agreement(agreement_id=found.pk, by=user_of(request), at=timezone.now())
    except PortalError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, f"The notice is withdrawn: {found.ref} goes on.")
    return redirect("agreement", found.pk)
