"""The page that gives another severity, and its preview."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from incidents import services
from incidents.forms import acts as forms
from incidents.moves import moves_of_reclassification
from incidents.views.act_page import ActPage, next_due_words
from portal.accounts.models import User
from portal.accounts.permissions import Act


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
