"""Pages of what support does not cover."""

from __future__ import annotations

from datetime import datetime

from incidents import services
from incidents.forms import acts as forms
from incidents.views.act_page import ActPage
from portal.accounts.models import User
from portal.accounts.permissions import Act


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
