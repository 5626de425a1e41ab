"""The staff's pages of money: who owes what, one client's accounts, an entry, and what finance does. Clause: JS-15."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from credits import services
from credits.errors import AlreadyReversedError, LedgerError
from credits.forms.money import InvoiceForm, InvoiceImportForm, OffsetForm, PaymentForm, PayoutForm, ReversalForm
from credits.models import Code, Entry, Invoice, Kind
from credits.models.entries import IRREVERSIBLE
from credits.payout import PAYOUT, Owed, PayoutPayload
from credits.proposals import url_of
from credits.queries.balances import (
    Moved,
    Standing,
    accounts_of,
    clients_with_money,
    currencies_of,
    entries_of,
    entry_seen,
    invoices_of_client,
    moved_for_client,
    offset_preview,
    standings,
    totals,
)
from credits.reversal import REVERSAL, ReversalPayload
from credits.rules.units import CURRENCY, UNITS, Amount
from credits.services.invoices import import_invoices
from credits.services.money import open_invoices, require_owed
from credits.sources import sources_of
from credits.statement_page import HEADINGS
from credits.views.form_page import acted, sent
from portal.accounts.access import act_required, staff_required, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement, Client
from portal.contract.money import Money
from portal.web.errors import PortalError
from portal.web.figures import money_text
from portal.web.forms import OnceForm
from portal.web.paging import page_of
from portal.web.refusing import refusing
from portal.web.sheets import BadSheet, Cell, write_sheet

form_page = require_http_methods(["GET", "HEAD", "POST"])
SHEET_COLUMNS = (
    "client",
    "currency",
    "credit_owed",
    "credit_0_30",
    "credit_31_60",
    "credit_61_90",
    "credit_over_90",
    "refund_owed",
    "invoices_open",
    "invoices_0_30",
    "invoices_31_60",
    "invoices_61_90",
    "invoices_over_90",
    "charges_owed",
)
MOST_IN_A_SHEET = 5000


class BadSheetError(PortalError):
    """A sheet that can't be imported; the sentences name its rows. BAD_INPUTS: 11."""

    code = "bad_sheet"


@require_safe
@staff_required
@act_required(Act.SEE_MONEY)
@refusing
def money(request: HttpRequest) -> HttpResponse:
    """List what stands between each client and the provider, with its age."""
    user, now = user_of(request), timezone.now()
    page = page_of(request, clients_with_money(user), order=["name", "id"])
    context = {
        "now": now,
        "page": page,
        "rows": standings(page.rows, on=_today(user, now)),
        "totals": totals(user),
        "may_prepare": may(user, Act.PREPARE_MONEY),
    }
    return render(request, "credits/money/overview.html", context)


