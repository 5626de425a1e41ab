"""Pages that tie an incident to a problem."""

from __future__ import annotations

from datetime import datetime

from incidents import services
from incidents.forms import acts as forms
from incidents.views.act_page import ActPage
from portal.accounts.models import User
from portal.accounts.permissions import Act


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
