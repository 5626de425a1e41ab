"""What the others are told of work that no fee covers, and of prepaid units: mails, navigation, first screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import HttpRequest
from django.urls import reverse

from credits import entitlement_mails, proposals, work_mails
from credits.charge import ChargeKind
from credits.models import Quote, ServiceRequest
from credits.notice_words import SAYS
from credits.notices import TO_CLIENT, TO_STAFF, UNITS_EXPIRING
from credits.queries.entitlements import expiring, lot_shown, prepaid_of
from credits.queries.work import quote_list, shown
from credits.services.charges import CHARGE
from credits.words import UNIT_LABELS, amount_text
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.alerts.kinds import register_kind
from portal.clients.today import MOST, Asked, Decision, Remaining, Risk, decisions, remaining, risks
from portal.web import navigation
from portal.web.figures import day_text, money_text
from portal.web.navigation import NavEntry


def register() -> None:
    """Called once, from AppConfig.ready."""
    proposals.register(CHARGE, ChargeKind())
    for kind, mutable in TO_CLIENT.items():
        register_kind(kind, work_mails.render, told="client", mutable=mutable, says=SAYS[kind])
    for kind in sorted(TO_STAFF):
        register_kind(kind, work_mails.render, told="staff", says=SAYS[kind])
    register_kind(
        UNITS_EXPIRING,
        entitlement_mails.render,
        entitlement_mails.outdated,
        told="staff",
        says=SAYS[UNITS_EXPIRING],
    )
    decisions.register(requests_to_quote)
    decisions.register(quotes_to_decide)
    risks.register(units_that_expire)
    remaining.register(units_left)
    navigation.register(
        NavEntry(url_name="service_requests", label="Service requests", icon="wrench", audience="staff", order=28),
        NavEntry(
            url_name="time_log", label="My time", icon="timer", audience="staff", order=29, allows=_may(Act.LOG_TIME)
        ),
        NavEntry(
            url_name="quotes",
            label="Quotes",
            icon="receipt",
            audience="staff",
            order=132,
            section="Money",
            allows=_may(Act.SEE_MONEY),
        ),
        NavEntry(
            url_name="charges",
            label="Charges",
            icon="coins",
            audience="staff",
            order=134,
            section="Money",
            allows=_may(Act.SEE_MONEY),
        ),
        NavEntry(
            url_name="entitlements", label="Prepaid units", icon="ticket", audience="staff", order=136, section="Money"
        ),
        NavEntry(
            url_name="service_requests", label="Services", icon="wrench", audience="client", order=130, section="More"
        ),
        NavEntry(url_name="prepaid", label="Prepaid", icon="ticket", audience="client", order=140, section="More"),
        NavEntry(
            url_name="charges",
            label="Charges",
            icon="coins",
            audience="client",
            order=150,
            section="More",
            allows=_may(Act.SEE_MONEY),
        ),
    )


def _may(act: Act) -> Callable[[HttpRequest], bool]:
    return lambda request: isinstance(request.user, User) and may(request.user, act)


def requests_to_quote(asked: Asked) -> list[Decision]:
    """Return the service requests that nobody quoted yet, for those who may. One query. Clause: JB-14."""
    if not asked.user.is_provider or not may(asked.user, Act.PREPARE_MONEY):
        return []
    quoted = Quote.objects.filter(agreement__in=asked.agreements(), subject__startswith="service_request:")
    refs = (subject.partition(":")[2] for subject in quoted.values_list("subject", flat=True))
    waiting = ServiceRequest.objects.open().filter(agreement__in=asked.agreements()).exclude(ref__in=list(refs))
    return [
        Decision(
            title=f"Quote {wanted.get_kind_display().lower()} for {wanted.client}",
            text=f"{wanted.ref}: {wanted.title}",
            verb="Quote",
            url=reverse("service_request", args=[wanted.pk]),
            since=wanted.requested_at,
            clauses=("JB-14",),
        )
        for wanted in waiting.select_related("client").order_by("requested_at", "pk")[:MOST]
    ]


def quotes_to_decide(asked: Asked) -> list[Decision]:
    """Return the quotes that wait for the client's word, for those who may say it. Two queries. Clause: JS-2, JB-14."""
    if asked.user.is_provider or not may(asked.user, Act.DECIDE_OFFER):
        return []
    waiting = (shown(quote, at=asked.at) for quote in quote_list(asked.user, state="waiting").order_by("pk")[:MOST])
    return [
        Decision(
            title=f"Accept or decline quote {it.quote.ref}",
            text=f"{money_text(it.newest.total)} for {it.subject_ref}, valid until {day_text(it.newest.valid_until)}.",
            verb="Decide",
            url=reverse("quote", args=[it.quote.pk]),
            since=it.newest.quoted_at,
            clauses=(it.quote.clause,),
        )
        for it in waiting
        if it.state == "waiting"
    ]


def units_that_expire(asked: Asked) -> Iterator[Risk]:
    """Yield the prepaid units that are lost within 30 days, for staff. One query. Clause: JN-2."""
    if not asked.user.is_provider:
        return
    for lot in expiring(at=asked.at, agreements=asked.agreements())[:MOST]:
        it = lot_shown(lot, at=asked.at)
        assert it.last_day is not None  # noqa: S101  # Only such are asked for.
        yield Risk(
            title=lot.account.client.name,
            text=f"{amount_text(it.remaining)} are not used yet and end on {day_text(it.last_day)}.",
            kind="Prepaid",
            url=reverse("client_entitlements", args=[lot.account.client_id]),
            weight=1,
            clauses=("JN-2",),
        )


def units_left(asked: Asked) -> Iterator[Remaining]:
    """Yield what the client has left, unit by unit under each agreement. Three queries. Clause: JI-8, JN-2."""
    if asked.user.is_provider or asked.user.client is None:
        return
    for it in prepaid_of(asked.user.client, at=asked.at)[:MOST]:
        first = it.next_to_use
        until = first.last_day if first is not None else None
        yield Remaining(
            label=f"{UNIT_LABELS.get(it.unit, it.unit)}, {it.agreement.title}",
            figure=amount_text(it.left_amount),
            note=f"{amount_text(first.remaining)} end on {day_text(until)}" if first is not None and until else "",
            url=reverse("prepaid"),
        )
