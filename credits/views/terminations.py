"""Pages of the right to end an order form, for both sides, and the client's notice. Clause: JB-11."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from credits.forms.terminations import DayForm, NoticeForm
from credits.months import month_words
from credits.queries.rights import (
    Right,
    knows_the_right,
    last_day,
    may_exercise,
    right_of,
    termination_of,
    today_of,
)
from credits.services.terminations import exercise_termination
from incidents.models import Incident
from portal.accounts.access import act_required, client_required, signed_in, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement
from portal.contract.money import Money
from portal.web.errors import PortalError
from portal.web.figures import day_text, money_text
from portal.web.live import fragment_response


def _found(pk: int, user: User) -> Agreement:
    """Return an agreement whose terms know the right, as far as the user may see it."""
    agreement = get_object_or_404(
        Agreement.objects.visible_to(user).filter(activated_at__isnull=False).select_related("client"), pk=pk
    )
    if not knows_the_right(agreement):
        raise Http404
    return agreement


def _days(agreement: Agreement, now: datetime) -> dict[str, date]:
    today = today_of(agreement, now)
    return {"earliest": today, "latest": max(today, last_day(agreement, today))}


@require_safe
@signed_in
def termination(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the right with its months, and what an end on a day would give back. A constant number of queries."""
    user, now = user_of(request), timezone.now()
    agreement = _found(pk, user)
    right, given = right_of(agreement), termination_of(agreement)
    today = today_of(agreement, now)
    form = DayForm(request.GET if "on" in request.GET else None, initial={"on": today}, **_days(agreement, now))
    asked = form.cleaned_data["on"] if form.is_bound and form.is_valid() else today
    refund = right.refund(asked) if right is not None else None
    context = {
        "agreement": agreement,
        "right": right,
        "months": [(month, month_words(month)) for month in right.months] if right is not None else [],
        "given": given,
        "given_refund": _money(given),
        "form": form,
        "asked": asked,
        "refund": refund,
        "days_left": right.refund_on.days_left(asked) if right is not None and right.refund_on is not None else None,
        "days": right.refund_on.days if right is not None and right.refund_on is not None else None,
        "may_exercise": right is not None and given is None and may_exercise(user) and agreement.is_active(now),
        "sees_money": may(user, Act.SEE_MONEY),
        "now": now,
    }
    return render(request, "credits/terminations/right.html", context)


def _money(given: Any) -> Money | None:
    return Money(given.refund_minor, given.unit_id) if given is not None and given.refund_minor is not None else None


@require_safe
@signed_in
def termination_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Return, for another page to hold, that the right arose or that notice was given; nothing before."""
    user = user_of(request)
    agreement = _found(pk, user)
    context = {
        "agreement": agreement,
        "right": right_of(agreement),
        "given": termination_of(agreement),
        "whole": not request.headers.get("HX-Request"),
    }
    return fragment_response(request, "credits/terminations/_offer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@client_required
@act_required(Act.TERMINATE)
def termination_exercise(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the notice does, then take it once. Clause: JB-11."""
    user, now = user_of(request), timezone.now()
    agreement = _found(pk, user)
    right = right_of(agreement)
    given = termination_of(agreement)
    back = reverse("termination", args=[pk])
    if request.method != "POST" and (right is None or given is not None):
        return redirect(back)
    days = _days(agreement, now)
    asked = DayForm({"on": request.GET.get("on", "")}, **days)
    day: date = asked.cleaned_data["on"] if asked.is_valid() else days["earliest"]
    form = NoticeForm(request.POST or None, initial={"on": day, "name": user.name}, **days)

    def give() -> str:
        cleaned = form.cleaned_data
        termination = exercise_termination(agreement_id=pk, on=cleaned["on"], name=cleaned["name"], by=user, now=now)
        messages.success(request, f"Your notice is recorded. {agreement.ref} ends on {day_text(termination.ends_on)}.")
        return back

    if form.is_valid():
        day = form.cleaned_data["on"]
        try:
            return redirect(form.act_once(user=user, at=now, act=give))
        except PortalError as error:
            form.refuse(error)
    context = {
        "agreement": agreement,
        "right": right,
        "form": form,
        "back": back,
        "effects": _effects(agreement, right, day, today=days["earliest"]),
        "now": now,
    }
    return render(request, "credits/terminations/exercise.html", context)


def _effects(agreement: Agreement, right: Right | None, day: date, *, today: date) -> list[tuple[str, str]]:
    """Return what the notice does, name by name. One query."""
    refund = right.refund(day) if right is not None else None
    refunded = (
        "none: nothing was prepaid" if refund is None else f"{money_text(refund)}, once a second person approved it"
    )
    open_count = Incident.objects.open().filter(agreement=agreement).count()
    return [
        (agreement.ref, "ends at once" if day == today else f"ends as {day_text(day)} begins"),
        ("New incidents, outages and maintenance", "are not taken from then on"),
        (f"{open_count} open incident{'' if open_count == 1 else 's'}", "stay promised, and their clocks run on"),
        ("Refund", refunded),
        ("Both sides", "are told by mail at once"),
    ]
