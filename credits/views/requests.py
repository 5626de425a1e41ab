"""Pages of service requests, for both sides: the list, one with its quotes, asking and closing. Clause: JB-14."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from credits import services
from credits.errors import RequestClosedError
from credits.forms.work import CloseForm, ReasonForm, ServiceRequestForm
from credits.jobs import SERVICE_REQUEST, job_of
from credits.models import ServiceRequest
from credits.queries.charges import charges_of
from credits.queries.work import quotes_of, request_list
from credits.views.form_page import acted, sent
from portal.accounts.access import act_required, client_required, signed_in, staff_required, user_of
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement
from portal.web.paging import page_of
from portal.web.refusing import refusing

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@signed_in
@refusing
def service_requests(request: HttpRequest) -> HttpResponse:
    """List service requests, the newest first."""
    user = user_of(request)
    page = page_of(request, request_list(user), order=["-requested_at", "-id"])
    context = {"page": page, "now": timezone.now(), "may_request": may(user, Act.REPORT_INCIDENT)}
    return render(request, "credits/requests/list.html", context)


@require_safe
@signed_in
def service_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one service request: what is wanted, what was quoted, what was charged."""
    user, now = user_of(request), timezone.now()
    wanted = get_object_or_404(request_list(user), pk=pk)
    job = job_of(SERVICE_REQUEST, pk, user=user)
    sees_money = may(user, Act.SEE_MONEY)
    context = {
        "now": now,
        "wanted": wanted,
        "job": job,
        "sees_money": sees_money,
        "quotes": quotes_of(job, at=now) if sees_money else [],
        "charges": charges_of(job, user) if sees_money else [],
        "may_quote": user.is_provider and may(user, Act.PREPARE_MONEY) and bool(job.quotable),
        "may_work": user.is_provider and may(user, Act.LOG_TIME),
        "may_decide": not user.is_provider and may(user, Act.DECIDE_OFFER),
        "may_withdraw": not user.is_provider and may(user, Act.WITHDRAW),
    }
    return render(request, "credits/requests/request.html", context)


@form_page
@act_required(Act.REPORT_INCIDENT)
def service_request_new(request: HttpRequest) -> HttpResponse:
    """Ask for a service."""
    user, now = user_of(request), timezone.now()
    agreements = list(
        Agreement.objects.visible_to(user).active(now).select_related("client").order_by("client__name", "ref")
    )
    form = ServiceRequestForm(**sent(request), agreements=agreements, named=user.is_provider)

    def act() -> tuple[str, str]:
        cleaned = form.cleaned_data
        wanted = services.request_service(
            agreement_id=cleaned["agreement"],
            kind=cleaned["kind"],
            title=cleaned["title"],
            wish=cleaned["wish"],
            wanted_on=cleaned["wanted_on"],
            by=user,
            now=now,
        )
        happened = f"{wanted.ref} is kept." if user.is_provider else f"{wanted.ref} is with us. We answer with a quote."
        return reverse("service_request", args=[wanted.pk]), happened

    if answer := acted(request, form, act, user=user, now=now):
        return answer
    context = {
        "form": form,
        "agreements": agreements,
        "heading": "Ask for a service",
        "text": "Not part of the fee: we answer with a price, and nothing begins before you accept it.",
        "submit": "Ask for it",
        "crumbs": [("Service requests", reverse("service_requests"))],
        "cancel_url": reverse("service_requests"),
        "clause_id": "JB-14",
    }
    return render(request, "credits/form.html", context)


@form_page
@client_required
@act_required(Act.WITHDRAW)
def service_request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request back, as the client."""
    form = ReasonForm(**sent(request))
    return _closing(request, pk, form, heading="Withdraw the request", submit="Withdraw it")


@form_page
@staff_required
@act_required(Act.LOG_TIME)
def service_request_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Say as staff how a request ended."""
    form = CloseForm(**sent(request))
    return _closing(request, pk, form, heading="Close the request", submit="Close it and tell the client")


def _closing(request: HttpRequest, pk: int, form: ReasonForm | CloseForm, *, heading: str, submit: str) -> HttpResponse:
    user, now = user_of(request), timezone.now()
    wanted = get_object_or_404(request_list(user), pk=pk)
    page = reverse("service_request", args=[wanted.pk])

    def act() -> tuple[str, str]:
        services.close_request(
            request_id=wanted.pk,
            outcome=form.cleaned_data.get("outcome", ServiceRequest.Outcome.WITHDRAWN),
            reason=form.cleaned_data["reason"],
            by=user,
            now=now,
        )
        return page, f"{wanted.ref} is closed; {'the client' if user.is_provider else 'we'} got a mail."

    if answer := acted(request, form, act, user=user, now=now, over=RequestClosedError, back=page):
        return answer
    context = {
        "form": form,
        "heading": heading,
        "text": "A quote that waits is withdrawn with it. What was accepted and done may still be charged.",
        "submit": submit,
        "style": "btn-danger" if not user.is_provider else "btn-primary",
        "crumbs": [("Service requests", reverse("service_requests")), (wanted.ref, page)],
        "meta": wanted.title,
        "cancel_url": page,
    }
    return render(request, "credits/form.html", context)
