"""Pages of services, for staff and clients alike: the list, one service, and what staff record of it.

Clause: JS-17 to JS-19, JB-10.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from incidents import services, uptime
from incidents.forms.availability import EndOutageForm, MaintenanceForm, OutageForm
from incidents.models import BackupType, MaintenanceWindow, Outage
from incidents.rules.receipts import is_short
from incidents.rules.service import Service
from incidents.service_page import DAYS, MonthView, days_of, month_view, panels_of, told
from portal.accounts.access import act_required, signed_in, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement
from portal.web.errors import PortalError
from portal.web.forms import OnceForm
from portal.web.paging import page_of

SINCE = timedelta(days=DAYS)


@require_safe
@signed_in
def availability_list(request: HttpRequest) -> HttpResponse:
    """List services with how they stand and the month so far. A constant number of queries."""
    user, now = user_of(request), _whole_second()
    page = page_of(request, uptime.with_availability(user), order=["ref", "id"])
    found = uptime.services_of(page.rows, until=now)
    rows = [(agreement, _down_since(found[agreement.pk]), _last_month(found[agreement.pk])) for agreement in page.rows]
    return render(request, "incidents/availability/list.html", {"page": page, "rows": rows, "now": now})


def _whole_second() -> datetime:
    """Return the end of this second: what was just recorded is seen, and lengths so far have no fractions."""
    now = timezone.now()
    return now.replace(microsecond=0) + timedelta(seconds=bool(now.microsecond))


def _down_since(service: Service) -> datetime | None:
    """Return since when a service is down, as far as is known."""
    return min((outage.start for outage in service.record.outages.values() if outage.end is None), default=None)


def _last_month(service: Service) -> MonthView | None:
    figure = service.latest_figure
    return month_view(service, figure) if figure is not None else None


@require_safe
@signed_in
def availability(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one service: its last 90 days, its months, and the minutes of one of them."""
    user, now = user_of(request), _whole_second()
    agreement = _agreement(pk, user)
    service = uptime.service_of(agreement, until=now)
    days = days_of(service, until=now)
    views = [month_view(service, figure) for figure in reversed(service.figures)]
    wanted = request.GET.get("month")
    chosen = next((view for view in views if wanted in (None, str(view.figure.month))), None)
    if wanted is not None and chosen is None:
        raise Http404
    since = now - SINCE
    clocks = uptime.outage_clocks(agreement)
    backups = agreement.pinned_terms.document.backups if service.now is not None else None
    context = {
        "agreement": agreement,
        "service": service,
        "display_zone": service.setting.zone,
        "panels": panels_of(days),
        "told": told(days),
        "months": views,
        "month": chosen,
        "down_since": _down_since(service),
        "outages": [(row, clocks.get(row.ref)) for row in uptime.outages_of(agreement, since=since)],
        "windows": uptime.windows_of(agreement, since=since),
        "late_windows": _late_windows(service),
        "backups": uptime.backups_of(agreement) if backups is not None else [],
        "backup_terms": backups,
        "findings": uptime.findings_of(agreement),
        "unaccounted": uptime.unaccounted(agreement) if user.is_provider else [],
        "may_manage": may(user, Act.MANAGE_AVAILABILITY) and service.now is not None and agreement.is_active(now),
        "may_correct": may(user, Act.MANAGE_AVAILABILITY) and service.now is not None,
        "now": now,
    }
    return render(request, "incidents/availability/service.html", context)


def _late_windows(service: Service) -> set[str]:
    """Return the windows that were announced later than promised."""
    terms = service.now
    if terms is None:
        return set()
    return {ref for ref, window in service.record.windows.items() if is_short(window, terms)}


def _agreement(pk: int, user: User) -> Agreement:
    return get_object_or_404(uptime.with_availability(user), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.MANAGE_AVAILABILITY)
