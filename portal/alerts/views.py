"""Pages of alerting: the outbox, the published latency, the banner, and what monitors ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import Error as DatabaseFailure
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.alerts.chart import latency_chart
from portal.alerts.forms import STATES, OutboxFilter, PreferencesForm
from portal.alerts.kinds import Audience, kinds_told
from portal.alerts.models import Message, Preference
from portal.alerts.queries import alerting_state, failed_recently, latency
from portal.alerts.services import choose_notices
from portal.web.live import fragment_response
from portal.web.paging import page_of
from portal.web.refusing import checked, refusing

LATENCY_DAYS = 30


def _staff(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Open a page to the provider's people; for a client's it does not exist. Roles stand on a floor above this one."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest) -> HttpResponse:
        if not getattr(request.user, "is_provider", False):
            raise Http404
        return view(request)

    return guarded


@require_safe
@_staff
@refusing
def outbox(request: HttpRequest) -> HttpResponse:
    """Show what went out, what waits, what was suppressed and why, and what failed, newest first."""
    form = OutboxFilter(request.GET)
    checked(form)
    page = page_of(
        request, form.narrow(Message.objects.select_related("recipient", "digest")), order=["-queued_at", "-id"]
    )
    now = timezone.now()
    context = {
        "page": page,
        "states": STATES,
        "chosen": form.cleaned_data,
        "now": now,
        "alerting": alerting_state(now),
        "failed": failed_recently(now),
    }
    return render(request, "alerts/outbox.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and change what a person is mailed and when; what the contract has them told can't be muted, and says so."""
    side: Audience = "staff" if getattr(request.user, "is_provider", False) else "client"
    user_id: int = request.user.pk  # type: ignore[assignment]  # Nobody without a login passes the door.
    preference = Preference.objects.filter(pk=user_id).first() or Preference(user_id=user_id)
    form = PreferencesForm(request.POST or None, kinds=kinds_told(side, mutable=True), preference=preference)
    if form.is_valid():
        choose_notices(user_id=user_id, rhythm=Preference.Rhythm(form.cleaned_data["rhythm"]), muted=form.muted())
        messages.success(request, "Saved.")
        return redirect("preferences")
    context = {"form": form, "always": kinds_told(side, mutable=False).values()}
    return render(request, "alerts/preferences.html", context)


@require_safe
@_staff
def latency_page(request: HttpRequest) -> HttpResponse:
    """Publish how fast the portal alerts, as table and picture."""
    now = timezone.now()
    figures = latency(since=now - timedelta(days=LATENCY_DAYS))
    context = {
        "now": now,
        "days": LATENCY_DAYS,
        "latency": figures,
        "chart": latency_chart(figures.stages) if figures.stages else None,
    }
    return render(request, "alerts/latency.html", context)


@require_safe
@_staff
def banner(request: HttpRequest) -> HttpResponse:
    """Return the banner that staff see while alerting does not work; empty while it does."""
    context = {"problems": alerting_state(timezone.now()).problems, "notice": settings.BROKER_NOTICE}
    return fragment_response(request, "alerts/_banner.html", context)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Tell a monitor whether the web and the database answer: 200 or 503. Touches no broker."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseFailure:
        return _unwell(["The database does not answer."])
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def healthz_alerting(request: HttpRequest) -> HttpResponse:
    """Tell a monitor whether breaches are noticed and mails go out: 200, or 503 with what is wrong."""
    try:
        state = alerting_state(timezone.now())
    except DatabaseFailure:
        return _unwell(["The database does not answer."])
    figures = {
        "flagger_finished_at": state.flagger_at,
        "oldest_unsent_at": state.oldest_unsent_at,
        "unsent": state.unsent,
    }
    return _unwell(state.problems, **figures) if state.problems else JsonResponse({"status": "ok", **figures})


def _unwell(problems: object, **figures: object) -> JsonResponse:
    members = {"status": "failing", "problems": problems, **figures}
    return JsonResponse(members, status=HTTPStatus.SERVICE_UNAVAILABLE)
