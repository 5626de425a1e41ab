"""Reading proposals."""

from __future__ import annotations

from credits.models.proposals import Proposal, ProposalQuerySet
from portal.accounts.models import User


def listed(user: User) -> ProposalQuerySet:
    """Return the proposals that a user may see, with what their rows name. One query."""
    proposals: ProposalQuerySet = Proposal.objects.visible_to(user)
    return proposals.select_related("client", "agreement", "prepared_by", "decision__decided_by", "decision__entry")
