"""The staff's pages of work that no fee covers: what was logged on a job, one's own time; parts of a job's page.

Clause: JS-2, JB-8, JB-14.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from credits import services
from credits.errors import AlreadyChargedError
from credits.forms.work import ReasonForm, TimeForm, time_words
from credits.jobs import Job, job_of
from credits.models import Proposal, TimeEntry
from credits.queries.charges import charges_of
from credits.queries.work import chargeable_quotes, own_time, quotes_of, rates_in, time_of
from credits.views.form_page import acted, sent
from portal.accounts.access import act_required, client_required, staff_required, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.web.figures import duration_text
from portal.web.live import fragment_response
from portal.web.paging import page_of
from portal.web.refusing import refusing

form_page = require_http_methods(["GET", "HEAD", "POST"])
MOST_SHOWN = 200


def _shown(job: Job, user: User) -> dict[str, Any]:
    """Return what a job's page shows to staff of quotes, time and charges. At most a dozen queries."""
    now = timezone.now()
    sees, prepares = may(user, Act.SEE_MONEY), may(user, Act.PREPARE_MONEY)
    time = list(time_of(job)[:MOST_SHOWN])
    open_ = [row for row in time if not hasattr(row, "struck") and not hasattr(row, "charged")]
    minutes = sum(row.minutes for row in open_)
    under = chargeable_quotes(job) if prepares else []
    return {
        "now": now,
        "job": job,
        "quotes": quotes_of(job, at=now) if sees else [],
        "charges": charges_of(job, user) if sees else [],
        "waiting": list(_waiting(job)) if sees else [],
        "time": time,
        "open_time": duration_text(timedelta(minutes=minutes)) if minutes else "",
        "sees_money": sees,
        "may_log": may(user, Act.LOG_TIME),
        "may_prepare": prepares,
        "may_quote": prepares and bool(job.quotable),
        "may_charge": prepares and bool(under or job.chargeable),
    }


def _waiting(job: Job) -> list[Proposal]:
    proposals = (
        Proposal.objects.undecided().filter(kind="charge", agreement=job.agreement).select_related("prepared_by")
    )
    return [proposal for proposal in proposals if proposal.payload.get("subject") == job.subject]


@require_safe
@staff_required
@act_required(Act.LOG_TIME)
def work(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show what was quoted, logged and charged for a job."""
    job = job_of(kind, pk, user=user_of(request))
    context = _shown(job, user_of(request)) | {"back": job.path(for_staff=True)}
    return render(request, "credits/work/job.html", context)


@require_safe
@staff_required
@act_required(Act.LOG_TIME)
def work_part(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Return the same in short, as a part of the job's own page."""
    job = job_of(kind, pk, user=user_of(request))
    return fragment_response(request, "credits/work/_short.html", _shown(job, user_of(request)))


@require_safe
@client_required
@act_required(Act.SEE_MONEY)
def quoted_part(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Return what a client is offered and charged for a job, as a part of the job's own page."""
    user, now = user_of(request), timezone.now()
    job = job_of(kind, pk, user=user)
    context = {
        "now": now,
        "job": job,
        "quotes": quotes_of(job, at=now),
        "charges": charges_of(job, user),
        "may_decide": may(user, Act.DECIDE_OFFER),
    }
    return fragment_response(request, "credits/work/_offered.html", context)


@require_safe
@staff_required
@act_required(Act.LOG_TIME)
@refusing
def time_log(request: HttpRequest) -> HttpResponse:
    """List one's own time, the latest logged first."""
    user = user_of(request)
    page = page_of(request, own_time(user), order=["-id"])
    return render(request, "credits/work/time.html", {"page": page, "now": timezone.now()})


@form_page
@staff_required
@act_required(Act.LOG_TIME)
def time_new(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Log time on a job."""
    user, now = user_of(request), timezone.now()
    job = job_of(kind, pk, user=user)
    today = now.astimezone(ZoneInfo(job.agreement.zone)).date()
    rates = rates_in(job.currency, on=today)
    form = TimeForm(**sent(request), rates=rates, today=today)
    back = reverse("work", args=[job.kind, job.pk])

    def act() -> tuple[str, str]:
        cleaned = form.cleaned_data
        row = services.log_time(
            agreement=job.agreement,
            subject=job.subject,
            worked_by=user,
            worked_on=cleaned["worked_on"],
            minutes=cleaned["hours"],
            rate=cleaned["rate"],
            currency=job.currency,
            note=cleaned["note"],
            by=user,
            now=now,
        )
        return back, f"Logged: {duration_text(timedelta(minutes=row.minutes))} on {job.ref}."

    if answer := acted(request, form, act, user=user, now=now):
        return answer
    context = {
        "form": form,
        "heading": f"Log time on {job.ref}",
        "submit": "Log it",
        "crumbs": [(job.ref, job.path(for_staff=True)), ("Work", back)],
        "meta": f"{job.title} · {job.client}",
        "cancel_url": back,
        "rates_missing": not rates,
    }
    return render(request, "credits/form.html", context)


@form_page
@staff_required
@act_required(Act.LOG_TIME)
def time_strike(request: HttpRequest, pk: int) -> HttpResponse:
    """Strike some logged time, so that it is never charged."""
    user, now = user_of(request), timezone.now()
    row: TimeEntry = get_object_or_404(
        TimeEntry.objects.visible_to(user).select_related("agreement__client", "rate", "worked_by"), pk=pk
    )
    back = reverse("time_log")
    if request.method != "POST" and not TimeEntry.objects.chargeable().filter(pk=pk).exists():
        return redirect(back)
    form = ReasonForm(**sent(request))

    def act() -> tuple[str, str]:
        services.strike_time(time_entry=row, reason=form.cleaned_data["reason"], by=user, now=now)
        return back, "Struck: it is never charged."

    if answer := acted(request, form, act, user=user, now=now, over=AlreadyChargedError, back=back):
        return answer
    context = {
        "form": form,
        "heading": "Strike logged time",
        "text": f"{time_words(row)}. What is struck stays in the log and is never charged.",
        "submit": "Strike it",
        "style": "btn-danger",
        "crumbs": [("My time", back)],
        "meta": f"{row.subject_ref} · {row.agreement.client}",
        "cancel_url": back,
    }
    return render(request, "credits/form.html", context)
