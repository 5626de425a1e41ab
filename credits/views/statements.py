"""Pages of statements, for both sides: the list, one with its lines, its files, and what is disputed. Clause: JS-15."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from credits import services
from credits.dispute_notices import path_of
from credits.errors import AlreadyAnsweredError, AlreadyDisputedError
from credits.forms.money import (
    DISPUTE_STATES,
    AnswerForm,
    DisputeFilter,
    DisputeForm,
    MissingForm,
    MissingInMonthForm,
    StatementFilter,
)
from credits.models import Dispute, Statement, StatementLine
from credits.models.statements import DisputeQuerySet
from credits.queries.statements import listed
from credits.service_credit import evidence_of
from credits.statement_formats import as_csv, as_json, as_pdf
from credits.statement_page import StatementShown, closings, shown
from credits.views.form_page import acted, sent
from credits.words import amount_text
from portal.accounts.access import act_required, client_required, staff_required, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.alerts.provider import provider
from portal.clients.models import Agreement
from portal.web.forms import OnceForm
from portal.web.paging import page_of
from portal.web.refusing import checked, refusing

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@act_required(Act.SEE_MONEY)
@refusing
def statements(request: HttpRequest) -> HttpResponse:
    """List statements, the newest month first; staff see those of all clients."""
    user, now = user_of(request), timezone.now()
    form = StatementFilter(request.GET)
    checked(form)
    page = page_of(request, form.narrow(listed(user)), order=["-month_on", "-id"])
    closing = closings(page.rows)
    context = {
        "page": page,
        "rows": [(statement, closing[statement.pk]) for statement in page.rows],
        "form": form,
        "narrowed": any(form.cleaned_data.values()),
        "disputes": _waiting(user, now),
        "may_report": not user.is_provider and may(user, Act.DECIDE_OFFER),
        "now": now,
    }
    return render(request, "credits/statements/list.html", context)


def _waiting(user: User, now: datetime) -> list[tuple[Dispute, timedelta]]:
    """Return the disputes that staff have not answered, the oldest first, and how long each waits. One query."""
    waiting = Dispute.objects.visible_to(user).unanswered().with_statements()
    return [(row, now - row.raised_at) for row in waiting.order_by("raised_at", "id")[:20]]


@require_safe
@act_required(Act.SEE_MONEY)
@refusing
def disputes(request: HttpRequest) -> HttpResponse:
    """List what clients dispute and miss, the newest first; staff see those of all clients."""
    user, now = user_of(request), timezone.now()
    form = DisputeFilter(request.GET)
    checked(form)
    page = page_of(request, form.narrow(_disputes(user)), order=["-raised_at", "-id"])
    context = {
        "now": now,
        "page": page,
        "rows": [(row, path_of(row), now - row.raised_at) for row in page.rows],
        "form": form,
        "states": DISPUTE_STATES,
        "chosen": form.cleaned_data,
        "may_answer": user.is_provider and may(user, Act.PREPARE_MONEY),
        "may_report": not user.is_provider and may(user, Act.DECIDE_OFFER),
    }
    return render(request, "credits/statements/disputes.html", context)


@require_safe
@act_required(Act.SEE_MONEY)
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one dispute: what is said to be wrong or missing, and what was answered."""
    user, now = user_of(request), timezone.now()
    found: Dispute = get_object_or_404(_disputes(user), pk=pk)
    subject = (found.agreement_id, found.subject)
    context = {
        "now": now,
        "dispute": found,
        "incident": evidence_of([subject], user)[subject] if found.subject else None,
        "waits": now - found.raised_at,
        "may_answer": user.is_provider and may(user, Act.PREPARE_MONEY),
    }
    return render(request, "credits/statements/dispute.html", context)


def _disputes(user: User) -> DisputeQuerySet:
    rows: DisputeQuerySet = Dispute.objects.visible_to(user).with_statements().select_related("answer__answered_by")
    return rows


@require_safe
@act_required(Act.SEE_MONEY)
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one statement, account by account."""
    user = user_of(request)
    found = get_object_or_404(listed(user), pk=pk)
    context = {
        "now": timezone.now(),
        "it": _shown(found, user),
        "statement": found,
        "may_dispute": not user.is_provider and may(user, Act.DECIDE_OFFER),
        "may_answer": user.is_provider and may(user, Act.PREPARE_MONEY),
    }
    return render(request, "credits/statements/statement.html", context)


def _shown(found: Statement, user: User) -> StatementShown:
    return shown(found, audience="staff" if user.is_provider else "client")


@require_safe
@act_required(Act.SEE_MONEY)
def statement_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Hand a statement out as a file to be saved: PDF, CSV or JSON. BAD_INPUTS: 10."""
    user = user_of(request)
    found = get_object_or_404(listed(user), pk=pk)
    # On paper it reads the same, whoever prints it.
    response = _FILES[kind](shown(found, audience="client") if kind == "pdf" else _shown(found, user))
    response["Content-Disposition"] = f'attachment; filename="{found.number}.{kind}"'
    return response


