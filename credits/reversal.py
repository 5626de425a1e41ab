"""A reversal as a proposal: an entry that was wrong is taken back by its negation, once a second person agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from credits.models import Approval, Entry, Proposal
from credits.proposals import Evidence, Kind, Payload, Shown, Title, payload_of, source_of, today_for
from credits.services.caps import require_bounds_without
from credits.services.posting import reverse_entry
from portal.accounts.models import User

REVERSAL = "reversal"
"""The kind's name, and the scope of what it proposes and posts."""


class ReversalPayload(Payload, frozen=True):
    """The entry that is taken back, by its id, and its kind in words."""

    entry: int
    what: str


class ReversalKind(Kind):
    """Something that was posted and should not have been."""

    label = "Reversal"
    payload = ReversalPayload
    waivable = False

    def titles(self, proposals: Sequence[Proposal]) -> Mapping[int, Title]:
        """Return what each is called. No query."""
        payloads: dict[int, ReversalPayload] = {proposal.pk: payload_of(proposal) for proposal in proposals}
        return {pk: Title(f"Reversed: {it.what.lower()} of entry {it.entry}") for pk, it in payloads.items()}

    def describe(self, proposal: Proposal, user: User) -> Shown:
        """Return the entry. No query."""
        payload: ReversalPayload = payload_of(proposal)
        page = reverse("entry", args=[payload.entry])
        return Shown(evidence=(Evidence(f"Entry {payload.entry}", payload.what, page),))

    def post(self, proposal: Proposal, *, approval: Approval, by: User, now: datetime) -> Entry:
        """Post the exact negation."""
        payload: ReversalPayload = payload_of(proposal)
        entry = Entry.objects.get(pk=payload.entry, client=proposal.client_id)
        require_bounds_without(entry)
        return reverse_entry(
            entry=entry,
            approval=approval,
            scope=proposal.scope,
            key=proposal.key,
            effective_on=today_for(proposal, now),
            by=by,
            now=now,
            source=source_of(proposal),
        )
