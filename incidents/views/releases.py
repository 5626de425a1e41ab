"""The staff's pages of releases: the list, one release, its plan and its publication. Clause: JS-9, JB-9."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from incidents import services
from incidents.forms.releases import PlanReleaseForm, PublishReleaseForm
from incidents.models import Release
from incidents.queries import fixed_by, open_on_product
from incidents.views.refusing import refusing
from portal.accounts.access import act_required, staff_required, user_of
from portal.accounts.permissions import Act, may
from portal.web.errors import PortalError
from portal.web.paging import page_of


@require_safe
@staff_required
@refusing
def releases(request: HttpRequest) -> HttpResponse:
    """List releases, the newest first."""
    page = page_of(request, Release.objects.select_related("product"), order=["-id"])
    context = {"page": page, "now": timezone.now(), "may_manage": may(user_of(request), Act.MANAGE_RELEASES)}
    return render(request, "incidents/releases.html", context)


@require_safe
@staff_required
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one release: when, its notes, and what it solved."""
    found = get_object_or_404(Release.objects.select_related("product"), pk=pk)
    may_manage = may(user_of(request), Act.MANAGE_RELEASES) and found.published_at is None
    context = {"release": found, "fixed": fixed_by(found), "now": timezone.now(), "may_manage": may_manage}
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
                beta=cleaned["beta"],
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
    """Publish a release to every client on its product, with the incidents that it solves."""
    user, now = user_of(request), timezone.now()
    found = get_object_or_404(Release.objects.select_related("product"), pk=pk)
    form = PublishReleaseForm(request.POST or None, release=found, candidates=open_on_product(found.product, at=now))
    if form.is_valid():
        cleaned = form.cleaned_data

        def publish() -> str:
            services.publish_release(
                release_id=found.pk, fixes=cleaned.get("fixes", []), notes=cleaned["notes"], by=user, now=now
            )
            messages.success(request, f"Release {found.ref} is published to every client on {found.product}.")
            return reverse("release", args=[found.pk])

        try:
            return redirect(form.act_once(user=user, at=now, act=publish))
        except PortalError as error:
            form.refuse(error)
    return render(request, "incidents/release_publish.html", {"form": form, "release": found, "now": now})
