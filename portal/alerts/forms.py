"""What the outbox page is filtered by; it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from portal.alerts.models import MessageQuerySet, Preference
from portal.web.forms import Choice, FilterForm, LineField, PortalForm

STATES = {
    "waiting": "Waiting",
    "sent": "Sent",
    "suppressed": "Suppressed",
    "failed": "Failed",
}


class PreferencesForm(PortalForm):
    """How a person wants to be told of what they may mute. `kinds` are their side's, by name with their label."""

    rhythm = forms.ChoiceField(
        label="When",
        choices=[
            (Preference.Rhythm.AT_ONCE, Choice("At once", "Each in a mail of its own.")),
            (Preference.Rhythm.HOURLY, Choice("Every hour", "Together, at the full hour.")),
            (Preference.Rhythm.DAILY, Choice("Every day", "Together, at 08:00 where you are.")),
        ],
        widget=forms.RadioSelect,
    )
    mailed = forms.MultipleChoiceField(label="Mailed to me", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, kinds: Mapping[str, str], preference: Preference, **kwargs: Any) -> None:
        initial = {"rhythm": preference.rhythm, "mailed": [kind for kind in kinds if kind not in preference.muted]}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["mailed"].choices = list(kinds.items())  # type: ignore[attr-defined]
        self.kinds = kinds

    def muted(self) -> set[str]:
        """Return the kinds that were turned off."""
        return set(self.kinds) - set(self.cleaned_data["mailed"])


class OutboxFilter(FilterForm):
    """How messages stand and whom they are to. Any other filter is refused, lest it look as if it were applied."""

    state = forms.ChoiceField(choices=list(STATES.items()), required=False)
    to = LineField(max_length=254, required=False)

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
