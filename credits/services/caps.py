"""A month's bounds on service credits: never is more granted than its cap, nor more taken back than was granted.

Whatever is approved or reversed: a close proposes only what holds the cap in any order; this is for whatever else comes
to be approved, and for a difference whose credit was reversed meanwhile. Clause: JS-13.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from credits.credit_payload import SERVICE_CREDIT
from credits.errors import CapPassedError, TakenBackError
from credits.models import Decision, Entry, Proposal
from credits.services.proposals import lock_month
from portal.clients.models import Agreement
from portal.contract.money import Money
from portal.web.figures import money_text


def require_bounds(*, agreement: Agreement, month: date, money: Money) -> None:
    """Refuse a credit for a month that would bring what is granted for it over its cap, or below nothing.

    In the caller's transaction; the month's proposals stay locked. A month of which nobody reckoned a cap has none.

    Raises:
        CapPassedError: It would pass the cap. The sentence names the sum, the cap and the remedy.
        TakenBackError: It would take back more than is granted for the month.
    """
    proposals = lock_month(agreement.pk, month, SERVICE_CREDIT)
    decisions = Decision.objects.filter(proposal__in=[one.pk for one in proposals])
    stands = decisions.filter(entry__isnull=False, entry__reversal__isnull=True)
    granted: int = stands.aggregate(sum=Sum("proposal__minor"))["sum"] or 0
    total = granted + money.minor
    if money.minor <= 0:
        if total < 0:
            sums = [money_text(Money(minor, money.currency)) for minor in (granted, -money.minor)]
            raise TakenBackError(
                f"{sums[0]} is granted for {month:%B %Y} of {agreement.ref}, and {sums[1]} would be taken back. "
                "Decline it: what was too much has been taken back already."
            )
        return
    caps = [one.payload["cap"] for one in proposals if one.payload.get("cap") is not None]
    if not caps or total <= caps[-1]:
        return
    decided = set(decisions.values_list("proposal", flat=True))
    back = sum(one.minor for one in proposals if one.minor < 0 and one.pk not in decided)
    texts = [money_text(Money(minor, money.currency)) for minor in (total, caps[-1], -back)]
    remedy = (
        f"Approve first what takes back {texts[2]} of it." if back else "Decline it: the month has all it may have."
    )
    raise CapPassedError(
        f"With it {month:%B %Y} of {agreement.ref} would come to {texts[0]}, and its cap is {texts[1]}. {remedy}"
    )


def require_bounds_without(entry: Entry) -> None:
    """Refuse to reverse an entry without which its month would leave its bounds. Raises as `require_bounds` does.

    One that was reversed before is left to the ledger, which says so.
    """
    if Entry.objects.filter(reverses=entry).exists():
        return
    decision = Decision.objects.filter(entry=entry, proposal__kind=SERVICE_CREDIT, proposal__month__isnull=False)
    proposal: Proposal | None = next((one.proposal for one in decision.select_related("proposal__agreement")), None)
    if proposal is not None and proposal.agreement is not None and proposal.month is not None:
        require_bounds(
            agreement=proposal.agreement, month=proposal.month, money=Money(-proposal.minor, proposal.unit_id)
        )