@require_safe
@staff_required
@act_required(Act.SEE_MONEY)
def money_sheet(request: HttpRequest) -> HttpResponse:
    """Hand the same out as CSV, of the first 5,000 clients by name. BAD_INPUTS: 10."""
    user, now = user_of(request), timezone.now()
    clients = list(clients_with_money(user).order_by("name", "id")[:MOST_IN_A_SHEET])
    rows: list[list[Cell]] = [
        [
            row.client.name,
            row.currency,
            row.credit.amount,
            *(age.amount for age in row.credit_ages),
            row.refund.amount,
            row.invoices.amount,
            *(age.amount for age in row.invoice_ages),
            row.charges.amount,
        ]
        for row in standings(clients, on=_today(user, now))
    ]
    response = HttpResponse(write_sheet(SHEET_COLUMNS, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="balances-{_today(user, now)}.csv"'
    return response


def _today(user: User, now: datetime) -> date:
    return now.astimezone(ZoneInfo(user.zone or "UTC")).date()


@require_safe
@staff_required
@act_required(Act.SEE_MONEY)
@refusing
def money_client(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one client's accounts, its invoices, and its entries, the newest first."""
    user, now = user_of(request), timezone.now()
    client = _client(user, pk)
    page = page_of(request, entries_of(client), order=["-id"])
    sources = sources_of(page.rows, audience="staff")
    context = {
        "now": now,
        "client": client,
        "standings": standings([client], on=_today(user, now)),
        "accounts": [(row, HEADINGS[Code(row.account.code)]) for row in accounts_of(client)],
        "invoices": invoices_of_client(client).filter(lot__balance__remaining__gt=0).order_by("issued_on", "id")[:50],
        "page": page,
        "rows": [(entry, sources[entry.pk], moved_for_client(entry)) for entry in page.rows],
        "may_prepare": may(user, Act.PREPARE_MONEY),
    }
    return render(request, "credits/money/client.html", context)


@require_safe
@staff_required
@act_required(Act.SEE_MONEY)
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one entry: its lines, what it rests on, who approved it, its seal."""
    user = user_of(request)
    found = get_object_or_404(entry_seen(user), pk=pk)
    context = {
        "now": timezone.now(),
        "entry": found,
        "source": sources_of([found], audience="staff")[found.pk],
        "may_reverse": may(user, Act.PREPARE_MONEY) and _reversible(found),
    }
    return render(request, "credits/money/entry.html", context)


def _reversible(found: Entry) -> bool:
    return found.kind not in IRREVERSIBLE and not hasattr(found, "reversal")


def _client(user: User, pk: int) -> Client:
    clients: QuerySet[Client] = Client.objects.visible_to(user)
    return get_object_or_404(clients, pk=pk)


# --------------------------------------------------------------------------------------------------- what finance does


@form_page
@staff_required
@act_required(Act.PREPARE_MONEY)
def invoice_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an invoice that was billed elsewhere."""
    user, now = user_of(request), timezone.now()
    client = _client(user, pk)
    form = InvoiceForm(**sent(request), currencies=currencies_of(client))

    def act() -> tuple[str, str]:
        cleaned = form.cleaned_data
        services.enter_invoice(
            client=client,
            number=cleaned["number"],
            issued_on=cleaned["issued_on"],
            money=cleaned["money"],
            by=user,
            now=now,
        )
        return _page(client), f"Invoice {cleaned['number']} of {money_text(cleaned['money'])} is entered."

    return acted(request, form, act, user=user, now=now) or _form(
        request,
        form,
        client,
        heading=f"Enter an invoice to {client}",
        text="The portal bills nobody. An invoice stands here so that service credit can be applied to it.",
        submit="Enter it",
    )


@form_page
@staff_required
@act_required(Act.PREPARE_MONEY)
def payment_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the client paid an invoice, or a part of it."""
    user, now = user_of(request), timezone.now()
    invoices = Invoice.objects.visible_to(user).select_related("client", "lot__balance", "lot__account")
    invoice: Invoice = get_object_or_404(invoices, pk=pk)
    open_ = invoice.open
    today = now.astimezone(ZoneInfo(invoice.client.zone)).date()
    initial = {"amount": f"{open_.amount:f}", "effective_on": today}
    form = PaymentForm(**sent(request), currencies=[open_.currency], initial=initial)

    def act() -> tuple[str, str]:
        money_ = form.cleaned_data["money"]
        services.record_payment(
            invoice=invoice,
            money=money_,
            scope="payment",
            key=str(form.cleaned_data["submission"]),
            effective_on=form.cleaned_data["effective_on"],
            by=user,
            now=now,
            source=f"invoice:{invoice.number}",
        )
        return _page(invoice.client), f"{money_text(money_)} of {invoice} is recorded as paid."

    return acted(request, form, act, user=user, now=now) or _form(
        request,
        form,
        invoice.client,
        heading=f"Record a payment of {invoice}",
        text=f"{money_text(open_)} of {money_text(invoice.total)} is open. What was paid has no credit applied to it.",
        submit="Record it",
    )


@form_page
@staff_required
@act_required(Act.PREPARE_MONEY)
def invoices_import(request: HttpRequest) -> HttpResponse:
    """Enter the invoices of a sheet, all or none. BAD_INPUTS: 11."""
    user, now = user_of(request), timezone.now()
    form = InvoiceImportForm(**sent(request), **({"files": request.FILES} if request.method == "POST" else {}))

    def act() -> tuple[str, str]:
        try:
            came = import_invoices(form.cleaned_data["sheet"], by=user, now=now)
        except BadSheet as error:
            raise BadSheetError("\n".join(error.sentences), field="sheet") from None
        known = f" {came.known:,} stood there already." if came.known else ""
        return reverse("money"), f"{came.entered:,} invoices are entered.{known}"

    done = acted(request, form, act, user=user, now=now)
    context = {
        "form": form,
        "heading": "Import invoices",
        "submit": "Enter them",
        "files": True,
        "crumbs": [("Money", reverse("money"))],
        "cancel_url": reverse("money"),
    }
    return done or render(request, "credits/form.html", context)


@form_page
@staff_required
@act_required(Act.PREPARE_MONEY)
def offset_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply service credit to open invoices, oldest first: what it pays is shown before. Clause: JS-15."""
    user, now = user_of(request), timezone.now()
    client = _client(user, pk)
    currencies = currencies_of(client)
    standing = {row.currency: row for row in standings([client], on=_today(user, now))}
    form = OffsetForm(**sent(request), currencies=currencies, initial=_most(standing.values()))

    def act() -> tuple[str, str]:
        money_ = form.cleaned_data["money"]
        services.offset_invoices(
            client=client,
            money=money_,
            scope="offset",
            key=str(form.cleaned_data["submission"]),
            effective_on=now.astimezone(ZoneInfo(client.zone)).date(),
            by=user,
            now=now,
            source=f"client:{client.pk}",
        )
        return _page(client), f"{money_text(money_)} of service credit is applied to open invoices."

    if request.method == "POST" and "preview" not in request.POST:
        done = acted(request, form, act, user=user, now=now)
        if done is not None:
            return done
    elif request.method == "POST" and form.is_valid():
        try:
            require_owed(client=client, money=form.cleaned_data["money"], code=Code.CREDIT_OWED)
        except LedgerError as error:
            form.refuse(error)
    previewed = form.cleaned_data.get("money") if form.is_bound and not form.errors else None
    rows = offset_preview(open_invoices(client, previewed.currency), previewed) if previewed else []
    context = {
        "client": client,
        "form": form,
        "previewed": previewed,
        "applied": rows,
        "unapplied": _rest(previewed, rows),
        "standings": [row for row in standing.values() if row.credit.minor or row.invoices.minor],
        "cancel_url": _page(client),
    }
    return render(request, "credits/money/offset.html", context)


def _most(rows: Iterable[Standing]) -> dict[str, str]:
    """Return what a form begins with: all that can be applied in the first currency in which anything can."""
    for row in rows:
        most = Money(min(row.credit.minor, row.invoices.minor), row.currency)
        if most.minor:
            return {"currency": row.currency, "amount": f"{most.amount:f}"}
    return {}


def _rest(money_: Money | None, rows: list[Any]) -> Money | None:
    """Return what of a sum finds no open invoice, None for nothing."""
    if money_ is None:
        return None
    rest = money_.minor - sum(row.part.minor for row in rows)
    return Money(rest, money_.currency) if rest else None


@form_page
@staff_required
@act_required(Act.PREPARE_MONEY)
def payout_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to pay out what is owed; a second person decides. Clause: JS-15, JB-11."""
    user, now = user_of(request), timezone.now()
    client = _client(user, pk)
    refunds = list(Agreement.objects.visible_to(user).filter(client=client, entries__kind=Kind.REFUND).distinct())
    form = PayoutForm(**sent(request), currencies=currencies_of(client), refunds=refunds)

    def act() -> tuple[str, str]:
        cleaned = form.cleaned_data
        owed: Owed = "credit" if cleaned["owed"] == "credit" else "refund"
        agreement = next((row for row in refunds if str(row.pk) == cleaned["owed"]), None)
        require_owed(
            client=client, money=cleaned["money"], code=Code.CREDIT_OWED if owed == "credit" else Code.REFUND_OWED
        )
        proposal = services.prepare_proposal(
            kind=PAYOUT,
            client=client,
            agreement=agreement,
            amount=Amount.of(cleaned["money"]),
            reason=cleaned["reason"],
            payload=PayoutPayload(owed=owed),
            scope=PAYOUT,
            key=str(cleaned["submission"]),
            by=user,
            now=now,
        )
        return url_of(proposal), f"Proposed: {money_text(cleaned['money'])} to {client}. A second person decides on it."

    return acted(request, form, act, user=user, now=now) or _form(
        request,
        form,
        client,
        heading=f"Pay {client} out",
        text="What is owed to the client, paid to it instead of applied to an invoice. Nothing is posted before a "
        "second person approved it.",
        submit="Propose the payout",
        clause_id="JS-15",
    )


@form_page
@staff_required
@act_required(Act.PREPARE_MONEY)
def entry_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to take an entry back; a second person decides."""
    user, now = user_of(request), timezone.now()
    found = get_object_or_404(entry_seen(user), pk=pk)
    form = ReversalForm(**sent(request))
    back = reverse("entry", args=[found.pk])

    def act() -> tuple[str, str]:
        if not _reversible(found):
            raise AlreadyReversedError(f"{found} was reversed, or can't be. Post anew what was reversed.")
        moved = moved_for_client(found)
        # What decides who may approve it: the largest sum that moves back, money before prepaid units.
        most = max(moved, key=_weight, default=None)
        proposal = services.prepare_proposal(
            kind=REVERSAL,
            client=found.client,
            agreement=found.agreement,
            amount=Amount(-most.amount.minor, most.amount.unit) if most else Amount(1, "USD"),
            reason=form.cleaned_data["reason"],
            payload=ReversalPayload(entry=found.pk, what=found.get_kind_display()),
            scope=REVERSAL,
            key=f"{found.pk}:{form.cleaned_data['submission']}",
            by=user,
            now=now,
        )
        return url_of(proposal), f"Proposed: {found} taken back. A second person decides on it."

    return acted(request, form, act, user=user, now=now, over=AlreadyReversedError, back=back) or _form(
        request,
        form,
        found.client,
        heading=f"Reverse entry {found.pk}",
        text="An entry is never edited: its exact negation is posted beside it, once, after a second person agreed.",
        submit="Propose the reversal",
        style="btn-danger",
    )


def _weight(moved: Moved) -> tuple[bool, int]:
    return UNITS[moved.amount.unit][1] == CURRENCY, abs(moved.amount.minor)


def _page(client: Client) -> str:
    return reverse("money_client", args=[client.pk])


def _form(request: HttpRequest, form: OnceForm, client: Client, **words: str) -> HttpResponse:
    context = {
        "form": form,
        "crumbs": [("Money", reverse("money")), (client.name, _page(client))],
        "cancel_url": _page(client),
        **words,
    }
    return render(request, "credits/form.html", context)
