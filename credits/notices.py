"""Who is told of quotes, requests, charges and prepaid units. The words stand in `credits.work_mails` and
`credits.entitlement_mails`. All of it is queued in the transaction of the act.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from credits.jobs import SERVICE_REQUEST, Job
from credits.models import Charge, Lot, QuoteDecision, QuoteVersion, ServiceRequest
from portal.accounts.models import CLIENT_ROLES, STAFF_ROLES, Role, Team, User
from portal.accounts.permissions import ALLOWED, Act
from portal.alerts.services import Notice, enqueue
from portal.clients.models import Agreement, Client

TO_CLIENT = {
    "quote_offered": False,
    "quote_withdrawn": False,
    "quote_confirmed": False,
    "charge_posted": False,
    "service_request_closed": True,
}
"""Kinds that go to the client, and whether a person may mute them: what binds or costs the client can't be."""

TO_STAFF = frozenset({"service_requested", "service_request_withdrawn", "quote_accepted", "quote_declined"})
UNITS_EXPIRING = "units_expiring"

Told = tuple[User, str]
"""Somebody with a login, and why they are told."""


def deciders(client: Client) -> list[User]:
    """Return the client's people who may accept a quote. One query."""
    roles = [role for role in CLIENT_ROLES if Act.DECIDE_OFFER in ALLOWED[role]]
    return list(User.objects.filter(client=client, role__in=roles, is_active=True).order_by("name", "pk"))


def tell_of_quote(version: QuoteVersion, job: Job, *, by: User, at: datetime) -> None:
    """Tell those of the client who decide, and who brought the work up."""
    context = {"version": version.pk}
    _tell("quote_offered", f"v{version.pk}", _clients_money(job), job.agreement, job.subject, context, by=by, at=at)


def tell_of_withdrawal(decision: QuoteDecision, job: Job, *, by: User, at: datetime) -> None:
    """Tell the client that a quote no longer holds."""
    context = {"version": decision.version_id}
    _tell("quote_withdrawn", f"d{decision.pk}", _clients_money(job), job.agreement, job.subject, context, by=by, at=at)


def tell_of_decision(decision: QuoteDecision, job: Job, *, by: User, at: datetime) -> None:
    """Tell who quoted and who answers for the client what it decided, and confirm an acceptance to the client."""
    context = {"version": decision.version_id}
    accepted = decision.verdict == QuoteDecision.Verdict.ACCEPTED
    quoted_by = decision.version.quoted_by
    people = {quoted_by: "You quoted it."} | dict(_in_charge(job.agreement))
    kind = "quote_accepted" if accepted else "quote_declined"
    _tell(kind, f"d{decision.pk}", people.items(), job.agreement, job.subject, context, by=by, at=at)
    if accepted:
        # The one who accepted is told too: the mail is what they keep.
        _tell(
            "quote_confirmed",
            f"d{decision.pk}",
            _clients_money(job),
            job.agreement,
            job.subject,
            context,
            by=None,
            at=at,
        )


def tell_of_request(wanted: ServiceRequest, *, by: User, at: datetime) -> None:
    """Tell who answers for the client that it wants something."""
    context = {"request": wanted.pk}
    _tell(
        "service_requested",
        f"r{wanted.pk}",
        _in_charge(wanted.agreement),
        wanted.agreement,
        _subject(wanted),
        context,
        by=by,
        at=at,
    )


def tell_of_closing(wanted: ServiceRequest, *, by: User, at: datetime) -> None:
    """Tell the other side that a request is closed."""
    people: Iterable[Told]
    if by.is_provider:
        kind, people = "service_request_closed", [(wanted.requested_by, "You asked for it.")]
    else:
        kind, people = "service_request_withdrawn", _in_charge(wanted.agreement)
    people = [(user, why) for user, why in people if user.is_provider is not by.is_provider]
    _tell(kind, f"r{wanted.pk}", people, wanted.agreement, _subject(wanted), {"request": wanted.pk}, by=by, at=at)


def _subject(wanted: ServiceRequest) -> str:
    return f"{SERVICE_REQUEST}:{wanted.ref}"


def tell_of_charge(charge: Charge, job: Job, *, at: datetime) -> None:
    """Tell the client what it is charged, and why. Clause: JB-8."""
    context = {"charge": charge.pk}
    _tell("charge_posted", f"c{charge.pk}", _clients_money(job), job.agreement, job.subject, context, by=None, at=at)


def tell_of_expiring(lots: Iterable[Lot], *, at: datetime) -> int:
    """Tell each lot's relationship manager, or else its team, that units will expire; each lot is told of once.

    Returns how many notices were queued. Clause: JN-2.
    """
    told = 0
    for lot in lots:
        agreement = lot.agreement
        if agreement is None:
            continue
        people = list(_in_charge(agreement))
        told += _tell(UNITS_EXPIRING, f"l{lot.pk}", people, agreement, f"lot:{lot.pk}", {"lot": lot.pk}, by=None, at=at)
    return told


def _tell(
    kind: str,
    source: str,
    people: Iterable[Told],
    agreement: Agreement,
    subject: str,
    context: Mapping[str, Any],
    *,
    by: User | None,
    at: datetime,
) -> int:
    """Queue a notice; `subject` is what it is about, as the ledger names it, so that its mails make one thread."""
    subject_kind, _, subject_ref = subject.partition(":")
    return enqueue(
        (
            Notice(
                key=f"{kind}:{source}:{user.email}",
                kind=kind,
                address=user.email,
                recipient_id=user.pk,
                agreement_id=agreement.pk,
                subject_kind=subject_kind,
                subject_ref=subject_ref,
                context={"why": why, **context},
                mutable=TO_CLIENT.get(kind, True),
            )
            for user, why in people
            if user.is_active and (by is None or user.pk != by.pk)
        ),
        at=at,
    )


def _clients_money(job: Job) -> Iterator[Told]:
    """Yield those of the client who decide on offers, and who brought it up if they see money. Two queries."""
    seen: set[int] = set()
    for user in deciders(job.client):
        seen.add(user.pk)
        yield user, f"You decide on offers for {job.client}."
    watcher = User.objects.filter(pk=job.watcher_id or 0, client=job.client, is_active=True).first()
    if watcher is not None and watcher.pk not in seen and Act.SEE_MONEY in ALLOWED[Role(watcher.role)]:
        yield watcher, f"You brought up {job.ref}."


def _in_charge(agreement: Agreement) -> Iterator[Told]:
    """Yield the relationship manager, or else the agreement's team, or else those who prepare money. Two queries."""
    client = agreement.client
    manager = client.relationship_manager
    if manager is not None and manager.is_active:
        yield manager, f"You are the relationship manager of {client}."
        return
    team = Team.members.through.objects.filter(team_id=agreement.team_id or 0).values("user_id")
    roles = [role for role in STAFF_ROLES if Act.PREPARE_MONEY in ALLOWED[role]]
    users = list(User.objects.filter(pk__in=team, is_active=True).order_by("pk"))
    for user in users or User.objects.filter(Q(role__in=roles), is_active=True).order_by("pk"):
        yield user, f"You are on the team of {client}." if users else f"{client} has no relationship manager."
