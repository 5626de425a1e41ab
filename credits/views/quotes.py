"""Pages of quotes: staff offer, revise and withdraw; the client reads, accepts or declines. Clause: JS-2, JB-14."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from credits import services
from credits.errors import NotQuotableError, QuoteDecidedError, QuoteExpiredError, QuoteSupersededError
from credits.forms.work import ConfirmForm, DeclineForm, QuoteFilter, QuoteForm, ReasonForm
from credits.jobs import Job, job_named, job_of
from credits.models import Quote, QuoteDecision, QuoteVersion
from credits.notices import deciders
from credits.queries.charges import charge_list, charge_shown
from credits.queries.work import quote_list, quotes_of, rates_in, shown
from credits.views.form_page import acted, sent
from credits.work_mails import price_words
from portal.accounts.access import act_required, client_required, user_of
from portal.accounts.permissions import Act, may
from portal.web.figures import day_text, money_text
from portal.web.forms import OnceForm
from portal.web.paging import page_of
from portal.web.refusing import checked, refusing

form_page = require_http_methods(["GET", "HEAD", "POST"])

OVER = (QuoteDecidedError, QuoteSupersededError, QuoteExpiredError)


@require_safe
@act_required(Act.SEE_MONEY)
@refusing
def quotes(request: HttpRequest) -> HttpResponse:
    """List quotes, the newest first."""
    user, now = user_of(request), timezone.now()
    form = QuoteFilter(request.GET)
    checked(form)
    page = page_of(request, quote_list(user, state=form.cleaned_data["state"]), order=["-id"])
    context = {
        "now": now,
        "page": page,
        "rows": [shown(quote, at=now) for quote in page.rows],
        "form": form,
        "chosen": form.cleaned_data["state"],
        "states": dict(form.fields["state"].choices),  # type: ignore[attr-defined]
    }
    return render(request, "credits/quotes/list.html", context)


@require_safe
@act_required(Act.SEE_MONEY)
def quote(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one quote: what it offers for which price, until when, and what became of it."""
    user, now = user_of(request), timezone.now()
    found = shown(get_object_or_404(quote_list(user), pk=pk), at=now)
    job = job_named(found.quote.subject, agreement=found.quote.agreement)
    context = {
        "now": now,
        "it": found,
        "job": job,
        "job_path": job.path(for_staff=user.is_provider),
        "price": price_words(found.newest),
        "charges": [charge_shown(row) for row in charge_list(user).filter(quote=found.quote).order_by("-pk")],
        "deciders": deciders(found.quote.client),
        "may_decide": not user.is_provider and may(user, Act.DECIDE_OFFER),
        "may_prepare": user.is_provider and may(user, Act.PREPARE_MONEY),
    }
    return render(request, "credits/quotes/quote.html", context)