def outage_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an outage."""
    user, now = user_of(request), timezone.now()
    agreement = _agreement(pk, user)
    form = OutageForm(
        request.POST or None, incidents=uptime.unaccounted(agreement), initial={"incident": request.GET.get("incident")}
    )

    def record() -> str:
        outage = services.record_outage(
            agreement_id=agreement.pk,
            downtime=form.downtime(),
            incident_id=form.cleaned_data.get("incident"),
            by=user,
            now=now,
        )
        return f"{outage.ref} is recorded."

    heading = "Record an outage"
    return _act(request, agreement, form, record, now=now, heading=heading, submit="Record the outage")


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.MANAGE_AVAILABILITY)
def outage_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Say when an outage was over."""
    user, now = user_of(request), timezone.now()
    outage = _outage(pk, user)
    form = EndOutageForm(request.POST or None, initial={"end": now.replace(second=0, microsecond=0)})

    def end() -> str:
        services.close_outage(outage_id=outage.pk, end=form.cleaned_data["end"], by=user, now=now)
        return f"{outage.ref} has ended."

    heading = f"End {outage.ref}"
    return _act(request, outage.agreement, form, end, now=now, heading=heading, submit="End the outage")


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.MANAGE_AVAILABILITY)
def outage_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an outage's record right; the journal keeps the earlier one."""
    user, now = user_of(request), timezone.now()
    outage = _outage(pk, user)
    form = OutageForm(request.POST or None, outage=outage)

    def correct() -> str:
        services.correct_outage(outage_id=outage.pk, downtime=form.downtime(), by=user, now=now)
        return f"{outage.ref} is put right."

    heading = f"Correct {outage.ref}"
    return _act(request, outage.agreement, form, correct, now=now, heading=heading, submit="Save the correction")


def _outage(pk: int, user: User) -> Outage:
    return get_object_or_404(Outage.objects.visible_to(user).select_related("agreement__client"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.MANAGE_AVAILABILITY)
def maintenance_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Announce a maintenance window."""
    user, now = user_of(request), timezone.now()
    agreement = _agreement(pk, user)
    form = MaintenanceForm(request.POST or None)

    def announce() -> str:
        cleaned = form.cleaned_data
        window = services.announce_maintenance(
            agreement_id=agreement.pk,
            start=cleaned["start"],
            end=cleaned["end"],
            purpose=cleaned["purpose"],
            agreed=cleaned["agreed"],
            overlaps_accepted=cleaned["overlaps_accepted"],
            by=user,
            now=now,
        )
        return f"{window.ref} is announced by mail to the support contacts of {agreement.client}."

    heading = "Announce maintenance"
    return _act(request, agreement, form, announce, now=now, heading=heading, submit="Announce and mail it")


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.MANAGE_AVAILABILITY)
def maintenance_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then cancel a window."""
    user, now = user_of(request), timezone.now()
    windows = MaintenanceWindow.objects.visible_to(user).select_related("agreement__client")
    window = get_object_or_404(windows, pk=pk)
    form = OnceForm(request.POST or None)

    def cancel() -> str:
        services.cancel_maintenance(window_id=window.pk, by=user, now=now)
        return f"{window.ref} is cancelled, and its readers are told by mail."

    heading = f"Cancel {window.ref}"
    return _act(
        request, window.agreement, form, cancel, now=now, heading=heading, submit="Cancel the window", danger=True
    )


@require_http_methods(["GET", "HEAD", "POST"])
@act_required(Act.MANAGE_AVAILABILITY)
def backup_address(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Ask, then make a new address for the check-ins of a kind, and show it this once."""
    user, now = user_of(request), timezone.now()
    agreement = _agreement(pk, user)
    if kind not in BackupType.values:
        raise Http404
    form = OnceForm(request.POST or None)
    made: list[str] = []

    def make() -> str:
        made.append(services.make_backup_address(agreement_id=agreement.pk, kind=kind, by=user, now=now))
        return f"The address for {kind} backups is new. The one before it is void."

    heading = f"Make an address for {kind} backups"
    response = _act(request, agreement, form, make, now=now, heading=heading, submit="Make the address")
    if not made:
        return response
    address = f"{settings.ORIGIN}{reverse('backup_check_in', args=made)}"
    context = {"agreement": agreement, "kind": kind, "address": address, "now": now}
    return render(request, "incidents/availability/address.html", context)


def _act(
    request: HttpRequest,
    agreement: Agreement,
    form: OnceForm,
    act: Callable[[], str],
    *,
    now: datetime,
    **words: Any,
) -> HttpResponse:
    """Show a form of an act on a service, or act once and lead back to the service."""
    back = reverse("availability", args=[agreement.pk])

    def act_and_say() -> str:
        messages.success(request, act())
        return back

    if form.is_valid():
        try:
            return redirect(form.act_once(user=user_of(request), at=now, act=act_and_say))
        except PortalError as error:
            form.refuse(error)
    context = {"form": form, "agreement": agreement, "back": back, "now": now}
    return render(request, "incidents/availability/act.html", context | words)
