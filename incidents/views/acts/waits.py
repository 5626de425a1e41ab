"""Pages of waits."""

from __future__ import annotations

from datetime import datetime

from incidents import services
from incidents.forms import acts as forms
from incidents.views.act_page import ActPage, next_due_words
from portal.accounts.models import User
from portal.accounts.permissions import Act


class WaitPage(ActPage):
    """Wait for somebody. Clause: T-6, JB-6."""

    act = Act.WORK_INCIDENT
    form_class = forms.WaitForm
    heading = "Wait for somebody"
    text = (
        "A second wait replaces the first. The client's answer ends a wait for the client at its own instant. "
        "The expected end moves no clock: it is told to both sides, and you are reminded when it passes."
    )
    submit = "Start waiting"

    def perform(self, form: forms.WaitForm, *, by: User, now: datetime) -> str:
        """Start the wait."""
        cleaned = form.cleaned_data
        services.wait_for(
            incident_id=self.standing.incident.pk,
            on=cleaned["on"],
            reason=cleaned["reason"],
            expected_at=cleaned["expected_at"],
            by=by,
            now=now,
        )
        return "Waiting. What the terms let stop has stopped."


class ResumePage(ActPage):
    """End the wait. Clause: T-6."""

    act = Act.WORK_INCIDENT
    form_class = forms.ConfirmForm
    heading = "End the wait"
    text = "What stood still counts again from now on."
    submit = "Resume"

    def perform(self, form: forms.ConfirmForm, *, by: User, now: datetime) -> str:
        """End it."""
        services.resume_incident(incident_id=self.standing.incident.pk, by=by, now=now)
        return f"Counting again. {next_due_words(self.standing.incident, at=now)}".strip()


class AskPage(ActPage):
    """Ask the client for information. Clause: JS-12."""

    act = Act.WORK_INCIDENT
    form_class = forms.InformationForm
    heading = "Ask the client for information"
    text = "The expected end moves no clock: it is told to both sides, and you are reminded when it passes."
    submit = "Ask the client"

    def perform(self, form: forms.InformationForm, *, by: User, now: datetime) -> str:
        """Ask for it."""
        services.ask_information(
            incident_id=self.standing.incident.pk,
            items=form.cleaned_data["items"],
            expected_at=form.cleaned_data["expected_at"],
            by=by,
            now=now,
        )
        return f"{self.standing.incident.client} was asked by mail, and sees the list in the portal."
