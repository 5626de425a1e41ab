"""Acts on many incidents: chosen in the queue, confirmed on a page, and told one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.forms.bulk import BulkAssignForm, BulkForm, BulkLinkForm, BulkWatchForm
from incidents.forms.queue import filter_of
from incidents.models import BulkAct
from incidents.services import bulk as services
from portal.accounts.access import act_required, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.web.errors import PortalError
from portal.web.forms import OnceForm


@dataclass(frozen=True, slots=True)
class Bulk:
    """One act on many: its page's words, its form, and its service."""

    heading: str
    submit: str
    form_class: type[BulkForm]
    act: Callable[[Any, User, datetime], BulkAct]


def _take(form: BulkForm, by: User, now: datetime) -> BulkAct:
    return services.take_incidents(incident_ids=form.chosen(), by=by, now=now)


def _assign(form: BulkForm, by: User, now: datetime) -> BulkAct:
    asked = form.cleaned_data
    return services.assign_incidents(
        incident_ids=form.chosen(),
        assignee=asked["assignee"],
        team=asked["team"],
        note=asked["note"],
        by=by,
        now=now,
    )


def _link(form: BulkForm, by: User, now: datetime) -> BulkAct:
    asked = form.cleaned_data
    return services.link_incidents(
        incident_ids=form.chosen(),
        problem_ref=asked["problem"] or asked["new_problem"],
        title=asked["problem_title"],
        by=by,
        now=now,
    )


def _watch(form: BulkForm, by: User, now: datetime) -> BulkAct:
    return services.watch_incidents(incident_ids=form.chosen(), user=form.cleaned_data["user"], by=by, now=now)


ACTS: Mapping[str, Bulk] = {
    "take": Bulk("Take these incidents", "Take them", BulkForm, _take),
    "assign": Bulk("Assign these incidents", "Assign them", BulkAssignForm, _assign),
    "link": Bulk("Link these incidents to a problem", "Link them", BulkLinkForm, _link),
    "watch": Bulk("Let a colleague watch these incidents", "Let them watch", BulkWatchForm, _watch),
}
"""What the queue offers for what is chosen in it, by the address's word."""


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.WORK_INCIDENT)
def bulk(request: HttpRequest, act: str) -> HttpResponse:
    """Show what is chosen and ask for the rest; sent, act on each and lead to what became of them."""
    if act not in ACTS:
        raise Http404
    page, user, now = ACTS[act], user_of(request), timezone.now()
    back = request.GET.get("back", "")[:1000]
    if request.method != "POST":
        numbers = request.GET.getlist("incident")
        if not numbers:
            messages.warning(request, "No incident is chosen. Choose some in the list first.")
            return redirect(_queue(back))
        form = page.form_class(initial={"incident": numbers, "back": back}, by=user)
        chosen, error = _chosen(form, numbers)
        status = HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK
        context = {"form": form, "page": page, "chosen": chosen, "error": error, "now": now, "queue_url": _queue(back)}
        return render(request, "incidents/bulk.html", context, status=status)
    form = page.form_class(request.POST, by=user)
    if form.is_valid():

        def do() -> str:
            done = page.act(form, user, now)
            query = urlencode({"back": form.cleaned_data["back"]}) if form.cleaned_data["back"] else ""
            return f"{reverse('incident_bulk_done', args=[done.pk])}{'?' if query else ''}{query}"

        try:
            return redirect(form.act_once(user=user, at=now, act=do))
        except PortalError as refused:
            form.refuse(refused)
    chosen = form.cleaned_data.get("incident", [])
    context = {"form": form, "page": page, "chosen": chosen, "now": now, "queue_url": _queue(form.data.get("back", ""))}
    return render(request, "incidents/bulk.html", context)


def _chosen(form: BulkForm, numbers: list[str]) -> tuple[list[Any], str]:
    """Return the incidents that an address names, or why it names none."""
    probe = BulkForm({"incident": numbers, "submission": form.initial["submission"]}, by=form.fields["incident"].user)  # type: ignore[attr-defined]  # BulkForm's own field.
    if probe.is_valid():
        return probe.cleaned_data["incident"], ""
    return [], " ".join(str(error) for error in probe.errors.get("incident", []))


def _queue(back: str) -> str:
    """Return the address of the queue with the filter that somebody came from."""
    form = filter_of(back)
    query = form.canonical() if form is not None else ""
    return f"{reverse('incident_queue')}?{query or 'whose=open'}"


@require_safe
@act_required(Act.WORK_INCIDENT)
def bulk_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell what became of each."""
    done = get_object_or_404(BulkAct.objects.filter(by=user_of(request)), pk=pk)
    outcomes = list(done.outcomes.select_related("incident__client", "incident__assignee"))
    undoable = done.kind != BulkAct.Kind.UNDO and any(outcome.assignment_id for outcome in outcomes)
    context = {
        "done": done,
        "kept": [outcome for outcome in outcomes if not outcome.refused],
        "refused": [outcome for outcome in outcomes if outcome.refused],
        "form": OnceForm() if undoable else None,
        "queue_url": _queue(request.GET.get("back", "")[:1000]),
        "back": request.GET.get("back", "")[:1000],
        "now": timezone.now(),
    }
    return render(request, "incidents/bulk_done.html", context)


@require_POST
@act_required(Act.WORK_INCIDENT)
def bulk_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the assignments back."""
    user, now = user_of(request), timezone.now()
    get_object_or_404(BulkAct.objects.filter(by=user), pk=pk)
    form = OnceForm(request.POST)
    if not form.is_valid():
        return redirect("incident_bulk_done", pk)

    def undo() -> str:
        return reverse("incident_bulk_done", args=[services.undo_bulk(bulk_id=pk, by=user, now=now).pk])

    try:
        return redirect(form.act_once(user=user, at=now, act=undo))
    except PortalError as error:
        messages.error(request, error.sentence)
        return redirect("incident_bulk_done", pk)
