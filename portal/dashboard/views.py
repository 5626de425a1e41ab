"""The first screens: what is owed today, for staff over all clients, for a client what concerns it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.accounts.access import signed_in, user_of
from portal.accounts.models import User
from portal.dashboard.queries import due_soonest, owed_by_us
from portal.web.live import fragment_response


@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Show what is owed: to staff over all clients, to a client's people what concerns them."""
    user = user_of(request)
    return _staff_home(request, user) if user.is_provider else _client_home(request, user)


def _staff_home(request: HttpRequest, user: User) -> HttpResponse:
    now = timezone.now()
    context = {"now": now, "dues": due_soonest(owed_by_us(user), user=user, at=now)}
    if request.headers.get("HX-Request"):
        return fragment_response(request, "dashboard/_staff.html", context)
    return render(request, "dashboard/staff.html", context)


def _client_home(request: HttpRequest, user: User) -> HttpResponse:
    now = timezone.now()
    context = {"now": now, "dues": due_soonest(owed_by_us(user), user=user, at=now)}
    return render(request, "dashboard/client.html", context)
