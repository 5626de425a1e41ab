"""Pages of remedy plans, for both sides: the list, one plan, and what is said of it. Clause: JS-21."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from incidents import services
from incidents.evidence import evidence_of, has_failed, plans_to_ask_for, where_provider_failed
from incidents.forms.remedies import AgreeForm, AskForm, DoneForm, VersionForm, WithdrawPlanForm
from incidents.models import RemedyPlan, Side
from incidents.remedies import PlanView, plan_list, side_of, view_of
from incidents.rules.remedies import PlanState
from portal.accounts.access import act_required, client_required, signed_in, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement
from portal.clients.queries import provider
from portal.web.errors import PortalError
from portal.web.forms import OnceForm
from portal.web.live import fragment_response
from portal.web.paging import page_of
from portal.web.refusing import refusing

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@signed_in
@refusing
def remedies(request: HttpRequest) -> HttpResponse:
    """List remedy plans, newest first; the client sees under which agreements it may ask for one."""
    user, now = user_of(request), timezone.now()
    page = page_of(request, plan_list(user), order=["-id"])
    offered = plans_to_ask_for(user, at=now) if not user.is_provider else []
    context = {
        "page": page,
        "plans": [view_of(plan, at=now) for plan in page.rows],
        "offered": offered,
        "may_ask": may(user, Act.REMEDY_PLAN),
        "now": now,
    }
    return render(request, "incidents/remedies/list.html", context)


@require_safe
@client_required
def remedy_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the button that asks for a plan, for another page to hold; nothing while nothing counts against us."""
    user, now = user_of(request), timezone.now()
    agreement = get_object_or_404(Agreement.objects.visible_to(user), pk=pk)
    open_plan = RemedyPlan.objects.open().filter(agreement=agreement).first()
    offered = open_plan is None and where_provider_failed(user, at=now).filter(pk=pk).exists()
    context = {
        "agreement": agreement,
        "plan": open_plan,
        "offered": offered and may(user, Act.REMEDY_PLAN),
        "whole": not request.headers.get("HX-Request"),
    }
    return fragment_response(request, "incidents/remedies/_offer.html", context)


@require_http_methods(FORM_METHODS)
@client_required
@act_required(Act.REMEDY_PLAN)
def remedy_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a remedy plan, with what it rests on beside the form."""
    user, now = user_of(request), timezone.now()
    agreement = get_object_or_404(Agreement.objects.visible_to(user).select_related("client"), pk=pk)
    form = AskForm(request.POST or None)

    def ask() -> str:
        plan = services.ask_remedy_plan(
            agreement_id=agreement.pk, concern=form.cleaned_data["concern"], by=user, now=now
        )
        messages.success(request, f"{plan.ref} is asked for. We are told by mail, and propose its actions to you.")
        return reverse("remedy", args=[plan.pk])

    if form.is_valid():
        try:
            return redirect(form.act_once(user=user, at=now, act=ask))
        except PortalError as error:
            form.refuse(error)
    context = {
        "form": form,
        "agreement": agreement,
        "evidence": evidence_of(agreement, until=now, for_staff=False),
        "offered": has_failed(agreement),
        "now": now,
    }
    return render(request, "incidents/remedies/ask.html", context)


@require_safe
@signed_in
def remedy(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one plan: its actions, who agreed, what it rests on, and what comes next."""
    user, now = user_of(request), timezone.now()
    view = _found(pk, user)
    side, acts = side_of(user), may(user, Act.REMEDY_PLAN) and view.plan.closed_at is None
    latest = view.latest
    until = view.plan.closed_at or now
    context = {
        "view": view,
        "plan": view.plan,
        "side": side,
        "our_name": provider().name,
        "evidence": evidence_of(view.plan.agreement, until=until, for_staff=user.is_provider),
        "may_act": acts,
        "may_agree": acts and latest is not None and side not in latest.sides,
        "may_propose": acts and (latest is not None or user.is_provider),
        "may_withdraw": acts and not user.is_provider,
        "agree_form": AgreeForm(initial={"version": latest.version.number, "name": user.name}) if latest else None,
        "in_force_number": view.in_force.version.number if view.in_force is not None else None,
        "steps": _steps(view),
        "sees_money": may(user, Act.SEE_MONEY),
        "now": now,
    }
    return render(request, "incidents/remedies/plan.html", context)


def _steps(view: PlanView) -> list[tuple[str, Any, bool, bool]]:
    """Return the plan's way as label, instant, whether it was reached, and whether it is where the plan stands."""
    latest, in_force = view.latest, view.in_force
    current = {PlanState.ASKED: 0, PlanState.PROPOSED: 1, PlanState.AGREED: 2}.get(view.state, 3)
    ends = "Withdrawn" if view.state == PlanState.WITHDRAWN else "Done"
    instants = [
        ("Asked for", view.plan.asked_at),
        ("Proposed", latest.version.proposed_at if latest is not None else None),
        ("Agreed", in_force.agreed_at if in_force is not None else None),
        (ends, view.plan.closed_at),
    ]
    return [(label, at, at is not None, place == current) for place, (label, at) in enumerate(instants)]


