"""Teams: their people, when they are told, who is on call, and who of the staff is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import teams as services
from portal.accounts.access import act_required, staff_required, user_of
from portal.accounts.models import Absence, Shift, Team
from portal.accounts.permissions import Act, may
from portal.clients.forms.teams import AbsenceForm, ShiftForm, TeamForm
from portal.web.errors import PortalError
from portal.web.forms import OnceForm

form_page = require_http_methods(["GET", "HEAD", "POST"])
MOST = 200


@staff_required
@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """List the teams with who is on call, and who is away now or later. Four queries."""
    user, now = user_of(request), timezone.now()
    on_call = {
        shift.team_id: shift
        for shift in Shift.objects.filter(begins_at__lte=now, ends_at__gt=now).select_related("user")[:MOST]
    }
    found = Team.objects.select_related("manager").prefetch_related("members")[:MOST]
    context = {
        "rows": [(team, on_call.get(team.pk)) for team in found],
        "absences": Absence.objects.filter(ends_at__gt=now).select_related("user", "stand_in")[:MOST],
        "may_manage": may(user, Act.MANAGE_TEAMS),
        "now": now,
    }
    return render(request, "clients/teams.html", context)


@staff_required
@require_safe
def team(request: HttpRequest, team_id: int) -> HttpResponse:
    """Show a team: its people, its steps, its rota."""
    now = timezone.now()
    found = get_object_or_404(Team.objects.select_related("manager"), pk=team_id)
    context = {
        "team": found,
        "members": found.members.all()[:MOST],
        "shifts": found.shifts.filter(ends_at__gt=now).select_related("user")[:MOST],
        "may_manage": may(user_of(request), Act.MANAGE_TEAMS),
        "now": now,
    }
    return render(request, "clients/team.html", context)


@act_required(Act.MANAGE_TEAMS)
@form_page
def team_edit(request: HttpRequest, team_id: int | None = None) -> HttpResponse:
    """Make a team, or change it."""
    found = get_object_or_404(Team, pk=team_id) if team_id is not None else None
    form = TeamForm(request.POST or None, team=found)

    def act() -> str:
        saved = services.save_team(team_id=team_id, by=user_of(request), **form.values())
        return reverse("team", args=[saved.pk])

    title = f"Edit {found}" if found is not None else "New team"
    return _form_page(request, form, act, title=title, submit="Save the team")


@act_required(Act.MANAGE_TEAMS)
@form_page
def shift_new(request: HttpRequest, team_id: int) -> HttpResponse:
    """Put somebody on call."""
    found = get_object_or_404(Team, pk=team_id)
    form = ShiftForm(request.POST or None, team=found)

    def act() -> str:
        given = {name: form.cleaned_data[name] for name in ("user", "begins_at", "ends_at")}
        services.add_shift(team_id=found.pk, by=user_of(request), **given)
        return reverse("team", args=[found.pk])

    return _form_page(request, form, act, title=f"On call for {found}", submit="Put on call")


@act_required(Act.MANAGE_TEAMS)
@require_POST
def shift_remove(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Take somebody off the rota. Twice is harmless."""
    shift = get_object_or_404(Shift, pk=shift_id)
    services.remove_shift(shift_id=shift.pk, by=user_of(request))
    messages.success(request, "Taken out of the rota.")
    return redirect("team", shift.team_id)


@staff_required
@form_page
def absence_new(request: HttpRequest) -> HttpResponse:
    """Record that somebody is away: oneself, or for those who manage teams anybody."""
    user = user_of(request)
    form = AbsenceForm(request.POST or None, by=user, manages=may(user, Act.MANAGE_TEAMS))

    def act() -> str:
        services.add_absence(by=user, **form.values())
        return reverse("teams")

    return _form_page(request, form, act, title="Who is away", submit="Save the absence")


@staff_required
@require_POST
def absence_remove(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Let somebody not be away after all."""
    absence = get_object_or_404(Absence, pk=absence_id)
    try:
        services.remove_absence(absence_id=absence.pk, by=user_of(request))
    except PortalError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, "The absence is taken back.")
    return redirect("teams")


def _form_page(request: HttpRequest, form: OnceForm, act: Callable[[], str], **words: Any) -> HttpResponse:
    if form.is_valid():
        try:
            return redirect(form.act_once(user=request.user, at=timezone.now(), act=act))
        except PortalError as error:
            form.refuse(error)
    return render(
        request, "clients/people_act.html", {"form": form, "list_url": reverse("teams"), "crumb": "Teams", **words}
    )