@form_page
@act_required(Act.PREPARE_MONEY)
def quote_new(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Quote work on an incident or a service request, or quote it anew."""
    user, now = user_of(request), timezone.now()
    job = job_of(kind, pk, user=user)
    back = job.path(for_staff=True)
    if not job.quotable and request.method != "POST":
        raise Http404
    today = now.astimezone(ZoneInfo(job.agreement.zone)).date()
    before = next((it for it in quotes_of(job, at=now) if it.state != "accepted"), None)
    form = QuoteForm(
        **sent(request),
        currency=job.currency,
        rates=rates_in(job.currency, on=today),
        today=today,
        initial={} if before is None else _as_before(before.newest),
    )

    def act() -> tuple[str, str]:
        cleaned = form.cleaned_data
        version = services.quote_work(
            job=job,
            price=form.offered(),
            text=cleaned["text"],
            valid_until=cleaned["valid_until"],
            by=user,
            now=now,
        )
        told = f"{job.client} got it by mail." if deciders(job.client) else f"Nobody of {job.client} can accept it yet."
        return reverse("quote", args=[version.quote_id]), f"{version} is offered. {told}"

    if answer := acted(request, form, act, user=user, now=now, over=NotQuotableError, back=back):
        return answer
    revised = before is not None and before.state in ("waiting", "expired")
    context = {
        "form": form,
        "heading": f"Revise {before.quote.ref}" if revised and before else f"Quote {job.ref}",
        "text": "The new version takes the place of the one before, which can then no longer be accepted."
        if revised
        else "The client reads it in its portal, and accepts or declines it there. Nothing is charged before.",
        "submit": "Send the quote to the client",
        "crumbs": [(job.ref, back)],
        "meta": f"{job.title} · {job.client}",
        "cancel_url": back,
        "clause_id": job.quotable,
        "rates_missing": not rates_in(job.currency, on=today),
    }
    return render(request, "credits/form.html", context)


def _as_before(version: QuoteVersion) -> dict[str, object]:
    """Return what the last version said, to begin from."""
    initial: dict[str, object] = {
        "text": version.text,
        "basis": version.basis,
        "valid_until": version.valid_until,
    }
    if version.rate is None or version.minutes is None:
        return initial | {"price": str(version.total)}
    return initial | {"hours": f"{version.minutes // 60}:{version.minutes % 60:02}", "rate": version.rate.name}


@form_page
@client_required
@act_required(Act.DECIDE_OFFER)
def quote_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept one version of a quote, as the client."""
    version = _version(request, pk)

    def act(form: OnceForm) -> QuoteDecision:
        return services.accept_quote(version_id=version.pk, by=user_of(request), now=timezone.now())

    context = {
        "heading": f"Accept {version.quote.ref}",
        "submit": f"Accept for {money_text(version.total)}",
        "accepting": True,
        "happened": f"You accepted {version.quote.ref}. A confirmation is in your mail; we begin.",
    }
    return _deciding(request, version, ConfirmForm(**sent(request)), act, context)


@form_page
@client_required
@act_required(Act.DECIDE_OFFER)
def quote_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline one version of a quote, as the client."""
    version = _version(request, pk)

    def act(form: OnceForm) -> QuoteDecision:
        return services.decline_quote(
            version_id=version.pk, reason=form.cleaned_data["reason"], by=user_of(request), now=timezone.now()
        )

    context = {
        "heading": f"Decline {version.quote.ref}",
        "submit": "Decline it",
        "style": "btn-danger",
        "happened": f"You declined {version.quote.ref}; we are told, and may quote it anew.",
    }
    return _deciding(request, version, DeclineForm(**sent(request)), act, context)


@form_page
@act_required(Act.PREPARE_MONEY)
def quote_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one version of a quote back, before the client accepts it."""
    version = _version(request, pk)

    def act(form: OnceForm) -> QuoteDecision:
        return services.withdraw_quote(
            version_id=version.pk, reason=form.cleaned_data["reason"], by=user_of(request), now=timezone.now()
        )

    context = {
        "heading": f"Withdraw {version.quote.ref}",
        "submit": "Withdraw it and tell the client",
        "style": "btn-danger",
        "happened": f"{version.quote.ref} is withdrawn; {version.quote.client} is told.",
    }
    return _deciding(request, version, ReasonForm(**sent(request)), act, context)


def _version(request: HttpRequest, pk: int) -> QuoteVersion:
    versions = QuoteVersion.objects.filter(quote__in=Quote.objects.visible_to(user_of(request)))
    return get_object_or_404(versions.select_related("quote__client", "quote__agreement", "rate"), pk=pk)


def _deciding(
    request: HttpRequest,
    version: QuoteVersion,
    form: OnceForm,
    act: Callable[[OnceForm], QuoteDecision],
    words: Mapping[str, object],
) -> HttpResponse:
    """Ask, then decide once; who comes second is led to the quote and told what happened."""
    user, now = user_of(request), timezone.now()
    page = reverse("quote", args=[version.quote_id])
    current = shown(get_object_or_404(quote_list(user), pk=version.quote_id), at=now)
    if request.method != "POST" and (current.newest.pk != version.pk or current.decision is not None):
        return redirect(page)

    def once() -> tuple[str, str]:
        act(form)
        return page, str(words["happened"])

    if answer := acted(request, form, once, user=user, now=now, over=OVER, back=page):
        return answer
    job: Job = job_named(version.quote.subject, agreement=version.quote.agreement)
    context = {
        "form": form,
        "version": version,
        "price": price_words(version),
        "crumbs": [("Quotes", reverse("quotes")), (version.quote.ref, page)],
        "meta": f"{job.ref} {job.title}",
        "text": f"It holds until the end of {day_text(version.valid_until)}.",
        "cancel_url": page,
        **words,
    }
    return render(request, "credits/quotes/decide.html", context)
