"""Pages of releases: for both sides the list and one release, for staff its plan and its publication.

Clause: JS-9, JB-9, JB-15.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from incidents import services
from incidents.forms.releases import PlanReleaseForm, PublishReleaseForm, ReleaseFilter
from incidents.models import Release
from incidents.queries import fixed_by, open_on_product, reached_by, takers_of_betas
from portal.accounts.access import act_required, signed_in, user_of
from portal.accounts.permissions import Act, may
from portal.web.errors import PortalError
from portal.web.paging import page_of
from portal.web.refusing import checked, refusing

MOST_TAKERS = 100


@require_safe
@signed_in
@refusing
def releases(request: HttpRequest) -> HttpResponse:
    """List the releases that somebody may see, the newest first, and who asked for betas."""
    user, now = user_of(request), timezone.now()
    filters = ReleaseFilter(request.GET)
    checked(filters)
    found = filters.narrow(Release.objects.visible_to(user).select_related("product"))
    context = {
        "page": page_of(request, found, order=["-id"]),
        "filters": filters.cleaned_data,
        "takers": takers_of_betas(user, at=now)[:MOST_TAKERS],
        "now": now,
        "may_manage": may(user, Act.MANAGE_RELEASES),
        "may_choose": may(user, Act.CHOOSE_BETAS),
    }
    return render(request, "incidents/releases.html", context)


@require_safe
@signed_in
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one release: when, its notes, what it solved, and for staff whom it goes to."""
    user, now = user_of(request), timezone.now()
    found = get_object_or_404(Release.objects.visible_to(user).select_related("product"), pk=pk)
    context = {
        "release": found,
        "fixed": fixed_by(found, user),
        "reached": reached_by(found, at=now) if user.is_provider else [],
        "now": now,
        "may_manage": may(user, Act.MANAGE_RELEASES) and found.published_at is None,
    }
    return render(request, "incidents/release.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.MANAGE_RELEASES)
def release_plan(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Plan a release, or plan it anew."""
    user, now = user_of(request), timezone.now()
    found = get_object_or_404(Release.objects.select_related("product"), pk=pk) if pk is not None else None
    form = PlanReleaseForm(request.POST or None, release=found)
    if form.is_valid():
        cleaned = form.cleaned_data

        def plan() -> str:
            planned = services.plan_release(
                product_id=(found.product if found is not None else cleaned["product"]).pk,
                ref=found.ref if found is not None else cleaned["ref"],
                planned_at=cleaned["planned_at"],
                notes=cleaned["notes"],
                beta=found.beta if found is not None else cleaned["beta"],
                by=user,
                now=now,
            )
            messages.success(request, f"Release {planned.ref} is planned; what waits for it follows.")
            return reverse("release", args=[planned.pk])

        try:
            return redirect(form.act_once(user=user, at=now, act=plan))
        except PortalError as error:
            form.refuse(error)
    return render(request, "incidents/release_form.html", {"form": form, "release": found, "now": now})


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.MANAGE_RELEASES)
def release_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a release to everybody whom it goes to, with the incidents that it solves."""
    user, now = user_of(request), timezone.now()
    found = get_object_or_404(Release.objects.select_related("product"), pk=pk)
    candidates = [] if found.beta else open_on_product(found.product, at=now)
    form = PublishReleaseForm(request.POST or None, release=found, candidates=candidates)
    if form.is_valid():
        cleaned = form.cleaned_data

        def publish() -> str:
            services.publish_release(
                release_id=found.pk, fixes=cleaned.get("fixes", []), notes=cleaned["notes"], by=user, now=now
            )
            whom = "every client that asked for betas" if found.beta else f"every client on {found.product}"
            messages.success(request, f"Release {found.ref} is published to {whom}.")
            return reverse("release", args=[found.pk])

        try:
            return redirect(form.act_once(user=user, at=now, act=publish))
        except PortalError as error:
            form.refuse(error)
    context = {"form": form, "release": found, "reached": reached_by(found, at=now), "now": now}
    return render(request, "incidents/release_publish.html", context)
