"""Pages that start a clock which had to wait."""

from __future__ import annotations

from datetime import datetime

from incidents import services
from incidents.forms import acts as forms
from incidents.views.act_page import ActPage, next_due_words
from portal.accounts.models import User
from portal.accounts.permissions import Act


class DiagnosticsPage(ActPage):
    """Say that the requested diagnostics are there. Clause: JB-4."""

    act = Act.WORK_INCIDENT
    form_class = forms.ConfirmForm
    heading = "Diagnostics are complete"
    text = "The time to answer starts now."
    submit = "Diagnostics are complete"

    def perform(self, form: forms.ConfirmForm, *, by: User, now: datetime) -> str:
        """Start the response clock."""
        services.complete_diagnostics(incident_id=self.standing.incident.pk, by=by, now=now)
        return f"The response clock runs. {next_due_words(self.standing.incident, at=now)}".strip()


class ReproducePage(ActPage):
    """Say that staff saw the fault. Clause: JB-5."""

    act = Act.WORK_INCIDENT
    form_class = forms.ConfirmForm
    heading = "The fault is reproduced"
    text = "The time to resolve it starts now."
    submit = "It is reproduced"

    def perform(self, form: forms.ConfirmForm, *, by: User, now: datetime) -> str:
        """Start the resolution clock."""
        services.reproduce_incident(incident_id=self.standing.incident.pk, by=by, now=now)
        return f"The resolution clock runs. {next_due_words(self.standing.incident, at=now)}".strip()