def _pdf(it: StatementShown) -> HttpResponse:
    return HttpResponse(as_pdf(it, provider=provider().name), content_type="application/pdf")


def _csv(it: StatementShown) -> HttpResponse:
    return HttpResponse(as_csv(it), content_type="text/csv; charset=utf-8")


def _json(it: StatementShown) -> HttpResponse:
    return JsonResponse(as_json(it))


_FILES: dict[str, Callable[[StatementShown], HttpResponse]] = {"pdf": _pdf, "csv": _csv, "json": _json}


@form_page
@client_required
@act_required(Act.DECIDE_OFFER)
def statement_dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Dispute a line as the client."""
    user, now = user_of(request), timezone.now()
    lines = StatementLine.objects.visible_to(user).select_related("statement__client", "account")
    line: StatementLine = get_object_or_404(lines, pk=pk)
    back = reverse("statement", args=[line.statement_id])
    form = DisputeForm(**sent(request))

    def act() -> tuple[str, str]:
        services.raise_dispute(line_id=line.pk, reason=form.cleaned_data["reason"], by=user, now=now)
        return back, f"Line {line.number} is disputed. We answer here and by mail."

    done = acted(request, form, act, user=user, now=now, over=AlreadyDisputedError, back=back)
    return done or _form(request, form, "Dispute this line", "Dispute it", on=line.statement, line=line, back=back)


@form_page
@client_required
@act_required(Act.DECIDE_OFFER)
def statement_missing(request: HttpRequest, pk: int) -> HttpResponse:
    """Say as the client that something is missing on a statement, such as a credit."""
    user, now = user_of(request), timezone.now()
    found: Statement = get_object_or_404(listed(user), pk=pk)
    back = reverse("statement", args=[found.pk])
    form = MissingForm(**sent(request))

    def act() -> tuple[str, str]:
        services.report_missing(statement_id=found.pk, reason=form.cleaned_data["reason"], by=user, now=now)
        return back, "We look for what is missing, and answer here and by mail."

    done = acted(request, form, act, user=user, now=now, over=AlreadyDisputedError, back=back)
    return done or _form(request, form, "Something is missing", "Send it", on=found, back=back)


@form_page
@client_required
@act_required(Act.DECIDE_OFFER)
def missing_in_month(request: HttpRequest) -> HttpResponse:
    """Say as the client what a month should have brought and did not, whether a statement tells of it or none."""
    user, now = user_of(request), timezone.now()
    agreements = Agreement.objects.visible_to(user).filter(activated_at__isnull=False)
    form = MissingInMonthForm(**sent(request), agreements=list(agreements.order_by("ref")))

    def act() -> tuple[str, str]:
        cleaned = form.cleaned_data
        said = services.report_missing_in_month(
            agreement_id=cleaned["agreement"],
            month=cleaned["month"],
            incident=cleaned["incident"],
            reason=cleaned["reason"],
            by=user,
            now=now,
        )
        return path_of(said), "We look for what is missing, and answer here and by mail."

    done = acted(request, form, act, user=user, now=now, over=AlreadyDisputedError, back=reverse("disputes"))
    return done or _form(request, form, "Something is missing from a month", "Send it", back=reverse("statements"))


@form_page
@staff_required
@act_required(Act.PREPARE_MONEY)
def dispute_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a dispute as staff."""
    user, now = user_of(request), timezone.now()
    found: Dispute = get_object_or_404(_disputes(user), pk=pk)
    back = path_of(found)
    form = AnswerForm(**sent(request), missing=found.line is None)

    def act() -> tuple[str, str]:
        services.answer_dispute(
            dispute_id=found.pk,
            outcome=form.cleaned_data["outcome"],
            text=form.cleaned_data["text"],
            by=user,
            now=now,
        )
        return back, f"Answered. {found.client} is mailed."

    done = acted(request, form, act, user=user, now=now, over=AlreadyAnsweredError, back=back)
    return done or _form(
        request,
        form,
        "Answer the dispute",
        "Answer the client",
        on=found.told_on,
        line=found.line,
        back=back,
        place=f"{found.client}, {found.place}",
        text=f"{found.raised_by.name}: {found.reason}",
    )


def _form(
    request: HttpRequest,
    form: OnceForm,
    heading: str,
    submit: str,
    *,
    back: str,
    on: Statement | None = None,
    line: StatementLine | None = None,
    place: str = "",
    text: str = "",
) -> HttpResponse:
    if on is not None:
        place = f"{on.client}, " + (
            f"line {line.number}: {line.what}, {amount_text(line.amount)}" if line else on.number
        )
    context = {
        "form": form,
        "heading": heading,
        "submit": submit,
        "text": text,
        "meta": place,
        "clause_id": line.clause if line else "",
        "crumbs": [("Statements", reverse("statements")), *([(on.number, back)] if on else [])],
        "cancel_url": back,
    }
    return render(request, "credits/form.html", context)