def _found(pk: int, user: User) -> PlanView:
    return view_of(get_object_or_404(plan_list(user), pk=pk), at=timezone.now())


@require_http_methods(FORM_METHODS)
@act_required(Act.REMEDY_PLAN)
def remedy_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a version: the first, or another in place of the latest."""
    user, now = user_of(request), timezone.now()
    view = _found(pk, user)
    client, ours = view.plan.agreement.client.name, provider().name
    sides = [(Side.PROVIDER.value, ours), (Side.CLIENT.value, client)]
    form = VersionForm(**_sent(request), latest=view.latest, sides=sides)

    def propose() -> str:
        version = services.propose_remedy_plan(
            plan_id=view.plan.pk,
            after=form.cleaned_data["after"],
            actions=form.planned(),
            note=form.cleaned_data["note"],
            by=user,
            now=now,
        )
        other = client if user.is_provider else ours
        messages.success(request, f"Version {version.number} is proposed. {other} is asked by mail to agree.")
        return reverse("remedy", args=[pk])

    if form.is_valid():
        try:
            return redirect(form.act_once(user=user, at=now, act=propose))
        except PortalError as error:
            form.refuse(error)
    context = {"form": form, "view": view, "plan": view.plan, "our_name": ours, "now": now}
    return render(request, "incidents/remedies/propose.html", context)


def _sent(request: HttpRequest) -> dict[str, Any]:
    """Return what the form is made of: nothing yet, what was sent, or what was typed when more rows were asked for."""
    if request.method != "POST":
        return {}
    return {"typed": request.POST} if "more" in request.POST else {"data": request.POST}


@require_http_methods(FORM_METHODS)
@act_required(Act.REMEDY_PLAN)
def remedy_agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a name, then agree to the latest version."""
    user, now = user_of(request), timezone.now()
    view = _found(pk, user)
    seen = view.latest.version.number if view.latest is not None else 0
    form = AgreeForm(request.POST or None, initial={"version": seen, "name": user.name})

    def agree() -> str:
        version = form.cleaned_data["version"]
        services.agree_to_remedy_plan(plan_id=pk, version=version, name=form.cleaned_data["name"], by=user, now=now)
        return f"You agreed to version {version} of {view.plan.ref}."

    heading = f"Agree to version {seen} of {view.plan.ref}"
    return _act(request, view, form, agree, heading=heading, submit=f"Agree to version {seen}")


@require_http_methods(FORM_METHODS)
@act_required(Act.REMEDY_PLAN)
def remedy_action_done(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Ask what was done, then mark an action of one's own side done."""
    user, now = user_of(request), timezone.now()
    view = _found(pk, user)
    actions = view.in_force.actions if view.in_force is not None else []
    found = next((one for one in actions if one.action.number == number), None)
    if found is None:
        raise Http404
    form = DoneForm(request.POST or None)

    def finish() -> str:
        services.finish_remedy_action(plan_id=pk, number=number, note=form.cleaned_data["note"], by=user, now=now)
        return "The action is done."

    return _act(request, view, form, finish, heading="Is it done?", text=found.action.what, submit="Mark it done")


@require_http_methods(FORM_METHODS)
@client_required
@act_required(Act.REMEDY_PLAN)
def remedy_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then withdraw the plan."""
    user, now = user_of(request), timezone.now()
    view = _found(pk, user)
    form = WithdrawPlanForm(request.POST or None)

    def withdraw() -> str:
        services.withdraw_remedy_plan(plan_id=pk, reason=form.cleaned_data["reason"], by=user, now=now)
        return f"{view.plan.ref} is withdrawn."

    heading = f"Withdraw {view.plan.ref}"
    text = "Its open actions end. You may ask for another plan at any time."
    return _act(request, view, form, withdraw, heading=heading, text=text, submit="Withdraw the plan", danger=True)


def _act(request: HttpRequest, view: PlanView, form: OnceForm, act: Callable[[], str], **words: Any) -> HttpResponse:
    """Show a form of an act on a plan, or act once and lead back to the plan."""
    user, now = user_of(request), timezone.now()
    back = reverse("remedy", args=[view.plan.pk])

    def act_and_say() -> str:
        messages.success(request, act())
        return back

    if form.is_valid():
        try:
            return redirect(form.act_once(user=user, at=now, act=act_and_say))
        except PortalError as error:
            form.refuse(error)
    context = {"form": form, "view": view, "plan": view.plan, "back": back, "now": now}
    return render(request, "incidents/remedies/act.html", context | words)
