"""The client's pages of its incidents: the list, one incident, why each date, and what its people may do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from incidents import services
from incidents.cards import cards
from incidents.conversation import latest
from incidents.evidence import plans_to_ask_for
from incidents.forms import acts as forms
from incidents.forms.support import STATES, SupportFilter
from incidents.offers import offers
from incidents.queries import asked_of, listed, supporting
from incidents.reasons import reason_of
from incidents.rows import rows_of
from incidents.standing import Standing, standing_of
from incidents.views.act_page import ClientActPage
from portal.accounts.access import client_required, user_of
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.web.live import fragment_response
from portal.web.paging import page_of
from portal.web.refusing import checked, refusing

PARTS = {"clocks": "incidents/_support_clocks.html", "thread": "incidents/_live_thread.html"}


@require_safe
@client_required
@refusing
def support(request: HttpRequest) -> HttpResponse:
    """List the client's incidents, newest first."""
    user, now = user_of(request), timezone.now()
    form = SupportFilter(request.GET)
    checked(form)
    page = page_of(request, form.narrow(listed(user)), order=["-reported_at", "-id"])
    context = {
        "form": form,
        "chosen": form.cleaned_data,
        "states": STATES,
        "page": page,
        "rows": rows_of(page.rows, at=now),
        "now": now,
        "may_report": may(user, Act.REPORT_INCIDENT) and supporting(user, at=now).exists(),
        "offered": plans_to_ask_for(user, at=now),
        "may_ask_remedy": may(user, Act.REMEDY_PLAN),
    }
    return render(request, "incidents/support.html", context)


@require_safe
@client_required
def support_incident(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one incident to its client."""
    user, now = user_of(request), timezone.now()
    standing = standing_of(pk, user=user, at=now)
    offered = offers(standing, user)
    context = {
        **_shown(standing, request, *PARTS),
        "offers": offered,
        "asks_verdict": not standing.incident.is_open and any(offer.primary for offer in offered),
        "asked": asked_of(standing.incident),
        "sees_offers": may(user, Act.SEE_MONEY) and bool(not standing.incident.supported or standing.incident.cause),
        "form": forms.ClientMessageForm(standing=standing) if standing.incident.is_open else None,
    }
    return render(request, "incidents/support_incident.html", context)


@require_safe
@client_required
def support_part(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Return one part of an incident's page as it stands now."""
    if part not in PARTS:
        raise Http404
    standing = standing_of(pk, user=user_of(request), at=timezone.now())
    return fragment_response(request, PARTS[part], _shown(standing, request, part))


def _shown(standing: Standing, request: HttpRequest, *parts: str) -> dict[str, Any]:
    user = user_of(request)
    shown: dict[str, Any] = {"incident": standing.incident, "standing": standing, "now": standing.at}
    if "clocks" in parts:
        shown["cards"] = cards(standing, for_staff=False)
    if "thread" in parts:
        shown["conversation"] = latest(standing, user, whole="whole" in request.GET)
    return shown


@require_safe
@client_required
def support_why(request: HttpRequest, pk: int, target: str, ordinal: int) -> HttpResponse:
    """Explain one deadline to the client; a threshold of credits once it was crossed. Clause: T-2 to T-7, JS-13."""
    now = timezone.now()
    standing = standing_of(pk, user=user_of(request), at=now)
    reason = reason_of(standing, target, ordinal, for_staff=False)
    if reason is None:
        raise Http404
    context = {"incident": standing.incident, "standing": standing, "now": now, "reason": reason}
    return render(request, "incidents/support_why.html", context)


class ClientReplyPage(ClientActPage):
    """Answer, or add something: it ends a wait for the client. Clause: T-6, JS-12, JB-6."""

    act = Act.COMMENT
    form_class = forms.ClientMessageForm
    heading = "Reply"
    submit = "Send"

    def perform(self, form: forms.ClientMessageForm, *, by: User, now: datetime) -> str:
        """Send the message."""
        waited = self.standing.state.waiting_on in ("client", "information")
        services.comment_as_client(
            incident_id=self.standing.incident.pk,
            body=form.cleaned_data["body"],
            files=form.cleaned_data["attachments"],
            by=by,
            now=now,
        )
        return "Sent. We go on from here." if waited else "Sent."


class ClientReopenPage(ClientActPage):
    """Say that it is not solved after all. Clause: T-11."""

    act = Act.COMMENT
    form_class = forms.ReopenForm
    heading = "It is not solved"
    text = "The incident is opened again, and a new time to resolve it starts."
    submit = "Open it again"

    def perform(self, form: forms.ReopenForm, *, by: User, now: datetime) -> str:
        """Reopen it."""
        services.reopen_incident(
            incident_id=self.standing.incident.pk, reason=form.cleaned_data["reason"], by=by, now=now
        )
        return f"{self.standing.incident.ref} is open again."


class ClientWithdrawPage(ClientActPage):
    """Take the report back."""

    act = Act.WITHDRAW
    form_class = forms.ReasonForm
    heading = "Withdraw the report"
    text = "We stop working on it. A withdrawn report is not opened again."
    submit = "Withdraw it"
    style = "btn-danger"

    def perform(self, form: forms.ReasonForm, *, by: User, now: datetime) -> str:
        """Withdraw it."""
        services.withdraw_incident(
            incident_id=self.standing.incident.pk, reason=form.cleaned_data["reason"], by=by, now=now
        )
        return f"{self.standing.incident.ref} is withdrawn."
