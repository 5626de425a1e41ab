"""Pages of prepaid units: staff grant, use, hold and give back; the client sees what is left. Clause: JI-8, JN-2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from credits import services
from credits.errors import ReservationEndedError
from credits.forms.entitlements import CaptureForm, GrantForm, ReleaseForm, SpendForm
from credits.models import Entry, Kind
from credits.queries.entitlements import (
    Prepaid,
    amount_of,
    clients_with_units,
    expiring,
    history_of,
    holds_of,
    lot_shown,
    prepaid_of,
)
from credits.rules.quotes import end_of
from credits.services import Order
from credits.views.form_page import acted, sent
from credits.words import amount_text
from portal.accounts.access import act_required, client_required, staff_required, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement, Client
from portal.web.forms import OnceForm
from portal.web.paging import page_of
from portal.web.refusing import refusing

MOST_EXPIRING = 50

ENTRY_WORDS = {
    Kind.GRANT: "Bought",
    Kind.CONSUME: "Used",
    Kind.RESERVE: "Held",
    Kind.CAPTURE: "Used of what was held",
    Kind.RELEASE: "Given back",
    Kind.EXPIRY: "Expired",
}

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@staff_required
@refusing
def entitlements(request: HttpRequest) -> HttpResponse:
    """List the clients that bought units, and what expires soon."""
    user, now = user_of(request), timezone.now()
    context = {
        "now": now,
        "page": page_of(request, clients_with_units(user), order=["name", "id"]),
        "expiring": [lot_shown(lot, at=now) for lot in expiring(at=now)[:MOST_EXPIRING]],
        "may_grant": may(user, Act.PREPARE_MONEY),
    }
    return render(request, "credits/prepaid/list.html", context)


@require_safe
@staff_required
@refusing
def client_entitlements(request: HttpRequest, client_id: int) -> HttpResponse:
    """Show a client's prepaid units to staff: lots, holds, and what they went to."""
    user = user_of(request)
    found = get_object_or_404(Client.objects.visible_to(user), pk=client_id)
    context = _shown(request, found) | {
        "may_grant": may(user, Act.PREPARE_MONEY),
        "may_spend": may(user, Act.LOG_TIME),
    }
    return render(request, "credits/prepaid/client.html", context)


@require_safe
@client_required
@refusing
def prepaid(request: HttpRequest) -> HttpResponse:
    """Show the client what is prepaid, what is left of it, and until when."""
    own = user_of(request).client
    assert own is not None  # noqa: S101  # Of everybody who is no staff the database demands one.
    return render(request, "credits/prepaid/prepaid.html", _shown(request, own))


def _shown(request: HttpRequest, client: Client) -> dict[str, Any]:
    now = timezone.now()
    page = page_of(request, history_of(client), order=["-id"])
    return {
        "now": now,
        "client": client,
        "prepaid": prepaid_of(client, at=now),
        "holds": [(entry, amount_of(entry)) for entry in holds_of(client)],
        "page": page,
        "rows": [(entry, ENTRY_WORDS[Kind(entry.kind)], amount_of(entry)) for entry in page.rows],
    }


@form_page
@act_required(Act.PREPARE_MONEY)
def entitlement_grant(request: HttpRequest, client_id: int) -> HttpResponse:
    """Grant units that the client bought."""
    user, now = user_of(request), timezone.now()
    client = get_object_or_404(Client.objects.visible_to(user), pk=client_id)
    agreements = list(client.agreements.active(now).order_by("ref"))
    today = now.astimezone(ZoneInfo(client.zone)).date()
    form = GrantForm(**sent(request), agreements=agreements, today=today)

    def act() -> str:
        cleaned = form.cleaned_data
        agreement = next(row for row in agreements if row.pk == cleaned["agreement"])
        effective = datetime.combine(cleaned["effective_on"], time(), ZoneInfo(agreement.zone)).astimezone(UTC)
        until = cleaned["valid_until"]
        entry = services.grant_entitlement(
            agreement=agreement,
            amount=cleaned["units"],
            effective_at=effective,
            expires_at=None if until is None else end_of(until, agreement.zone),
            **_order(form, agreement, f"order:{cleaned['source']}", user, now),
        )
        services.note_entry(entry, cleaned["reason"])
        return f"{amount_text(cleaned['units'])} granted under {agreement.ref}."

    words = {
        "heading": f"Grant units to {client}",
        "text": "What the client bought ahead. Nothing of it is changed later: what is wrong is reversed.",
        "submit": "Grant them",
    }
    return _page(request, client, form, act, words | {"agreements_missing": not agreements})


