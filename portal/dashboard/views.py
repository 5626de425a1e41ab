"""The first screens: what is owed today, for staff over all clients, for a client what concerns it; the search."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from incidents.models import Incident
from incidents.queries import supporting
from portal.accounts.access import signed_in, staff_required, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients import today
from portal.clients.models import Agreement, Client
from portal.clients.queries import contacts_of
from portal.dashboard.forms import WHOSE, HomeFilter, SearchFilter
from portal.dashboard.overview import overview
from portal.dashboard.queries import counts, due_soonest, owed_by_us, together
from portal.dashboard.search import found, named
from portal.web.live import fragment_response
from portal.web.refusing import checked, refusing

MOST_SHOWN = 10
"""Rows of a section that the first screen shows; it says how many there are."""
MOST_OWED = 5
"""Subjects of which a client reads at once what we owe on them; the rest opens on demand."""


@require_safe
@signed_in
@refusing
def home(request: HttpRequest) -> HttpResponse:
    """Show what is owed: to staff over all clients, to a client's people what concerns them."""
    user = user_of(request)
    return _staff_home(request, user) if user.is_provider else _client_home(request, user)


def _staff_home(request: HttpRequest, user: User) -> HttpResponse:
    now = timezone.now()
    form = HomeFilter(request.GET)
    checked(form)
    owed = form.narrow(owed_by_us(user), user)
    asked = form.asked(user, at=now)
    decisions = today.decisions.rows(asked)
    context: dict[str, Any] = {
        "now": now,
        "dues": due_soonest(owed, user=user, at=now),
        "counts": counts(owed, at=now),
        "decisions": decisions[:MOST_SHOWN],
        "decision_count": len(decisions),
        "risks": today.risks.rows(asked)[:MOST_SHOWN],
        "awaited": today.awaited.rows(asked)[:MOST_SHOWN],
        "coming": today.coming.rows(asked)[:MOST_SHOWN],
        "chosen": form.cleaned_data,
        "whose": WHOSE,
    }
    if request.headers.get("HX-Request"):
        return fragment_response(request, "dashboard/_staff.html", context)
    return render(request, "dashboard/staff.html", context)


def _client_home(request: HttpRequest, user: User) -> HttpResponse:
    now = timezone.now()
    client = user.client
    assert client is not None  # noqa: S101  # Of everybody who is no staff the database demands one.
    dues = due_soonest(owed_by_us(user), user=user, at=now)
    asked = today.Asked(user=user, at=now)
    awaited = today.awaited.rows(asked)[:MOST_SHOWN]
    decisions = today.decisions.rows(asked)[:MOST_SHOWN]
    told = Q(suspended_at__isnull=False) | Q(discontinued_at__isnull=False)
    announced = list(Agreement.objects.visible_to(user).active(now).filter(told))
    suspended = [agreement for agreement in announced if agreement.suspended_at is not None]
    incidents = Incident.objects.visible_to(user)
    may_report = may(user, Act.REPORT_INCIDENT) and supporting(user, at=now).exists()
    stands = overview(
        dues=dues,
        awaited=awaited,
        decisions=decisions,
        open_count=incidents.open().count(),
        ever_reported=incidents.exists(),
        may_report=may_report,
        suspended=suspended,
        at=now,
    )
    owed = together(dues)
    context: dict[str, Any] = {
        "now": now,
        "dues": dues,
        "owed": owed[:MOST_OWED],
        "owed_besides": owed[MOST_OWED:],
        "awaited": awaited,
        "decisions": decisions,
        "suspended": suspended,
        "ending": [row for row in announced if row.discontinued_at is not None and row.ended_at is None],
        "coming": today.coming.rows(asked)[:MOST_SHOWN],
        "remaining": today.remaining.rows(asked),
        "overview": stands,
        "may_report": may_report,
        "may_manage_people": may(user, Act.MANAGE_PEOPLE),
        "manager": client.relationship_manager,
        "contacts": contacts_of(client),
    }
    if request.headers.get("HX-Request"):
        return fragment_response(request, "dashboard/_client.html", context)
    return render(request, "dashboard/client.html", context)


@require_safe
@staff_required
def client_due(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is due to one client, as a part of its page; without a script the link leads to the first screen."""
    user, now = user_of(request), timezone.now()
    client = get_object_or_404(Client.objects.visible_to(user), pk=pk)
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('home')}?client={client.pk}")
    owed = owed_by_us(user).filter(agreement__client=client)
    context = {
        "client": client,
        "dues": due_soonest(owed, user=user, at=now)[:MOST_SHOWN],
        "counts": counts(owed, at=now),
        "now": now,
    }
    return fragment_response(request, "dashboard/_client_due.html", context)


@require_safe
@staff_required
@refusing
def search(request: HttpRequest) -> HttpResponse:
    """Find what holds some words; a whole reference of an incident leads straight to it. BAD_INPUTS: 16."""
    user = user_of(request)
    form = SearchFilter(request.GET)
    checked(form)
    words = form.cleaned_data["q"]
    in_parts = bool(request.headers.get("HX-Request"))
    if words and not in_parts and (incident := named(user, words)) is not None:
        return redirect("incident", incident.pk)
    context: dict[str, Any] = {"form": form, "words": words, "found": found(user, words) if words else None}
    if in_parts:
        return fragment_response(request, "dashboard/_found.html", context)
    return render(request, "dashboard/search.html", context)
