"""Resolutions and reopenings."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.forms.acts.act_form import LONGEST_BODY, LONGEST_REASON, ActForm, BackdatedForm, choice_field
from incidents.forms.acts.coverage import cause_choices
from incidents.services import Downtime
from incidents.uptime import demands_downtime, open_outage_of
from portal.web.forms import Choice, InstantField, LineField, ProseField, make_alternatives

DOWNTIME_FIELDS = ("start", "end", "no_downtime")


class ResolveForm(BackdatedForm):
    """How it was solved, in words for the client; for an availability incident, how long it lasted.

    Clause: JS-11, JS-17, JB-7.
    """

    how = forms.ChoiceField(
        label="Solved by",
        widget=forms.RadioSelect,
        choices=[
            ("fix", Choice("A fix", "The fault is gone.", "JS-11")),
            ("workaround", Choice("A work-around", "The fault is there, its practical effect is gone.", "JS-11")),
        ],
    )
    cause = forms.ChoiceField(label="Cause", required=False, widget=forms.RadioSelect)
    body = ProseField(label="What was done", max_length=LONGEST_BODY, help_text="The client reads this.")
    start = InstantField(label="The service was down from", required=False)
    end = InstantField(label="It was back at", required=False)
    no_downtime = LineField(
        label="Or why there was no downtime",
        required=False,
        max_length=LONGEST_REASON,
        help_text="Leave it empty where there was some.",
    )

    field_order = ("how", "body", "start", "end", "no_downtime", "cause", "at", "backdating_reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = cause_choices(self.standing)
        if choices:
            choice_field(self, "cause").choices = [("", Choice("Ours, or not known yet")), *choices]
        else:
            del self.fields["cause"]
        incident = self.standing.incident
        if demands_downtime(incident, at=self.standing.at):
            outage = open_outage_of(incident)
            make_alternatives(self, *DOWNTIME_FIELDS)
            self.initial.setdefault("start", outage.starts_at if outage is not None else incident.reported_at)
        else:
            for name in DOWNTIME_FIELDS:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Refuse an outage together with a reason why there was none."""
        cleaned = super().clean() or {}
        if cleaned.get("no_downtime") and cleaned.get("end"):
            self.add_error("no_downtime", "An end of downtime is given as well. Leave one of the two empty.")
        return cleaned

    def downtime(self) -> Downtime | None:
        """Return when the service was down; None where a reason says that it was not."""
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        return Downtime(start, end) if start and not self.cleaned_data["no_downtime"] else None


class ReopenForm(ActForm):
    """What is still wrong: a new resolution clock starts. Clause: T-11."""

    reason = ProseField(label="What is still wrong", max_length=LONGEST_BODY)