@form_page
@act_required(Act.LOG_TIME)
def entitlement_use(request: HttpRequest, client_id: int) -> HttpResponse:
    """Use units, soonest to expire first."""
    words = {
        "heading": "Use units",
        "text": "Taken from the lots that expire soonest. What has expired is never taken.",
        "submit": "Use them",
        "happened": "used",
    }
    return _spending(request, client_id, services.consume_entitlement, words)


@form_page
@act_required(Act.LOG_TIME)
def entitlement_hold(request: HttpRequest, client_id: int) -> HttpResponse:
    """Hold units for what is not certain yet."""
    words = {
        "heading": "Hold units",
        "text": "Put aside, so that nothing else uses them and they don't expire, until they are used or given back.",
        "submit": "Hold them",
        "happened": "held",
    }
    return _spending(request, client_id, services.reserve, words)


def _spending(request: HttpRequest, client_id: int, spend: Callable[..., Entry], words: dict[str, Any]) -> HttpResponse:
    user, now = user_of(request), timezone.now()
    client = get_object_or_404(Client.objects.visible_to(user), pk=client_id)
    there: list[Prepaid] = [it for it in prepaid_of(client, at=now) if it.left]
    form = SpendForm(**sent(request), prepaid=there)

    def act() -> str:
        units, agreement = form.cleaned_data["units"], form.agreement()
        order = _order(form, agreement, f"client:{client.pk}", user, now)
        entry = spend(agreement=agreement, amount=units, **order)
        services.note_entry(entry, form.cleaned_data["reason"])
        return f"{amount_text(units)} {words['happened']}."

    return _page(request, client, form, act, words | {"nothing_left": not there})


@form_page
@act_required(Act.LOG_TIME)
def hold_use(request: HttpRequest, client_id: int, pk: int) -> HttpResponse:
    """Use what was held, or less of it."""
    user, now = user_of(request), timezone.now()
    hold = _hold(request, client_id, pk)
    form = CaptureForm(**sent(request), held=amount_of(hold))

    def act() -> str:
        assert hold.agreement is not None  # noqa: S101  # Every hold is under one.
        units = form.cleaned_data["amount"]
        order = _order(form, hold.agreement, f"reservation:{hold.pk}", user, now)
        entry = services.capture(reservation=hold, amount=units, **order)
        services.note_entry(entry, form.cleaned_data["reason"])
        return f"{amount_text(units)} used."

    words = {"heading": "Use what was held", "text": _what_for(hold), "submit": "Use them"}
    return _page(request, hold.client, form, act, words)


@form_page
@act_required(Act.LOG_TIME)
def hold_release(request: HttpRequest, client_id: int, pk: int) -> HttpResponse:
    """Give back what was held."""
    user, now = user_of(request), timezone.now()
    hold = _hold(request, client_id, pk)
    form = ReleaseForm(**sent(request))

    def act() -> str:
        assert hold.agreement is not None  # noqa: S101  # Every hold is under one.
        order = _order(form, hold.agreement, f"reservation:{hold.pk}", user, now)
        entry = services.release(reservation=hold, **order)
        services.note_entry(entry, form.cleaned_data["reason"])
        return f"{amount_text(amount_of(hold))} given back."

    words = {"heading": "Give back what was held", "text": _what_for(hold), "submit": "Give them back"}
    return _page(request, hold.client, form, act, words)


def _hold(request: HttpRequest, client_id: int, pk: int) -> Entry:
    entries = Entry.objects.visible_to(user_of(request)).filter(client=client_id, kind=Kind.RESERVE)
    entry: Entry = get_object_or_404(
        entries.select_related("client", "agreement", "note").prefetch_related("lines__account"), pk=pk
    )
    return entry


def _what_for(hold: Entry) -> str:
    note = getattr(hold, "note", None)
    return f"{amount_text(amount_of(hold))}{f': {note.words}' if note is not None else ''}"


def _order(form: OnceForm, agreement: Agreement, source: str, user: User, now: datetime) -> Order:
    return {
        "scope": "form",
        "key": str(form.cleaned_data["submission"]),
        "effective_on": now.astimezone(ZoneInfo(agreement.zone)).date(),
        "by": user,
        "now": now,
        "source": source,
    }


def _page(
    request: HttpRequest, client: Client, form: OnceForm, act: Callable[[], str], words: dict[str, Any]
) -> HttpResponse:
    user, now = user_of(request), timezone.now()
    back = reverse("client_entitlements", args=[client.pk])

    def once() -> tuple[str, str]:
        return back, act()

    if answer := acted(request, form, once, user=user, now=now, over=ReservationEndedError, back=back):
        return answer
    context = {
        "form": form,
        "crumbs": [("Prepaid units", reverse("entitlements")), (client.name, back)],
        "meta": client.name,
        "cancel_url": back,
        "clause_id": "JN-2",
        **words,
    }
    return render(request, "credits/form.html", context)
