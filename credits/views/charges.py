"""Pages of charges: the list and one charge for both sides, and proposing one. Clause: JS-2, JB-8, JB-14."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from credits import services
from credits.forms.work import ChargeForm
from credits.jobs import job_named, job_of
from credits.models import Quote, TimeEntry
from credits.queries.charges import charge_list, charge_shown
from credits.queries.work import chargeable_quotes, time_of
from credits.views.form_page import acted, sent
from portal.accounts.access import act_required, user_of
from portal.accounts.permissions import Act
from portal.web.paging import page_of
from portal.web.refusing import refusing

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@act_required(Act.SEE_MONEY)
@refusing
def charges(request: HttpRequest) -> HttpResponse:
    """List charges, the newest first."""
    user = user_of(request)
    page = page_of(request, charge_list(user), order=["-id"])
    context = {"page": page, "rows": [charge_shown(row) for row in page.rows], "now": timezone.now()}
    return render(request, "credits/charges/list.html", context)


@require_safe
@act_required(Act.SEE_MONEY)
def charge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one charge: its sum, its reason, its time at its rates, its expenses. Clause: JB-8."""
    user = user_of(request)
    found = get_object_or_404(charge_list(user), pk=pk)
    assert found.entry.agreement is not None  # noqa: S101  # Every charge is under one.
    job = job_named(found.subject, agreement=found.entry.agreement)
    context = {
        "now": timezone.now(),
        "it": charge_shown(found),
        "charge": found,
        "entry": found.entry,
        "job": job,
        "job_path": job.path(for_staff=user.is_provider),
    }
    return render(request, "credits/charges/charge.html", context)


@form_page
@act_required(Act.PREPARE_MONEY)
def charge_new(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Propose a charge for a job; a second person decides on it."""
    user, now = user_of(request), timezone.now()
    job = job_of(kind, pk, user=user)
    under = chargeable_quotes(job)
    if not under and not job.chargeable and request.method != "POST":
        raise Http404
    open_ids = TimeEntry.objects.chargeable().values("pk")
    form = ChargeForm(
        **sent(request),
        currency=job.currency,
        quotes=under,
        chargeable=job.chargeable,
        time=list(time_of(job).filter(pk__in=open_ids)),
    )

    def act() -> tuple[str, str]:
        cleaned = form.cleaned_data
        quote = None if cleaned["basis"] == "cause" else Quote.objects.get(pk=cleaned["basis"])
        proposal = services.prepare_charge(
            job=job,
            quote=quote,
            time=cleaned["time"],
            expenses=cleaned["expenses"],
            reason=cleaned["reason"],
            key=str(cleaned["submission"]),
            by=user,
            now=now,
        )
        return reverse("proposal", args=[proposal.pk]), "Proposed. A second person decides on it."

    back = reverse("work", args=[job.kind, job.pk])
    if answer := acted(request, form, act, user=user, now=now):
        return answer
    context = {
        "form": form,
        "heading": f"Charge for {job.ref}",
        "text": "A second person approves it before the client is charged. A fixed price is charged without time; "
        "struck and charged time is not in the list.",
        "submit": "Propose the charge",
        "crumbs": [(job.ref, job.path(for_staff=True)), ("Work", back)],
        "meta": f"{job.title} · {job.client}",
        "cancel_url": back,
        "clause_id": job.chargeable or job.quotable,
    }
    return render(request, "credits/form.html", context)
