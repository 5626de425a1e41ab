"""Agreements: the page of their clauses for both sides; drafting, activating and changing them for staff."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.access import act_required, signed_in, user_of
from portal.accounts.permissions import Act, may
from portal.clients.forms import AgreementForm
from portal.clients.happenings import happenings
from portal.clients.models import Agreement, Client
from portal.clients.promised import promised
from portal.clients.queries import (
    agreement_list,
    amendments,
    days_of_notice,
    missing_for_activation,
    terms_in_force,
)
from portal.clients.services import (
    activate_agreement,
    change_draft,
    choose_betas,
    draft_agreement,
    reinstate_agreement,
    suspend_agreement,
)
from portal.clients.services.amendments import planned_terms
from portal.clients.terms_table import changes, sections
from portal.contract.oddities import oddities
from portal.contract.terms import library_document, library_names, library_terms
from portal.web.errors import PortalError
from portal.web.paging import page_of

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _agreement(request: HttpRequest, agreement_id: int) -> Agreement:
    return get_object_or_404(agreement_list(user_of(request)), pk=agreement_id)


@signed_in
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """List the agreements that a person may see."""
    page = page_of(request, agreement_list(user_of(request)), order=["ref", "id"])
    return render(request, "clients/agreements.html", {"page": page, "now": timezone.now()})


@signed_in
@require_safe
def agreement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Show an agreement with every value of the terms in force, its clause and what the clause says."""
    user = user_of(request)
    found = _agreement(request, agreement_id)
    now = timezone.now()
    is_draft = found.activated_at is None
    terms = found.pinned_terms if is_draft else terms_in_force(found, at=now)
    support = terms.document.support
    may_agree = may(user, Act.MANAGE_AGREEMENTS)
    planned = found.planned_amendments.open().first()
    planned_after = planned_terms(planned, at=now) if planned is not None else None
    context = {
        "agreement": found,
        "client": found.client,
        "now": now,
        "parts": sections(terms),
        "promised": promised(terms) if not user.is_provider else None,
        "planned": planned,
        "planned_changes": changes(terms, planned_after) if planned_after is not None else [],
        "happenings": list(happenings(amendments(found))),
        "missing": missing_for_activation(found) if is_draft and may_agree else [],
        "oddities": oddities(terms) if is_draft and may_agree else [],
        "may_agree": may_agree,
        "may_be_discontinued": days_of_notice(terms) is not None,
        "may_be_suspended": support is not None and support.suspension is not None and support.suspension.value,
    }
    return render(request, "clients/agreement.html", context)


@act_required(Act.MANAGE_AGREEMENTS)
@form_page
def agreement_new(request: HttpRequest, client_id: int) -> HttpResponse:
    """Choose a contract of the library, then draft an agreement under it."""
    client = get_object_or_404(Client.objects.visible_to(user_of(request)), pk=client_id)
    name = request.GET.get("terms", "")
    if name not in library_names():
        contracts = [(each, library_document(each)["title"]) for each in library_names()]
        return render(request, "clients/agreement_choose.html", {"client": client, "contracts": contracts})
    form = AgreementForm(request.POST or None, terms=library_terms(name), client=client)
    if form.is_valid():

        def act() -> str:
            drafted = draft_agreement(
                client_id=client.pk,
                terms_name=name,
                details=form.details(),
                targets=form.targets(),
                severities_confirmed=form.cleaned_data.get("severities_confirmed", False),
            )
            return reverse("agreement", args=[drafted.pk])

        try:
            return redirect(form.act_once(user=request.user, at=timezone.now(), act=act))
        except PortalError as error:
            form.refuse(error)
    context = {"form": form, "client": client, "title": "New agreement", "submit": "Save the draft"}
    return render(request, "clients/agreement_form.html", context)


@act_required(Act.MANAGE_AGREEMENTS)
@form_page
def agreement_edit(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Change a draft. An active agreement has no such page: it is amended."""
    found = _agreement(request, agreement_id)
    if found.activated_at is not None:
        raise Http404
    form = AgreementForm(request.POST or None, terms=found.pinned_terms, client=found.client, agreement=found)
    if form.is_valid():
        try:
            change_draft(
                agreement_id=found.pk,
                details=form.details(),
                targets=form.targets(),
                severities_confirmed=form.cleaned_data.get("severities_confirmed", False),
            )
        except PortalError as error:
            form.refuse(error)
        else:
            messages.success(request, "Saved.")
            return redirect("agreement", found.pk)
    context = {
        "form": form,
        "client": found.client,
        "agreement": found,
        "title": f"Edit {found.ref}",
        "submit": "Save the draft",
    }
    return render(request, "clients/agreement_form.html", context)


@act_required(Act.MANAGE_AGREEMENTS)
@require_POST
def agreement_activate(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Activate a draft."""
    found = _agreement(request, agreement_id)
    try:
        activate_agreement(agreement_id=found.pk, at=timezone.now())
    except PortalError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, f"{found.ref} is active. Its terms are pinned.")
    return redirect("agreement", found.pk)


@act_required(Act.CHOOSE_BETAS)
@form_page
def agreement_betas(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Ask, then let an agreement have beta releases from now on, or none any more. Clause: JB-15."""
    user = user_of(request)
    found = _agreement(request, agreement_id)
    asked = found.betas_since is None
    back = reverse("releases")
    if request.method == "POST":
        # What the page offered decides, so that a second click takes nothing back.
        wanted = request.POST.get("asked") == "yes"
        try:
            choose_betas(agreement_id=found.pk, asked=wanted, by=user, at=timezone.now())
        except PortalError as error:
            messages.error(request, error.sentence)
        else:
            word = "gets beta releases from now on" if wanted else "gets no beta releases any more"
            messages.success(request, f"{found.ref} {word}.")
        return redirect(back)
    context = {
        "agreement": found,
        "client": found.client,
        "asked": asked,
        "title": f"Get beta releases under {found.ref}" if asked else f"Get no beta releases under {found.ref}",
        "back_url": back,
    }
    return render(request, "clients/betas.html", context)


@act_required(Act.MANAGE_AGREEMENTS)
@form_page
def agreement_suspend(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Ask, then suspend support. Clause: JS-22."""
    found = _agreement(request, agreement_id)
    if request.method == "POST":
        try:
            suspend_agreement(agreement_id=found.pk, by=user_of(request), at=timezone.now())
        except PortalError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, f"Support under {found.ref} is suspended.")
        return redirect("agreement", found.pk)
    context = {
        "client": found.client,
        "title": f"Suspend support under {found.ref}",
        "text": "Every open clock of its incidents pauses now. New incidents are kept and wait. "
        "Both sides see it (JS-22).",
        "submit": "Suspend support",
        "cancel_url": reverse("agreement", args=[found.pk]),
    }
    return render(request, "clients/confirm.html", context)


@act_required(Act.MANAGE_AGREEMENTS)
@require_POST
def agreement_reinstate(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Let suspended support go on. Clause: JS-22."""
    found = _agreement(request, agreement_id)
    try:
        reinstate_agreement(agreement_id=found.pk, by=user_of(request), at=timezone.now())
    except PortalError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, f"Support under {found.ref} goes on.")
    return redirect("agreement", found.pk)
