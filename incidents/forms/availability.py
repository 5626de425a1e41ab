"""Forms of services: outages, maintenance windows. Clause: JS-17, JS-18, JB-10."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from incidents.errors import WindowOverlapsError
from incidents.models import Incident, Outage
from incidents.services import Downtime
from portal.web.errors import PortalError
from portal.web.forms import Choice, InstantField, OnceForm, ProseField

LONGEST_PURPOSE = 2000
CAUSES = {
    Outage.Cause.UNSCHEDULED: "Nobody planned it.",
    Outage.Cause.EMERGENCY: "A patch that could not wait for a window.",
    Outage.Cause.NETWORK: "Nothing of ours failed; the way to it did.",
    Outage.Cause.CLIENT: "Something that the client did or asked for.",
    Outage.Cause.FORCE_MAJEURE: "Beyond anybody's control: it is no downtime, and the time to end it is void.",
}
"""The causes with what each means, in words."""


class OutageForm(OnceForm):
    """When the service was down, and why; with `outage` it puts a record right."""

    start = InstantField(label="Down from")
    end = InstantField(label="Back at", required=False)
    cause = forms.ChoiceField(
        widget=forms.RadioSelect,
        initial=Outage.Cause.UNSCHEDULED,
        choices=[(cause, Choice(cause.label, detail)) for cause, detail in CAUSES.items()],
    )
    notified_at = InstantField(label="We were told at", required=False)
    incident = forms.TypedChoiceField(label="Part of", required=False, coerce=int, empty_value=None)

    def __init__(
        self, *args: Any, incidents: Iterable[Incident] = (), outage: Outage | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["end"].help_text = "Empty while it is down."
        self.fields["notified_at"].help_text = "Empty for its start. The time to end it counts from here."
        choices = [(incident.pk, f"{incident.ref} {incident.title}") for incident in incidents]
        if outage is not None or not choices:
            del self.fields["incident"]
        else:
            field = self.fields["incident"]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  # It is declared above.
            field.choices = [("", "No incident"), *choices]
        if outage is not None:
            for name, value in (
                ("start", outage.starts_at),
                ("end", outage.ends_at),
                ("cause", outage.cause),
                ("notified_at", outage.notified_at),
            ):
                self.initial.setdefault(name, value)

    def downtime(self) -> Downtime:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return Downtime(cleaned["start"], cleaned["end"], cleaned["cause"], cleaned["notified_at"])


class EndOutageForm(OnceForm):
    """When an open outage was over."""

    end = InstantField(label="Back at")


class MaintenanceForm(OnceForm):
    """A window to announce. What should be thought of first is asked once, with a box to accept it."""

    start = InstantField(label="From")
    end = InstantField(label="To")
    purpose = ProseField(
        label="What is done", max_length=LONGEST_PURPOSE, help_text="The client's support contacts get this by mail."
    )
    agreed = forms.BooleanField(label="The client agreed to this window", required=False)
    overlaps_accepted = forms.BooleanField(label="Announce it all the same", required=False, widget=forms.HiddenInput)

    def refuse(self, error: PortalError) -> None:
        """Show the refusal; after a doubt the box that accepts it is there."""
        if isinstance(error, WindowOverlapsError):
            self.fields["overlaps_accepted"].widget = forms.CheckboxInput()
        super().refuse(error)
