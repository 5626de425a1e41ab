"""The client's page on which it says that a resolution solved it; a mail's link leads here. Clause: T-11."""

from __future__ import annotations

from datetime import datetime

from incidents.forms.verdicts import SolvedForm
from incidents.services.verdicts import confirm_resolution
from incidents.views.act_page import ClientActPage
from portal.accounts.models import User
from portal.accounts.permissions import Act


class ClientSolvedPage(ClientActPage):
    """Confirm the resolution, and rate it; who was not helped goes on to reopen it."""

    act = Act.COMMENT
    form_class = SolvedForm
    heading = "Is it solved?"
    submit = "It is solved"
    template = "incidents/support_solved.html"

    def perform(self, form: SolvedForm, *, by: User, now: datetime) -> str:
        """Keep the client's word."""
        confirm_resolution(
            incident_id=self.standing.incident.pk,
            stars=form.rating(),
            body=form.cleaned_data["words"],
            by=by,
            now=now,
        )
        return "Thank you. It stays solved unless you open it again."
