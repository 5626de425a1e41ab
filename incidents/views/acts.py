"""What staff do to one incident, each act a page of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from incidents import services
from incidents.forms import acts as forms
from incidents.moves import moves_of_reclassification
from incidents.views.act_page import ActPage, next_due_words
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clocks.words import target_label


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


class WaitPage(ActPage):
    """Wait for somebody. Clause: T-6, JB-6."""

    act = Act.WORK_INCIDENT
    form_class = forms.WaitForm
    heading = "Wait for somebody"
    text = "A second wait replaces the first. The client's answer ends a wait for the client at its own instant."
    submit = "Start waiting"

    def perform(self, form: forms.WaitForm, *, by: User, now: datetime) -> str:
        """Start the wait."""
        services.wait_for(incident_id=self.standing.incident.pk, on=form.cleaned_data["on"], by=by, now=now)
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
    submit = "Ask the client"

    def perform(self, form: forms.InformationForm, *, by: User, now: datetime) -> str:
        """Ask for it."""
        services.ask_information(
            incident_id=self.standing.incident.pk, items=form.cleaned_data["items"], by=by, now=now
        )
        return f"{self.standing.incident.client} was asked by mail, and sees the list in the portal."


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


class ReclassifyPage(ActPage):
    """Give another severity. Clause: JS-4, T-7."""

    act = Act.RECLASSIFY
    form_class = forms.ReclassifyForm
    heading = "Reclassify"
    text = "A higher severity can only bring deadlines nearer, a lower one can only move them out."
    submit = "Reclassify and tell the client"
    template = "incidents/reclassify.html"

    def asks_again(self, form: forms.ReclassifyForm) -> bool:
        """Show first what moves."""
        return form.unseen()

    def shown_with(self, form: forms.ReclassifyForm) -> dict[str, Any]:
        """Show what the chosen severity moves."""
        severity = form.chosen()
        moves = moves_of_reclassification(self.standing, severity) if severity else None
        return {"moves": moves, "severity": severity}

    def perform(self, form: forms.ReclassifyForm, *, by: User, now: datetime) -> str:
        """Move the clocks."""
        cleaned = form.cleaned_data
        services.reclassify_incident(
            incident_id=self.standing.incident.pk,
            severity=cleaned["severity"],
            reason=cleaned["reason"],
            by=by,
            now=now,
        )
        told = f"Now {cleaned['severity']}; the support contacts are told."
        return f"{told} {next_due_words(self.standing.incident, at=now)}".strip()


class ReclassifyMoves(ReclassifyPage):
    """What the chosen severity would move, as a part of the page that loads by itself."""

    http_method_names = ("get",)

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the moves of the severity in the address, or the button that asks for them."""
        form = self.form_class(request.GET, standing=self.standing)
        return render(request, "incidents/_moves.html", self.shown_with(form) | {"page": self, "now": self.now})


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


class LinkPage(ActPage):
    """Link it to a problem. Clause: JS-13."""

    act = Act.WORK_INCIDENT
    form_class = forms.LinkForm
    heading = "Link to a problem"
    text = "Incidents of one problem share a root cause. The client does not see the link."
    submit = "Link"

    def perform(self, form: forms.LinkForm, *, by: User, now: datetime) -> str:
        """Link it."""
        cleaned = form.cleaned_data
        problem = services.link_problem(
            incident_id=self.standing.incident.pk,
            problem_ref=cleaned["problem"] or cleaned["new_problem"],
            title=cleaned["problem_title"],
            by=by,
            now=now,
        )
        return f"Linked to {problem}."


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


class DeterminePage(ActPage):
    """Find it unsupported. Clause: JS-2."""

    act = Act.DETERMINE
    form_class = forms.DetermineForm
    heading = "Not covered by support"
    text = "Its open clocks become void, and the client is told why. This is not taken back."
    submit = "Record it and tell the client"
    style = "btn-danger"

    def perform(self, form: forms.DetermineForm, *, by: User, now: datetime) -> str:
        """Record it."""
        cleaned = form.cleaned_data
        services.determine_unsupported(
            incident_id=self.standing.incident.pk,
            category=cleaned["category"],
            reason=cleaned["reason"],
            by=by,
            now=now,
        )
        return f"{self.standing.incident.ref} has no deadlines any more; {self.standing.incident.client} is told why."


class AttributePage(ActPage):
    """Lay the cause elsewhere. Clause: JB-7."""

    act = Act.ATTRIBUTE
    form_class = forms.AttributeForm
    heading = "The cause is not ours"
    text = "The resolution clock becomes void, a recorded breach included, and the client is told why."
    submit = "Record it and tell the client"
    style = "btn-danger"

    def perform(self, form: forms.AttributeForm, *, by: User, now: datetime) -> str:
        """Record it."""
        cleaned = form.cleaned_data
        services.attribute_cause(
            incident_id=self.standing.incident.pk, cause=cleaned["cause"], reason=cleaned["reason"], by=by, now=now
        )
        return f"{self.standing.incident.ref} has no resolution time; {self.standing.incident.client} is told why."


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


class AssignPage(ActPage):
    """Give it to somebody."""

    act = Act.WORK_INCIDENT
    form_class = forms.AssignForm
    heading = "Assign"
    text = "Who is assigned is told of its breaches first."
    submit = "Assign"

    def perform(self, form: forms.AssignForm, *, by: User, now: datetime) -> str:
        """Assign it."""
        assignee = form.cleaned_data["assignee"]
        services.assign_incident(
            incident_id=self.standing.incident.pk,
            assignee_id=assignee.pk if assignee is not None else None,
            by=by,
            now=now,
        )
        return f"Assigned to {assignee}." if assignee is not None else "Assigned to nobody."


class VoidBreachPage(ActPage):
    """Let a recorded breach no longer count."""

    act = Act.VOID_BREACH
    form_class = forms.ReasonForm
    heading = "Void this breach"
    text = "The breach stays on record with your name and this reason, and no longer counts, in credits neither."
    submit = "Void this breach"
    style = "btn-danger"

    def prepare(self) -> None:
        """Name the clock; one without a breach that counts is not there."""
        self.target, self.ordinal = self.kwargs["target"], self.kwargs["ordinal"]
        clock = self.standing.state.clocks.get((self.target, self.ordinal))
        if clock is None or clock.breached_at is None:
            raise Http404

    def perform(self, form: forms.ReasonForm, *, by: User, now: datetime) -> str:
        """Void it."""
        services.void_breach(
            incident_id=self.standing.incident.pk,
            target=self.target,
            ordinal=self.ordinal,
            reason=form.cleaned_data["reason"],
            by=by,
            now=now,
        )
        return f"The breach of {target_label(self.target, self.ordinal).lower()} no longer counts."
