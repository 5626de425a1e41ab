"""What the ledger's tests share: orders with fixed instants, approvals, and what accounts and lots hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from credits.credit_payload import CreditPayload
from credits.models import Account, Approval, Code, LotBalance, Proposal
from credits.rules.units import Amount
from credits.services import Order, prepare_proposal
from incidents.rules.months import Month
from portal.accounts.models import Role, User
from portal.clients.models import Agreement, Client
from tests.factories import StaffFactory

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def order(key: str = "1", **changes: Any) -> Order:
    """Return what every service is told, with a key of one's own."""
    told: Order = {
        "scope": "test",
        "key": key,
        "effective_on": TODAY,
        "by": None,
        "now": NOW,
        "source": "test:1",
    }
    return {**told, **changes}  # type: ignore[typeddict-item]


def approval_for(client: Client) -> Approval:
    """Return a second person's approval of what the portal prepared."""
    finance: User = StaffFactory(role=Role.FINANCE)
    return Approval.objects.create(client=client, approved_by=finance, approved_at=NOW)


def held(client: Client, code: Code, unit: str) -> int:
    """Return what an account holds in minor units, 0 where it was never opened."""
    account = Account.objects.filter(client=client, code=code, unit=unit).select_related("balance").first()
    return account.balance.minor if account else 0


def left_in_lots(client: Client, unit: str) -> list[int]:
    """Return what is left of each entitlement lot of a client, in the order in which they were granted."""
    lots = LotBalance.objects.filter(
        lot__account__client=client, lot__account__unit=unit, lot__account__code=Code.ENTITLEMENT
    )
    return list(lots.order_by("lot_id").values_list("remaining", flat=True))


def propose(agreement: Agreement, minor: int = 100_00, *, by: User | None = None, key: str = "1") -> Proposal:
    """Return a service credit that waits, prepared by the portal unless somebody is named."""
    return prepare_proposal(
        kind="service_credit",
        client=agreement.client,
        agreement=agreement,
        month=Month(2026, 2),
        amount=Amount(minor, "USD"),
        reason="A critical incident was answered late.",
        payload=CreditPayload(rule="critical_response", clause="JS-13", percent="10"),
        scope="service_credit",
        key=f"{agreement.pk}:{key}",
        by=by,
        now=NOW,
    )
