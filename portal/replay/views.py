"""The staff's replay: a recorded history under one contract or two."""

from __future__ import annotations

from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import act_required, user_of
from portal.accounts.permissions import Act
from portal.clients.queries import agreement_list
from portal.replay.chart import attainment_chart, axis_floor
from portal.replay.forms import RunForm
from portal.replay.models import Run, SideBreach
from portal.replay.queries import SideView, comparisons, runs_of, side_views
from portal.replay.services import RunRefusedError, ask_again, start_run
from portal.replay.tasks import ask_for_run
from portal.web.live import fragment_response
from portal.web.paging import BrokenCursorError, InvalidSizeError, page_of
from portal.web.views import refuse

LATEST_RUNS = 20
BREACHES_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.REPLAY)
def runs(request: HttpRequest) -> HttpResponse:
    """Take a history to be judged, and list the latest."""
    user = user_of(request)
    agreements = agreement_list(user).active(timezone.now())  # type: ignore[attr-defined]  # the model's own query set
    form = RunForm(request.POST or None, request.FILES or None, agreements=agreements)
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid():
            try:
                return redirect(form.act_once(user=user, at=timezone.now(), act=lambda: _start(request, form)))
            except RunRefusedError as error:
                form.refuse(error)
        status = HTTPStatus.BAD_REQUEST
    context = {"form": form, "runs": runs_of(user)[:LATEST_RUNS], "now": timezone.now()}
    return render(request, "replay/runs.html", context, status=status)


def _start(request: HttpRequest, form: RunForm) -> str:
    upload = form.cleaned_data["file"]
    run = start_run(
        owner=user_of(request),
        name=upload.name,
        content=upload.read(),
        source=form.cleaned_data["source"],
        zone=form.cleaned_data["zone"],
        severities=form.cleaned_data["severities"],
        fee=form.monthly_fee(),
        contracts=form.contracts(),
        now=timezone.now(),
    )
    transaction.on_commit(lambda: ask_for_run(run.pk))
    return reverse("replay_run", args=[run.pk])


@require_safe
@act_required(Act.REPLAY)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show a run: how far it is, or what came of it; `?side=B` lists the other contract's breaches."""
    found = _run(request, run_id)
    now = timezone.now()
    context = {"run": found, "now": now}
    if found.state != Run.State.DONE:
        return render(request, "replay/run.html", context)
    views = side_views(found.sides.all())
    chosen = _chosen(request, views)
    breaches = SideBreach.objects.filter(side=chosen.side)
    try:
        page = page_of(
            request, breaches, order=["due_at", "id"], size=None if "size" in request.GET else BREACHES_SHOWN
        )
    except (BrokenCursorError, InvalidSizeError) as error:
        return refuse(request, HTTPStatus.BAD_REQUEST, code=error.code, detail=error.sentence)
    floor = axis_floor(views)
    context |= {
        "views": [(view, attainment_chart(view, floor=floor)) for view in views],
        "floor": floor,
        "comparisons": comparisons(views),
        "chosen": chosen,
        "page": page,
        "display_zone": _zone_of(found),
    }
    return render(request, "replay/run.html", context)


@require_safe
@act_required(Act.REPLAY)
def progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """Return how far a run is; once it is over, let the page load anew. Asks again for one that is left."""
    found = _run(request, run_id)
    now = timezone.now()
    if ask_again(run_id=found.pk, now=now):
        ask_for_run(found.pk)
    response = fragment_response(request, "replay/_progress.html", {"run": found, "now": now})
    if found.is_over:
        response["HX-Refresh"] = "true"
    return response


def _run(request: HttpRequest, run_id: int) -> Run:
    return get_object_or_404(runs_of(user_of(request)), pk=run_id)


def _chosen(request: HttpRequest, views: list[SideView]) -> SideView:
    letter = request.GET.get("side", views[0].side.letter)
    for view in views:
        if view.side.letter == letter:
            return view
    raise Http404


def _zone_of(found: Run) -> ZoneInfo | None:
    return ZoneInfo(found.zone) if found.zone else None
