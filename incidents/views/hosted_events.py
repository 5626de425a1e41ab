"""Pages of hosted events, for staff and clients alike: the list, one event, its schedule. Clause: JS-7, JS-10."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from incidents import services
from incidents.agenda import is_on_air, margins_of, periods_of, promised_on_air
from incidents.forms.hosted_events import HostedEventForm
from incidents.models import HostedEvent
from incidents.queries import hosted_list, hosting
from portal.accounts.access import act_required, signed_in, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.web.errors import PortalError
from portal.web.forms import OnceForm
from portal.web.paging import page_of
from portal.web.refusing import refusing


@require_safe
@signed_in
@refusing
def hosted_events(request: HttpRequest) -> HttpResponse:
    """List hosted events, the newest first."""
    user, now = user_of(request), timezone.now()
    page = page_of(request, hosted_list(user), order=["-id"])
    context = {
        "page": page,
        "now": now,
        "on_air": {hosted.pk for hosted in page.rows if is_on_air(hosted, at=now)},
        "may_manage": may(user, Act.MANAGE_HOSTED_EVENTS) and hosting(user, at=now).exists(),
    }
    return render(request, "incidents/hosted_events.html", context)


@require_safe
@signed_in
def hosted_event(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one hosted event: its sessions, and when the shorter targets hold."""
    user = user_of(request)
    hosted = _found(pk, user)
    terms = hosted.agreement.pinned_terms
    promise, clause = promised_on_air(terms)
    before, after = margins_of(terms) or (None, None)
    now = timezone.now()
    context = {
        "hosted": hosted,
        "zone": ZoneInfo(hosted.zone),
        "periods": periods_of(hosted),
        "before": before,
        "after": after,
        "promise": promise,
        "clause_id": clause,
        "now": now,
        "on_air": is_on_air(hosted, at=now),
        "may_manage": may(user, Act.MANAGE_HOSTED_EVENTS) and hosted.cancelled_at is None,
    }
    return render(request, "incidents/hosted_event.html", context)


def _found(pk: int, user: User) -> HostedEvent:
    return get_object_or_404(hosted_list(user), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.MANAGE_HOSTED_EVENTS)
def hosted_event_new(request: HttpRequest) -> HttpResponse:
    """Schedule a hosted event."""
    user, now = user_of(request), timezone.now()
    agreements = list(hosting(user, at=now))
    default_zone = agreements[0].zone if agreements else "UTC"
    form = HostedEventForm(
        **_sent(request), agreements=agreements, names_clients=user.is_provider, default_zone=default_zone
    )
    if form.is_valid():

        def schedule() -> str:
            hosted = services.schedule_hosted_event(
                agreement_id=form.cleaned_data["agreement"],
                name=form.cleaned_data["name"],
                zone=form.cleaned_data["zone"],
                sessions=form.periods(),
                by=user,
                now=now,
            )
            messages.success(request, f"{hosted.name} is scheduled.")
            return reverse("hosted_event", args=[hosted.pk])

        try:
            return redirect(form.act_once(user=user, at=now, act=schedule))
        except PortalError as error:
            form.refuse(error)
    context: dict[str, Any] = {"form": form, "agreements": agreements, "now": now}
    return render(request, "incidents/hosted_event_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.MANAGE_HOSTED_EVENTS)
def hosted_event_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace an event's sessions."""
    user, now = user_of(request), timezone.now()
    hosted = _found(pk, user)
    form = HostedEventForm(**_sent(request), hosted=hosted)
    if form.is_valid():

        def reschedule() -> str:
            services.reschedule_hosted_event(
                hosted_event_id=hosted.pk, zone=form.cleaned_data["zone"], sessions=form.periods(), by=user, now=now
            )
            messages.success(request, f"{hosted.name} is rescheduled; open incidents follow.")
            return reverse("hosted_event", args=[hosted.pk])

        try:
            return redirect(form.act_once(user=user, at=now, act=reschedule))
        except PortalError as error:
            form.refuse(error)
    return render(request, "incidents/hosted_event_form.html", {"form": form, "hosted": hosted, "now": now})


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.MANAGE_HOSTED_EVENTS)
def hosted_event_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then cancel an event."""
    user, now = user_of(request), timezone.now()
    hosted = _found(pk, user)
    if hosted.cancelled_at is not None and request.method != "POST":
        raise Http404
    form = OnceForm(request.POST or None)
    if form.is_valid():

        def cancel() -> str:
            services.cancel_hosted_event(hosted_event_id=hosted.pk, by=user, now=now)
            messages.success(request, f"{hosted.name} is cancelled.")
            return reverse("hosted_event", args=[hosted.pk])

        try:
            return redirect(form.act_once(user=user, at=now, act=cancel))
        except PortalError as error:
            form.refuse(error)
    return render(request, "incidents/hosted_event_cancel.html", {"form": form, "hosted": hosted, "now": now})


def _sent(request: HttpRequest) -> dict[str, Any]:
    """Return what the form is made of: nothing yet, what was sent, or what was typed when more rows were asked for."""
    if request.method != "POST":
        return {}
    return {"typed": request.POST} if "more" in request.POST else {"data": request.POST}
