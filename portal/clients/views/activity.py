"""What happened to a client, newest first: all of it for staff, for the client what is kept for both sides."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.accounts.access import client_required, staff_required, user_of
from portal.accounts.models import User
from portal.clients.forms.activity import ActivityFilter
from portal.clients.models import Agreement, Client
from portal.clients.queries import activity_of
from portal.journal.feed import Line, Reader, lines_of
from portal.web.paging import page_of
from portal.web.refusing import checked, refusing


@require_safe
@staff_required
@refusing
def client_activity(request: HttpRequest, client_id: int) -> HttpResponse:
    """Show staff what the journal says of a client."""
    return _activity(request, get_object_or_404(Client.objects.visible_to(user_of(request)), pk=client_id))


@require_safe
@client_required
@refusing
def activity(request: HttpRequest) -> HttpResponse:
    """Show a client what the journal says of it, without what is the staff's own."""
    client = user_of(request).client
    assert client is not None  # noqa: S101  # The door lets nobody else in.
    return _activity(request, client)


def latest_lines(user: User, client: Client, *, most: int) -> list[Line]:
    """Return the latest that happened to a client, what comes by the hour aside, for the page that shows all of it."""
    form = ActivityFilter({}, agreements=Agreement.objects.none())
    checked(form)
    latest = form.narrow(activity_of(user, client)).order_by("-at", "-id")[:most]
    return lines_of(list(latest), reader=_reader(user))


def _reader(user: User) -> Reader:
    return Reader(user.is_provider, ZoneInfo(timezone.get_current_timezone_name()))


def _activity(request: HttpRequest, client: Client) -> HttpResponse:
    user = user_of(request)
    agreements = Agreement.objects.visible_to(user).filter(client=client).order_by("ref")
    form = ActivityFilter(request.GET, agreements=agreements)
    checked(form)
    page = page_of(request, form.narrow(activity_of(user, client)), order=["-at", "-id"])
    context = {
        "client": client,
        "form": form,
        "page": page,
        "lines": lines_of(page.rows, reader=_reader(user)),
        "is_narrowed": any(form.cleaned_data.values()),
        "now": timezone.now(),
    }
    return render(request, "clients/activity.html", context)
