"""The right to end an order form, as staff and client see it. Clause: JB-11."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from credits.models import Termination
from incidents.rules.availability import RefundOn
from incidents.uptime import refund_on
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Agreement
from portal.clients.today import MOST, Asked, Risk
from portal.contract.money import Money
from portal.journal.models import Finding

KIND = "termination_right"


@dataclass(frozen=True, slots=True)
class Right:
    """A right that arose: from when on, under which clause, and the months under target that give it."""

    agreement: Agreement
    at: datetime
    clause: str
    months: list[str]
    message: str
    refund_on: RefundOn | None

    @property
    def prepaid(self) -> Money | None:
        """What was prepaid for the term."""
        return self.refund_on.prepaid if self.refund_on is not None else None

    def refund(self, day: date) -> Money | None:
        """Return what an end on a day gives back; None where nothing was prepaid."""
        return self.refund_on(day) if self.refund_on is not None else None


def right_of(agreement: Agreement) -> Right | None:
    """Return the latest right that arose under an agreement. One query. Clause: JB-11."""
    found = Finding.objects.filter(agreement=agreement, subject="agreement", kind=KIND).order_by("-at").first()
    return None if found is None else _right(agreement, found)


def _right(agreement: Agreement, found: Finding) -> Right:
    return Right(agreement, found.at, found.clause, found.data["months"], found.message, refund_on(agreement))


def knows_the_right(agreement: Agreement) -> bool:
    """Return whether the pinned terms know such a right. No query."""
    terms = agreement.pinned_terms.document.availability
    return terms is not None and terms.termination_months is not None


def termination_of(agreement: Agreement) -> Termination | None:
    """Return how the right was exercised. One query."""
    found: Termination | None = (
        Termination.objects.filter(agreement=agreement).select_related("given_by", "proposal__decision").first()
    )
    return found


def last_day(agreement: Agreement, today: date) -> date:
    """Return the latest day on which an end may be asked for: the term's last, or a year ahead without one.

    Where notice of discontinuation stands (JS-22), no later than its last day.
    """
    last = agreement.ends_on or today.replace(year=today.year + 1, day=min(today.day, 28))
    return last if agreement.last_day is None else min(last, agreement.last_day)


def today_of(agreement: Agreement, at: datetime) -> date:
    """Return the local date of an agreement at an instant."""
    return at.astimezone(ZoneInfo(agreement.zone)).date()


def risks(asked: Asked) -> Iterable[Risk]:
    """Yield the clients that may end their order form, for staff. Two queries. Clause: JB-11."""
    if not asked.user.is_provider:
        return
    agreements = asked.agreements().active(asked.at).filter(ended_at__isnull=True)
    found = (
        Finding.objects.filter(kind=KIND, agreement__in=agreements)
        .select_related("agreement__client")
        .defer("agreement__terms")
    )
    latest = {row.agreement_id: row for row in found.order_by("at")}
    for row in list(latest.values())[:MOST]:
        yield Risk(
            title=row.agreement.client.name,
            text=f"It may end {row.agreement.ref}: {len(row.data['months'])} months were under target.",
            kind="Agreement",
            url=reverse("termination", args=[row.agreement_id]),
            weight=50,
            clauses=(row.clause,),
        )


def may_exercise(user: User) -> bool:
    """Return whether somebody gives the notice for their company."""
    return not user.is_provider and may(user, Act.TERMINATE)
