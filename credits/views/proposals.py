"""The staff's pages of proposals: what waits for a second person, and the word that is said to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from credits import proposals as register
from credits import services
from credits.errors import AlreadyDecidedError, LedgerError
from credits.forms.proposals import APPROVE, DECLINE, STATES, VERDICTS, WAIVE, WITHDRAW, DecisionForm, ProposalFilter
from credits.models import Decision, Proposal
from credits.queries.proposals import listed
from credits.services.approvals import require_second_person
from credits.words import amount_text
from portal.accounts.access import act_required, staff_required, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.web.errors import PortalError
from portal.web.paging import page_of
from portal.web.refusing import checked, refusing

DO: dict[str, Callable[..., Decision]] = {
    APPROVE: services.approve_proposal,
    WAIVE: services.waive_proposal,
    DECLINE: services.decline_proposal,
    WITHDRAW: services.withdraw_proposal,
}


@require_safe
@staff_required
@act_required(Act.SEE_MONEY)
@refusing
def proposals(request: HttpRequest) -> HttpResponse:
    """List proposals, the newest first: those that wait, unless others are asked for."""
    user = user_of(request)
    form = ProposalFilter(request.GET)
    checked(form)
    page = page_of(request, form.narrow(listed(user)), order=["-id"])
    titles = register.titles(page.rows)
    context = {
        "now": timezone.now(),
        "page": page,
        "rows": [(proposal, titles[proposal.pk], register.kind_of(proposal.kind).label) for proposal in page.rows],
        "form": form,
        "states": STATES,
        "chosen": form.cleaned_data,
        "narrowed": bool(form.cleaned_data["client"] or form.cleaned_data["kind"]),
    }
    return render(request, "credits/proposals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
@act_required(Act.SEE_MONEY)
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one proposal with what it rests on, and take a second person's word."""
    user, now = user_of(request), timezone.now()
    found = listed(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    form = DecisionForm()
    if request.method == "POST":
        form = DecisionForm(request.POST)
        if form.is_valid():
            try:
                return redirect(form.act_once(user=user, at=now, act=lambda: _decide(request, found, form, user, now)))
            except AlreadyDecidedError as error:
                messages.error(request, error.sentence)
                return redirect(register.url_of(found))
            except PortalError as error:
                form.refuse(error)
    kind = register.kind_of(found.kind)
    context: dict[str, Any] = {
        "now": now,
        "proposal": found,
        "decision": getattr(found, "decision", None),
        "title": register.titles([found])[found.pk],
        "shown": kind.describe(found, user),
        "kind": kind,
        "form": form,
        "verdicts": _verdicts(found, user),
        "hindrance": _hindrance(found, user),
    }
    return render(request, "credits/proposal.html", context)


def _decide(request: HttpRequest, found: Proposal, form: DecisionForm, user: User, now: Any) -> str:
    verdict = form.cleaned_data["verdict"]
    decision = DO[verdict](proposal_id=found.pk, reason=form.cleaned_data["reason"], by=user, now=now)
    messages.success(request, f"{decision.get_verdict_display()}: {amount_text(found.amount)} of {found.client}.")
    return register.url_of(found)


def _verdicts(found: Proposal, user: User) -> list[tuple[str, str]]:
    """Return the words that a user may say to a proposal, the likeliest first."""
    if hasattr(found, "decision"):
        return []
    if found.prepared_by_id == user.pk:
        withdrawable = may(user, Act.PREPARE_MONEY) and register.kind_of(found.kind).is_withdrawable(found)
        return [(WITHDRAW, VERDICTS[WITHDRAW])] if withdrawable else []
    if _hindrance(found, user):
        return []
    words = [APPROVE, WAIVE, DECLINE] if register.kind_of(found.kind).waivable else [APPROVE, DECLINE]
    return [(word, VERDICTS[word]) for word in words]


def _hindrance(found: Proposal, user: User) -> str:
    """Return why a user can't decide on a proposal, '' where nothing keeps them from it."""
    try:
        require_second_person(prepared_by=found.prepared_by, amount=found.amount, by=user)
    except LedgerError as error:
        return error.sentence
    return ""
