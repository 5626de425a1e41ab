"""Pages on which staff write."""

from __future__ import annotations

from datetime import datetime

from incidents import services
from incidents.forms import acts as forms
from incidents.views.act_page import ActPage, next_due_words
from portal.accounts.models import User
from portal.accounts.permissions import Act


class ReplyPage(ActPage):
    """Write to the client. Clause: JS-6 to JS-9."""

    act = Act.WORK_INCIDENT
    form_class = forms.ReplyForm
    heading = "Reply to the client"
    submit = "Send to the client"

    def perform(self, form: forms.ReplyForm, *, by: User, now: datetime) -> str:
        """Send the message."""
        cleaned = form.cleaned_data
        services.answer_incident(
            incident_id=self.standing.incident.pk,
            body=cleaned["body"],
            files=cleaned["attachments"],
            by=by,
            now=now,
            at=cleaned["at"],
            backdating_reason=cleaned["backdating_reason"],
        )
        return f"Sent to {self.standing.incident.client}. {next_due_words(self.standing.incident, at=now)}".strip()


class NotePage(ActPage):
    """Write a note that the client never sees."""

    act = Act.WORK_INCIDENT
    form_class = forms.NoteForm
    heading = "Internal note"
    submit = "Save internal note"
    style = "btn-internal"

    def perform(self, form: forms.NoteForm, *, by: User, now: datetime) -> str:
        """Save the note."""
        cleaned = form.cleaned_data
        services.note_internally(
            incident_id=self.standing.incident.pk, body=cleaned["body"], files=cleaned["attachments"], by=by, now=now
        )
        return "Note saved. Only staff see it."
