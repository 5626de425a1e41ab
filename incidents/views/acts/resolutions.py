"""Pages that end an incident, or open it again."""

from __future__ import annotations

from datetime import datetime

from incidents import services
from incidents.forms import acts as forms
from incidents.views.act_page import ActPage, next_due_words
from portal.accounts.models import User
from portal.accounts.permissions import Act


class ResolvePage(ActPage):
    """Solve it. Clause: JS-11, JB-7."""

    act = Act.WORK_INCIDENT
    form_class = forms.ResolveForm
    heading = "Resolve"
    submit = "Resolve and tell the client"

    def perform(self, form: forms.ResolveForm, *, by: User, now: datetime) -> str:
        """Resolve it."""
        cleaned = form.cleaned_data
        services.resolve_incident(
            incident_id=self.standing.incident.pk,
            how=cleaned["how"],
            body=cleaned["body"],
            cause=cleaned.get("cause", ""),
            by=by,
            now=now,
            at=cleaned["at"],
            backdating_reason=cleaned["backdating_reason"],
            downtime=form.downtime(),
            no_downtime=cleaned.get("no_downtime", ""),
        )
        return f"{self.standing.incident.ref} is resolved; {self.standing.incident.client} is told."


class ReopenPage(ActPage):
    """Reopen what was not solved. Clause: T-11."""

    act = Act.WORK_INCIDENT
    form_class = forms.ReopenForm
    heading = "Reopen"
    text = "A new resolution clock starts, with the full target."
    submit = "Reopen"

    def perform(self, form: forms.ReopenForm, *, by: User, now: datetime) -> str:
        """Reopen it."""
        services.reopen_incident(
            incident_id=self.standing.incident.pk, reason=form.cleaned_data["reason"], by=by, now=now
        )
        return f"{self.standing.incident.ref} is open again. {next_due_words(self.standing.incident, at=now)}".strip()


class MergePage(ActPage):
    """Let it go on in another incident."""

    act = Act.WORK_INCIDENT
    form_class = forms.MergeForm
    heading = "Merge into another incident"
    text = "Its open clocks become void, the other's run on. The client is told; a merged report is not reopened."
    submit = "Merge and tell the client"
    style = "btn-danger"

    def perform(self, form: forms.MergeForm, *, by: User, now: datetime) -> str:
        """Merge it."""
        cleaned = form.cleaned_data
        other = services.merge_incident(
            incident_id=self.standing.incident.pk, into=cleaned["into"] or cleaned["reference"], by=by, now=now
        )
        return f"{self.standing.incident.ref} goes on in {other.ref}; {self.standing.incident.client} is told."


class WithdrawPage(ActPage):
    """Take the report back."""

    act = Act.WITHDRAW
    form_class = forms.ReasonForm
    heading = "Withdraw the report"
    text = "Its open clocks become void. A withdrawn report is not reopened."
    submit = "Withdraw it"
    style = "btn-danger"

    def perform(self, form: forms.ReasonForm, *, by: User, now: datetime) -> str:
        """Withdraw it."""
        services.withdraw_incident(
            incident_id=self.standing.incident.pk, reason=form.cleaned_data["reason"], by=by, now=now
        )
        return f"{self.standing.incident.ref} is withdrawn."
