"""Pages on which staff write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from incidents import services
from incidents.canned import canned_for, filled
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
    template = "incidents/reply.html"

    def make_form(self, *args: Any, **kwargs: Any) -> forms.ReplyForm:
        """Return the form with the canned replies that the person may use; it begins at the message."""
        form = self.form_class(*args, standing=self.standing, canned=canned_for(self.user), **kwargs)
        form.fields["body"].widget.attrs["autofocus"] = True
        return form

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Put a canned reply below what is written and show it, or send what is written."""
        if "insert" not in request.POST:
            return super().post(request, **kwargs)
        sent = self.make_form(request.POST, request.FILES)
        reply = sent.inserted()
        written = request.POST.get("body", "").strip()
        inserted = filled(reply, self.standing.incident, self.user) if reply is not None else ""
        kept = {name: request.POST.get(name, "") for name in ("at", "backdating_reason", "submission", "version")}
        body = "\n\n".join(part for part in (written, inserted) if part)
        return self._show(self.make_form(initial={**kept, "body": body}, version=kept["version"]))

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

    def make_form(self, *args: Any, **kwargs: Any) -> forms.NoteForm:
        """Return the form; it begins at the note."""
        form = self.form_class(*args, standing=self.standing, **kwargs)
        form.fields["body"].widget.attrs["autofocus"] = True
        return form

    def perform(self, form: forms.NoteForm, *, by: User, now: datetime) -> str:
        """Save the note."""
        cleaned = form.cleaned_data
        services.note_internally(
            incident_id=self.standing.incident.pk, body=cleaned["body"], files=cleaned["attachments"], by=by, now=now
        )
        return "Note saved. Only staff see it."
