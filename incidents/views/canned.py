"""The staff's pages of canned replies."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from incidents.forms.canned import CannedReplyForm
from incidents.models import CannedReply
from incidents.services.canned import remove_canned, save_canned
from portal.accounts.access import act_required, staff_required, user_of
from portal.accounts.permissions import Act, may
from portal.web.errors import PortalError
from portal.web.forms import OnceForm
from portal.web.paging import page_of
from portal.web.refusing import refusing


@require_safe
@staff_required
@refusing
def canned_replies(request: HttpRequest) -> HttpResponse:
    """List the canned replies that one may use."""
    user = user_of(request)
    replies = CannedReply.objects.visible_to(user).select_related("team", "written_by")
    page = page_of(request, replies, order=["title", "id"])
    context = {"page": page, "now": timezone.now(), "may_write": may(user, Act.WORK_INCIDENT)}
    return render(request, "incidents/canned_replies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.WORK_INCIDENT)
def canned_reply(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a canned reply, or change one."""
    user, now = user_of(request), timezone.now()
    reply = get_object_or_404(CannedReply.objects.visible_to(user), pk=pk) if pk is not None else None
    form = CannedReplyForm(request.POST or None, by=user, reply=reply)
    if form.is_valid():
        cleaned = form.cleaned_data

        def save() -> str:
            saved = save_canned(
                title=cleaned["title"],
                body=cleaned["body"],
                team_id=cleaned["team"].pk if cleaned["team"] is not None else None,
                by=user,
                now=now,
                reply_id=pk,
            )
            messages.success(request, f"Saved as {saved.title}.")
            return reverse("canned_replies")

        try:
            return redirect(form.act_once(user=user, at=now, act=save))
        except PortalError as error:
            form.refuse(error)
    return render(request, "incidents/canned_reply.html", {"form": form, "reply": reply, "now": now})


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.WORK_INCIDENT)
def canned_reply_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a canned reply."""
    user, now = user_of(request), timezone.now()
    reply = get_object_or_404(CannedReply.objects.visible_to(user), pk=pk)
    form = OnceForm(request.POST or None)
    if form.is_valid():

        def remove() -> str:
            remove_canned(reply_id=reply.pk, by=user)
            messages.success(request, f"{reply.title} is removed.")
            return reverse("canned_replies")

        return redirect(form.act_once(user=user, at=now, act=remove))
    return render(request, "incidents/canned_reply_remove.html", {"form": form, "reply": reply, "now": now})
