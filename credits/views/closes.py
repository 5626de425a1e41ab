"""The staff's pages of months: what closed, on what it rests, and what keeps a month from closing. Clause: JS-13."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from credits import services
from credits.credit_payload import SERVICE_CREDIT, percent_words, rule_words
from credits.errors import AlreadyClosedError
from credits.forms.closes import CloseFilter, CloseForm
from credits.models import MonthClose, MonthHold, Proposal
from credits.queries.closing import subject_paths
from credits.rules.closing import CAP
from credits.service_credit import evidence_of
from credits.views.form_page import acted, sent
from incidents.rules.months import Month
from incidents.service_page import month_title
from portal.accounts.access import act_required, staff_required, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement
from portal.contract.money import Money
from portal.web.paging import page_of
from portal.web.refusing import checked, refusing

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@staff_required
@act_required(Act.SEE_MONEY)
@refusing
def closes(request: HttpRequest) -> HttpResponse:
    """List the months that closed, the last month first, below those that something holds up."""
    user = user_of(request)
    form = CloseFilter(request.GET)
    checked(form)
    client = form.cleaned_data["client"]
    held, closed = MonthHold.objects.visible_to(user), MonthClose.objects.visible_to(user)
    if client:
        held, closed = held.filter(agreement__client=client), closed.filter(agreement__client=client)
    closed = closed.select_related("agreement__client", "closed_by", "superseded_by")
    page = page_of(request, closed, order=["-month", "-id"])
    holds = list(held.select_related("agreement__client").order_by("month", "agreement__ref")[:50])
    paths = subject_paths((hold.agreement_id, block["subject"]) for hold in holds for block in hold.blocks)
    context = {
        "now": timezone.now(),
        "form": form,
        "narrowed": bool(client),
        "page": page,
        "rows": [(close, _title(close.month), _lines(close), _total(close)) for close in page.rows],
        "holds": [(hold, _title(hold.month), _blocks(hold, paths)) for hold in holds],
        "may_close": may(user, Act.PREPARE_MONEY),
    }
    return render(request, "credits/closes/list.html", context)


def _title(day: date) -> str:
    return month_title(Month(day.year, day.month))


def _blocks(hold: MonthHold, paths: dict[tuple[int, str], str]) -> list[dict[str, str]]:
    return [block | {"url": paths.get((hold.agreement_id, block["subject"]), "")} for block in hold.blocks]


def _lines(close: MonthClose) -> list[dict[str, Any]]:
    """Return a close's lines with their words and money, what brings them down to the cap last."""
    return [
        line
        | {
            "words": rule_words(line["rule"]),
            "share": percent_words(line["percent"]),
            "money": Money(line["minor"], line["currency"]) if line["minor"] is not None else None,
        }
        for line in sorted(close.lines, key=lambda line: line["rule"] == CAP)
    ]


def _total(close: MonthClose) -> Money | None:
    """Return the sum of a close's lines; None where there are not several of them, or no fee."""
    sums = [line["minor"] for line in close.lines if line["minor"] is not None]
    return Money(sum(sums), close.lines[0]["currency"]) if len(sums) > 1 else None


@require_safe
@staff_required
@act_required(Act.SEE_MONEY)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one close: its lines, what it proposed, and its inputs as they were frozen."""
    user = user_of(request)
    rows = MonthClose.objects.visible_to(user).select_related(
        "agreement__client", "closed_by", "supersedes", "superseded_by"
    )
    found: MonthClose = get_object_or_404(rows, pk=pk)
    proposals = Proposal.objects.visible_to(user).filter(
        agreement=found.agreement_id, month=found.month, kind=SERVICE_CREDIT
    )
    evidence = evidence_of(
        ((found.agreement_id, subject) for line in found.lines for subject in line["evidence"]), user
    )
    context = {
        "now": timezone.now(),
        "close": found,
        "title": _title(found.month),
        "lines": [
            (line, [evidence[found.agreement_id, subject] for subject in line["evidence"]]) for line in _lines(found)
        ],
        "total": _total(found),
        "proposals": [
            (row, rule_words(row.payload["rule"])) for row in proposals.select_related("decision").order_by("pk")
        ],
        "inputs": json.dumps(found.inputs, indent=2, ensure_ascii=False),
    }
    return render(request, "credits/closes/close.html", context)


@form_page
@staff_required
@act_required(Act.PREPARE_MONEY)
def close_new(request: HttpRequest, pk: int, month: str) -> HttpResponse:
    """Close a month by a person's word, with the reason."""
    user, now = user_of(request), timezone.now()
    agreement = get_object_or_404(Agreement.objects.visible_to(user).select_related("client"), pk=pk)
    chosen = _month(month)
    form = CloseForm(**sent(request))

    def act() -> tuple[str, str]:
        made = services.close_by_hand(
            agreement_id=agreement.pk, month=chosen, reason=form.cleaned_data["reason"], by=user, now=now
        )
        return reverse("close", args=[made.pk]), f"{month_title(chosen)} of {agreement.ref} is closed."

    done = acted(request, form, act, user=user, now=now, over=AlreadyClosedError, back=reverse("closes"))
    return done or render(request, "credits/form.html", _form(form, agreement, chosen, user))


def _month(text: str) -> Month:
    year, _, number = text.partition("-")
    if not 1 <= int(number) <= 12 or not 2000 <= int(year) <= 2100:
        raise Http404
    return Month(int(year), int(number))


def _form(form: CloseForm, agreement: Agreement, month: Month, user: User) -> dict[str, Any]:
    hold = (
        MonthHold.objects.visible_to(user).filter(agreement=agreement, month=date(month.year, month.number, 1)).first()
    )
    against = " ".join(block["text"] for block in hold.blocks) if hold is not None else ""
    return {
        "form": form,
        "heading": f"Close {month_title(month)}",
        "meta": f"{agreement.client}, {agreement.ref}",
        "text": against or "Nothing is on record that speaks against it.",
        "submit": "Close the month",
        "clause_id": "JS-13",
        "crumbs": [("Months", reverse("closes"))],
        "cancel_url": reverse("closes"),
    }
