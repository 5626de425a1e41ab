"""The second person's word."""

from __future__ import annotations

from datetime import datetime

from credits.errors import BeyondLimitError, NotApprovedError, OwnWorkError
from credits.limits import is_within_limit, limit_of
from credits.models import Approval
from credits.rules.units import Amount
from credits.words import amount_text
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Client


def approve(*, client: Client, prepared_by: User | None, amount: Amount, by: User, now: datetime) -> Approval:
    """Approve what somebody else prepared, or the portal itself (None), so that it can be posted.

    Raises:
        NotApprovedError: The user's role doesn't approve money.
        BeyondLimitError: The amount, in either direction, is beyond what the role decides on.
        OwnWorkError: They prepared it themselves.
    """
    require_second_person(prepared_by=prepared_by, amount=amount, by=by)
    return Approval.objects.create(client=client, prepared_by=prepared_by, approved_by=by, approved_at=now)


def require_second_person(*, prepared_by: User | None, amount: Amount, by: User) -> None:
    """Refuse whoever may not decide on an amount that somebody prepared. Raises as `approve` does."""
    role = by.get_role_display().lower()
    if not may(by, Act.APPROVE_MONEY):
        raise NotApprovedError(f"Your role, {role}, does not approve money. Ask somebody of finance.")
    if prepared_by is not None and prepared_by.pk == by.pk:
        raise OwnWorkError("You prepared this yourself. Ask a second person to approve it.")
    limit = limit_of(by, amount.unit)
    if limit is not None and not is_within_limit(by, amount):
        raise BeyondLimitError(
            f"Your role, {role}, decides on up to {amount_text(limit)}, and this is {amount_text(amount)}. "
            "Ask somebody with a higher limit."
        )
