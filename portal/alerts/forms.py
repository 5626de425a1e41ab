"""What the outbox page is filtered by; it stands in the address."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.alerts.models import MessageQuerySet
from portal.web.forms import LineField, PortalForm

PAGING = {"after", "size"}

STATES = {
    "waiting": "Waiting",
    "sent": "Sent",
    "suppressed": "Suppressed",
    "failed": "Failed",
}


class OutboxFilter(PortalForm):
    """How messages stand and whom they are to. Any other filter is refused, lest it look as if it were applied."""

    state = forms.ChoiceField(choices=list(STATES.items()), required=False)
    to = LineField(max_length=254, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse filters that this list does not have."""
        unknown = sorted(set(self.data) - set(self.fields) - PAGING)
        if unknown:
            raise forms.ValidationError(
                f"There is no filter “{unknown[0][:40]}”. Filter by {' or '.join(self.fields)}."
            )
        return self.cleaned_data

    def narrow(self, messages: MessageQuerySet) -> MessageQuerySet:
        """Return only the messages asked for."""
        chosen: dict[str, Any] = self.cleaned_data
        match chosen["state"]:
            case "waiting":
                messages = messages.unsent()
            case "sent":
                messages = messages.filter(accepted_at__isnull=False)
            case "suppressed":
                messages = messages.filter(suppressed_at__isnull=False)
            case "failed":
                messages = messages.filter(failed_at__isnull=False)
        return messages.filter(address__iexact=chosen["to"]) if chosen["to"] else messages
