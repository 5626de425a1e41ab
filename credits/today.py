"""What of money stands on the first screens."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from credits.models import Dispute, MonthHold, Proposal
from credits.proposals import kind_of, titles, url_of
from incidents.rules.months import Month
from incidents.service_page import month_title
from portal.accounts.models import Role, User
from portal.accounts.permissions import Act, may
from portal.clients.today import MOST, Asked, Decision
from portal.web.figures import money_text


def proposals_to_decide(asked: Asked) -> Iterable[Decision]:
    """Return the proposals that wait for this person's word, the oldest first. As many queries as their kinds need."""
    user = asked.user
    if not user.is_provider or not may(user, Act.APPROVE_MONEY):
        return []
    waiting = Proposal.objects.visible_to(user).undecided().filter(_within_limit(user)).exclude(prepared_by=user)
    if asked.narrowed:
        # What is of no agreement, such as a payout, is its client's.
        agreements = asked.agreements()
        theirs = Q(agreement__isnull=True, client__in=agreements.values("client"))
        waiting = waiting.filter(Q(agreement__in=agreements) | theirs)
    rows = list(waiting.select_related("client", "agreement").order_by("id")[:MOST])
    called = titles(rows)
    return [
        Decision(
            title=f"Approve {money_text(row.money) if row.money else row.amount} for {row.client.name}",
            text=f"{kind_of(row.kind).label}{f', {row.month:%B %Y}' if row.month else ''}: {called[row.pk].title}.",
            verb="Review",
            url=url_of(row),
            since=row.prepared_at,
            clauses=[called[row.pk].clause] if called[row.pk].clause else (),
        )
        for row in rows
    ]


def months_held_up(asked: Asked) -> Iterable[Decision]:
    """Return the months that something keeps from closing, the oldest first. One query. Clause: JS-13, JS-17."""
    user = asked.user
    if not user.is_provider or not may(user, Act.PREPARE_MONEY):
        return []
    holds = MonthHold.objects.visible_to(user).filter(agreement__in=asked.agreements())
    return [
        Decision(
            title=f"Close {month_title(Month(row.month.year, row.month.month))} of {row.agreement.client}",
            text=" ".join(block["text"] for block in row.blocks),
            verb="Open",
            url=f"{reverse('closes')}?client={row.agreement.client_id}",
            since=row.since,
            clauses=sorted({block["clause"] for block in row.blocks}),
        )
        for row in holds.select_related("agreement__client").order_by("month", "id")[:MOST]
    ]


def disputes_to_answer(asked: Asked) -> Iterable[Decision]:
    """Return the disputes that wait for an answer, the oldest first. One query. Clause: JS-15."""
    user = asked.user
    if not user.is_provider or not may(user, Act.PREPARE_MONEY):
        return []
    waiting = Dispute.objects.visible_to(user).unanswered().with_statements()
    if asked.narrowed:
        waiting = waiting.of_clients(asked.agreements().values("client"))
    return [
        Decision(
            title=f"Answer {row.client} on {row.place}",
            text=f"Disputed: {row.what}.",
            verb="Answer",
            url=reverse("dispute_answer", args=[row.pk]),
            since=row.raised_at,
            clauses=[row.clause] if row.clause else (),
        )
        for row in waiting.order_by("raised_at", "id")[:MOST]
    ]


def _within_limit(user: User) -> Q:
    """Return the condition of an amount that a user decides on; SQL's words for `credits.limits`."""
    if user.role == Role.ADMINISTRATOR:
        return Q()
    limits: dict[str, int] = settings.APPROVAL_LIMITS.get(user.role, {})
    within = Q(pk__in=())
    for unit, most in limits.items():
        within |= Q(unit=unit, minor__gte=-most, minor__lte=most)
    return within
