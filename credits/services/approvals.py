"""The second person's word."""

from __future__ import annotations

from datetime import datetime

from credits.errors import NotApprovedError, OwnWorkError
from credits.models import Approval
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.models import Client


def approve(*, client: Client, prepared_by: User | None, by: User, now: datetime) -> Approval:
    """Approve what somebody else prepared, or the portal itself (None), so that it can be posted.

    Raises:
        NotApprovedError: The user's role doesn't approve money.
        OwnWorkError: They prepared it themselves.
    """
    if not may(by, Act.APPROVE_MONEY):
        raise NotApprovedError(
            f"Your role, {by.get_role_display().lower()}, does not approve money. Ask somebody of finance."
        )
    if prepared_by is not None and prepared_by.pk == by.pk:
        raise OwnWorkError("You prepared this yourself. Ask a second person to approve it.")
    return Approval.objects.create(client=client, prepared_by=prepared_by, approved_by=by, approved_at=now)
