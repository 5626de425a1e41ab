"""The client's page on which it answers what it was asked for. Clause: JS-12."""

from __future__ import annotations

from datetime import datetime

from incidents.forms.answering import AnswerForm
from incidents.services.answering import answer_information
from incidents.views.act_page import ClientActPage
from portal.accounts.models import User
from portal.accounts.permissions import Act


class ClientAnswerPage(ClientActPage):
    """Give what was asked for, a part of it or all: the last of it ends the wait."""

    act = Act.COMMENT
    form_class = AnswerForm
    heading = "What we need from you"
    submit = "Send what is filled in"
    template = "incidents/support_answer.html"

    def perform(self, form: AnswerForm, *, by: User, now: datetime) -> str:
        """Send it."""
        complete = answer_information(incident_id=self.standing.incident.pk, answers=form.answers(), by=by, now=now)
        return "Sent. That is all we need; we go on from here." if complete else "Sent. The rest is still missing."
