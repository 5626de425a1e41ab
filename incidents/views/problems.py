"""The staff's pages of problems: root causes that incidents share. Clause: JS-13."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from incidents.models import Problem
from incidents.queries import listed, problem_list
from incidents.recurring import came_back
from portal.accounts.access import staff_required, user_of
from portal.web.paging import page_of
from portal.web.refusing import refusing


@require_safe
@staff_required
@refusing
def problems(request: HttpRequest) -> HttpResponse:
    """List problems with how many incidents share each, the newest first."""
    page = page_of(request, problem_list(), order=["-created_at", "-id"])
    return render(request, "incidents/problems.html", {"page": page, "now": timezone.now()})


@require_safe
@staff_required
@refusing
def problem(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one problem with its incidents, the newest first."""
    user = user_of(request)
    found = get_object_or_404(Problem, pk=pk)
    page = page_of(request, listed(user).filter(problem=found), order=["-reported_at", "-id"])
    context = {"problem": found, "page": page, "came_back": came_back(found, user), "now": timezone.now()}
    return render(request, "incidents/problem.html", context)
