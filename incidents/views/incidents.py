"""The staff's pages of one incident: how it stands, what was said, and why each deadline is what it is."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from incidents.canned import canned_for
from incidents.cards import cards
from incidents.conversation import latest
from incidents.forms.acts import ReplyForm
from incidents.forms.queue import WHOSE, QueueFilter
from incidents.models import SavedView
from incidents.offers import offers
from incidents.queries import asked_of, default_view, files_sent, listed
from incidents.reasons import kept_updates, reason_of, reasons
from incidents.rows import measured_rows_of
from incidents.standing import Standing, duty_on, standing_of
from incidents.told import who_was_told
from incidents.versions import events_for
from portal.accounts.access import staff_required, user_of
from portal.accounts.permissions import Act, may
from portal.journal.feed import Reader, lines_of
from portal.web.live import fragment_response
from portal.web.paging import page_of
from portal.web.refusing import checked, refusing

PARTS = {"clocks": "incidents/_clocks.html", "thread": "incidents/_live_thread.html"}
"""What of an incident's page refreshes itself."""
MOST_KEPT = 50
QUEUE_KEYS = (
    ("j, down", "The next incident"),
    ("k, up", "The one before"),
    ("o, Enter", "Open it"),
    ("x", "Choose it, or not"),
    ("/", "Search"),
    ("?", "These keys"),
)
INCIDENT_KEYS = (
    ("r", "Reply to the client"),
    ("n", "Internal note"),
    ("t", "Take it"),
    ("a", "Assign or hand over"),
    ("w", "Wait, or resume"),
    ("e", "Resolve"),
    ("?", "These keys"),
)
MOST_VIEWS = 20
"""Saved views that stand above the queue; all of them have a page."""


@require_safe
@staff_required
@refusing
def queue(request: HttpRequest) -> HttpResponse:
    """List incidents: the gravest first in order of receipt, or what is due soonest. Clause: JB-3."""
    user, now = user_of(request), timezone.now()
    if not request.GET and (begins := default_view(user)) is not None:
        return redirect(f"{reverse('incident_queue')}?{begins.query or 'whose=open'}")
    form = QueueFilter(request.GET)
    checked(form)
    incidents, order = form.narrow(listed(user), user, at=now)
    page = page_of(request, incidents, order=order)
    context: dict[str, Any] = {
        "now": now,
        "page": page,
        "rows": measured_rows_of(page.rows, at=now),
        "form": form,
        "whose": WHOSE,
        "chosen": form.cleaned_data,
        "narrowed": form.narrowed(),
        "query": form.canonical(),
        "may_work": may(user, Act.WORK_INCIDENT),
    }
    if request.headers.get("HX-Request"):
        return fragment_response(request, "incidents/_queue.html", context)
    context["keys"] = QUEUE_KEYS
    context["views"] = SavedView.objects.visible_to(user)[:MOST_VIEWS]
    return render(request, "incidents/queue.html", context)


@require_safe
@staff_required
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one incident to staff."""
    user, now = user_of(request), timezone.now()
    standing = standing_of(pk, user=user, at=now)
    writes = standing.incident.is_open and may(user, Act.WORK_INCIDENT)
    shown = _shown(standing, request, *PARTS)
    told = who_was_told(events=shown["conversation"].events, breaches=[breach.pk for breach in standing.breaches])
    context = {
        **shown,
        "offers": offers(standing, user),
        "asked": asked_of(standing.incident),
        "keys": INCIDENT_KEYS,
        "told": told,
        "duty": duty_on(standing.incident, at=now),
        "form": ReplyForm(standing=standing, canned=canned_for(user)) if writes else None,
    }
    return render(request, "incidents/incident.html", context)


@require_safe
@staff_required
def incident_part(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Return one part of an incident's page as it stands now."""
    if part not in PARTS:
        raise Http404
    standing = standing_of(pk, user=user_of(request), at=timezone.now())
    return fragment_response(request, PARTS[part], _shown(standing, request, part))


def _shown(standing: Standing, request: HttpRequest, *parts: str) -> dict[str, Any]:
    """Return what these parts show; each costs its own queries only."""
    shown: dict[str, Any] = {"incident": standing.incident, "standing": standing, "now": standing.at}
    if "clocks" in parts:
        shown["cards"] = cards(standing, for_staff=True)
    if "thread" in parts:
        shown["conversation"] = latest(standing, user_of(request), whole="whole" in request.GET)
    return shown


@require_safe
@staff_required
def incident_reasons(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain every deadline of an incident. Clause: T-2 to T-7."""
    now = timezone.now()
    standing = standing_of(pk, user=user_of(request), at=now)
    kept = kept_updates(standing)
    context = {
        "incident": standing.incident,
        "standing": standing,
        "now": now,
        "reasons": reasons(standing),
        "kept": kept[:MOST_KEPT],
        "kept_count": len(kept),
    }
    return render(request, "incidents/reasons.html", context)


@require_safe
@staff_required
@refusing
def incident_files(request: HttpRequest, pk: int) -> HttpResponse:
    """List every file that was sent on an incident, the latest first."""
    user, now = user_of(request), timezone.now()
    standing = standing_of(pk, user=user, at=now)
    page = page_of(request, files_sent(standing.incident, user).select_related("sent_by"), order=["-id"])
    context = {"incident": standing.incident, "standing": standing, "now": now, "page": page}
    return render(request, "incidents/files.html", context)


@require_safe
@staff_required
@refusing
def incident_journal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the journal has of an incident, the latest first: when it happened, and when it was written down."""
    user, now = user_of(request), timezone.now()
    standing = standing_of(pk, user=user, at=now)
    events = events_for(standing.incident, user).select_related("actor", "on_behalf_of", "text")
    page = page_of(request, events, order=["-at", "-id"])
    reader = Reader(user.is_provider, ZoneInfo(timezone.get_current_timezone_name()))
    context = {
        "incident": standing.incident,
        "standing": standing,
        "now": now,
        "page": page,
        "entries": zip(page.rows, lines_of(page.rows, reader=reader), strict=True),
    }
    return render(request, "incidents/journal.html", context)


@require_safe
@staff_required
def incident_why(request: HttpRequest, pk: int, target: str, ordinal: int) -> HttpResponse:
    """Explain one deadline of an incident. Clause: T-2 to T-7."""
    user, now = user_of(request), timezone.now()
    standing = standing_of(pk, user=user, at=now)
    reason = reason_of(standing, target, ordinal, for_staff=True)
    if reason is None:
        raise Http404
    context = {
        "incident": standing.incident,
        "standing": standing,
        "now": now,
        "reason": reason,
        "may_void": reason.state == "breached" and may(user, Act.VOID_BREACH),
    }
    return render(request, "incidents/why.html", context)
