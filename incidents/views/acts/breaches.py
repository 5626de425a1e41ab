"""The page that lets a breach no longer count."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404

from incidents import services
from incidents.forms import acts as forms
from incidents.views.act_page import ActPage
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clocks.words import target_label


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
