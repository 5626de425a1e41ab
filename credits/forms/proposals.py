"""The forms of proposals: which are listed, and the word that is said to one."""

from __future__ import annotations

from typing import Any

from django import forms

from credits.models.proposals import ProposalQuerySet
from credits.proposals import all_kinds
from credits.services.proposals import LONGEST_REASON
from portal.clients.models import Client
from portal.web.forms import FilterForm, NamedChoiceField, OnceForm, ProseField

STATES = {"waiting": "Waiting", "decided": "Decided", "all": "All"}
APPROVE, WAIVE, DECLINE, WITHDRAW = "approve", "waive", "decline", "withdraw"
VERDICTS = {APPROVE: "Approve", WAIVE: "Waive", DECLINE: "Decline", WITHDRAW: "Withdraw"}


class ProposalFilter(FilterForm):
    """Which proposals. An unknown value is refused, never ignored. BAD_INPUTS: 2."""

    state = forms.ChoiceField(choices=list(STATES.items()), required=False)
    client = NamedChoiceField(queryset=Client.objects.all(), required=False, empty_label="Any client")
    kind = forms.ChoiceField(choices=(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted((name, kind.label) for name, kind in all_kinds().items())
        self.fields["kind"].choices = [("", "Any kind"), *kinds]  # type: ignore[attr-defined]

    def selects(self) -> list[forms.BoundField]:
        """Return the fields that are lists to choose from."""
        return [self["client"], self["kind"]]

    def narrow(self, proposals: ProposalQuerySet) -> ProposalQuerySet:
        """Return the proposals that are asked for; those that wait unless others are."""
        asked = self.cleaned_data
        state = asked["state"] or "waiting"
        if state != "all":
            proposals = proposals.filter(decision__isnull=state == "waiting")
        if asked["client"]:
            proposals = proposals.filter(client=asked["client"])
        if asked["kind"]:
            proposals = proposals.filter(kind=asked["kind"])
        return proposals


class DecisionForm(OnceForm):
    """The word that is said to a proposal, and why: each word is a button of its own."""

    verdict = forms.ChoiceField(choices=list(VERDICTS.items()), widget=forms.HiddenInput)
    reason = ProseField(
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed for every word but approval. Where it concerns the client, it reads this.",
    )
