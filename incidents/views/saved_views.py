"""Saved views: filters of the queue under a name, one's own and those of one's teams."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from incidents.forms.queue import filter_of
from incidents.forms.saved_views import SavedViewForm
from incidents.models import SavedView
from incidents.services.saved_views import remove_view, save_view
from portal.accounts.access import staff_required, user_of
from portal.web.errors import PortalError
from portal.web.forms import OnceForm
from portal.web.paging import page_of
from portal.web.refusing import UnknownFilterError, refusing


@require_safe
@staff_required
@refusing
def saved_views(request: HttpRequest) -> HttpResponse:
    """List one's own views and those shared with one's teams."""
    user = user_of(request)
    page = page_of(request, SavedView.objects.visible_to(user).select_related("owner", "team"), order=["name", "id"])
    return render(request, "incidents/saved_views.html", {"page": page, "now": timezone.now()})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
@refusing
def saved_view_new(request: HttpRequest) -> HttpResponse:
    """Give the queue's filter, as the address has it, a name."""
    asked = filter_of(request.META.get("QUERY_STRING", "") if request.method != "POST" else "")
    if asked is None:
        raise UnknownFilterError("The queue does not know this filter. Filter it anew, then save that.")
    return _form(request, SavedViewForm(request.POST or None, by=user_of(request), query=asked.canonical()))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def saved_view_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one's own view."""
    view = get_object_or_404(SavedView.objects.filter(owner=user_of(request)), pk=pk)
    return _form(request, SavedViewForm(request.POST or None, by=user_of(request), view=view), view)


def _form(request: HttpRequest, form: SavedViewForm, view: SavedView | None = None) -> HttpResponse:
    user, now = user_of(request), timezone.now()
    if form.is_valid():
        cleaned = form.cleaned_data

        def save() -> str:
            saved = save_view(
                by=user,
                name=cleaned["name"],
                query=cleaned["query"],
                team_id=cleaned["team"].pk if cleaned["team"] is not None else None,
                is_default=cleaned["is_default"],
                view_id=view.pk if view is not None else None,
            )
            messages.success(request, f"Saved as {saved.name}.")
            return f"{reverse('incident_queue')}?{saved.query or 'whose=open'}"

        try:
            return redirect(form.act_once(user=user, at=now, act=save))
        except PortalError as error:
            form.refuse(error)
    return render(request, "incidents/saved_view.html", {"form": form, "view": view, "now": now})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def saved_view_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one's own view."""
    user, now = user_of(request), timezone.now()
    view = get_object_or_404(SavedView.objects.filter(owner=user), pk=pk)
    form = OnceForm(request.POST or None)
    if form.is_valid():

        def remove() -> str:
            remove_view(by=user, view_id=view.pk)
            messages.success(request, f"{view.name} is removed.")
            return reverse("saved_views")

        return redirect(form.act_once(user=user, at=now, act=remove))
    return render(request, "incidents/saved_view_remove.html", {"form": form, "view": view, "now": now})
