"""A month's cap on service credits: what is granted never passes it, whatever is approved or reversed. Clause: JS-13.

A close proposes only what holds it in any order; this is for whatever else comes to be approved.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from credits.credit_payload import SERVICE_CREDIT
from credits.errors import CapPassedError
from credits.models import Decision, Entry, Proposal
from credits.services.proposals import lock_month
from portal.clients.models import Agreement
from portal.contract.money import Money
from portal.web.figures import money_text


def require_cap(*, agreement: Agreement, month: date, money: Money) -> None:
    """Refuse a credit for a month that would bring what is granted for it over its cap.

    In the caller's transaction; the month's proposals stay locked. A month of which nobody reckoned a cap has none.

    Raises:
        CapPassedError: It would. The sentence names the sum, the cap and the remedy.
    """
    if money.minor <= 0:
        return
    proposals = lock_month(agreement.pk, month, SERVICE_CREDIT)
    caps = [one.payload["cap"] for one in proposals if one.payload.get("cap") is not None]
    decisions = Decision.objects.filter(proposal__in=[one.pk for one in proposals])
    granted = decisions.filter(entry__isnull=False, entry__reversal__isnull=True)
    total = (granted.aggregate(sum=Sum("proposal__minor"))["sum"] or 0) + money.minor
    if not caps or total <= caps[-1]:
        return
    decided = set(decisions.values_list("proposal", flat=True))
    back = sum(one.minor for one in proposals if one.minor < 0 and one.pk not in decided)
    sums = [money_text(Money(minor, money.currency)) for minor in (total, caps[-1], -back)]
    remedy = f"Approve first what takes back {sums[2]} of it." if back else "Decline it: the month has all it may have."
    raise CapPassedError(
        f"With it {month:%B %Y} of {agreement.ref} would come to {sums[0]}, and its cap is {sums[1]}. {remedy}"
    )


def require_cap_without(entry: Entry) -> None:
    """Refuse to reverse an entry where what it took back keeps its month under the cap. Raises as `require_cap`."""
    decision = Decision.objects.filter(entry=entry, proposal__kind=SERVICE_CREDIT, proposal__month__isnull=False)
    proposal: Proposal | None = next((one.proposal for one in decision.select_related("proposal__agreement")), None)
    if proposal is not None and proposal.agreement is not None and proposal.month is not None:
        require_cap(agreement=proposal.agreement, month=proposal.month, money=Money(-proposal.minor, proposal.unit_id))
