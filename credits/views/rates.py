"""The rate card: prices of an hour by name and currency, each from a day on."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Min, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from credits import services
from credits.forms.work import RateForm
from credits.models import Rate
from credits.views.form_page import acted, sent
from portal.accounts.access import act_required, staff_required, user_of
from portal.accounts.permissions import Act, may
from portal.contract.money import Money
from portal.web.figures import day_text
from portal.web.paging import page_of
from portal.web.refusing import refusing


@require_safe
@staff_required
@act_required(Act.LOG_TIME)
@refusing
def rates(request: HttpRequest) -> HttpResponse:
    """List the card by name, each name's prices in the order of their days."""
    user, now = user_of(request), timezone.now()
    today = timezone.localdate(now)
    later = Rate.objects.filter(name=OuterRef("name"), unit=OuterRef("unit"), from_on__gt=OuterRef("from_on"))
    until = later.values("name").annotate(first=Min(F("from_on"))).values("first")
    page = page_of(request, Rate.objects.annotate(until=Subquery(until)), order=["name", "from_on", "id"])
    rows = [(rate, Money(rate.hourly, rate.unit_id), _state(rate, today)) for rate in page.rows]
    context = {"page": page, "rows": rows, "now": now, "may_prepare": may(user, Act.PREPARE_MONEY)}
    return render(request, "credits/rates/list.html", context)


def _state(rate: Rate, today: date) -> str:
    until: date | None = getattr(rate, "until", None)
    if rate.from_on > today:
        return "planned"
    return "past" if until is not None and until <= today else "holds"


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.PREPARE_MONEY)
def rate_new(request: HttpRequest) -> HttpResponse:
    """Put a price on the card."""
    user, now = user_of(request), timezone.now()
    form = RateForm(**sent(request), initial={"from_on": timezone.localdate(now)})
    back = reverse("rates")

    def act() -> tuple[str, str]:
        cleaned = form.cleaned_data
        rate = services.add_rate(name=cleaned["name"], hourly=cleaned["money"], from_on=cleaned["from_on"], by=user)
        return back, f"{rate.name} has a price in {rate.unit_id} from {day_text(rate.from_on)} on."

    if answer := acted(request, form, act, user=user, now=now):
        return answer
    context = {
        "form": form,
        "heading": "New price",
        "text": "A price never changes: another is entered from its day on. What was logged before keeps its price.",
        "submit": "Put it on the card",
        "crumbs": [("Rate card", back)],
        "cancel_url": back,
    }
    return render(request, "credits/form.html", context)
