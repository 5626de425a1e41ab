"""Pages of who works on an incident, and who watches it; a client's people follow their company's incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from incidents import services
from incidents.forms import acts as forms
from incidents.views.act_page import ActPage, ClientActPage
from portal.accounts.models import User
from portal.accounts.permissions import Act


class AssignPage(ActPage):
    """Give it to somebody, or hand it over to a team."""

    act = Act.WORK_INCIDENT
    form_class = forms.AssignForm
    heading = "Assign"
    text = "Who is assigned is told of its breaches first; without anybody the team is."
    submit = "Assign"

    def perform(self, form: forms.AssignForm, *, by: User, now: datetime) -> str:
        """Assign it."""
        assignee, team = form.cleaned_data["assignee"], form.cleaned_data["team"]
        services.hand_over_incident(
            incident_id=self.standing.incident.pk,
            assignee_id=assignee.pk if assignee is not None else None,
            team_id=team.pk if team is not None else None,
            note=form.cleaned_data["note"],
            by=by,
            now=now,
        )
        whom = " of ".join(str(one) for one in (assignee, team) if one is not None)
        return f"Assigned to {whom or 'nobody'}."


class TakePage(ActPage):
    """Take it oneself."""

    act = Act.WORK_INCIDENT
    form_class = forms.ConfirmForm
    heading = "Take it"
    text = "It is assigned to you; you are told of its breaches first."
    submit = "Take it"

    def perform(self, form: forms.ConfirmForm, *, by: User, now: datetime) -> str:
        """Assign it to who asks."""
        services.assign_incident(incident_id=self.standing.incident.pk, assignee_id=by.pk, by=by, now=now)
        return f"{self.standing.incident.ref} is yours."


class WatchersPage(ActPage):
    """Who watches it, and another colleague to watch."""

    act = Act.WORK_INCIDENT
    form_class = forms.WatcherForm
    heading = "Watchers"
    text = "Watchers are told what the client writes and is told, and of breaches. They need not work on it."
    submit = "Let them watch"
    template = "incidents/watchers.html"

    def make_form(self, *args: Any, **kwargs: Any) -> forms.WatcherForm:
        """Return the form with the colleagues of who asks."""
        return self.form_class(*args, standing=self.standing, by=self.user, **kwargs)

    def shown_with(self, form: forms.WatcherForm) -> dict[str, Any]:
        """Show who watches of one's own side."""
        watches = self.standing.incident.watches.filter(user__client=self.user.client_id)
        return {"watches": watches.select_related("user", "added_by")}

    def perform(self, form: forms.WatcherForm, *, by: User, now: datetime) -> str:
        """Add them."""
        user = form.cleaned_data["user"]
        services.watch_incident(incident_id=self.standing.incident.pk, user_id=user.pk, by=by, now=now)
        return f"{user} watches {self.standing.incident.ref}."


class WatchPage(ActPage):
    """Watch it oneself."""

    act = Act.COMMENT
    form_class = forms.ConfirmForm
    heading = "Watch"
    text = "You are told what the client writes and is told, and of breaches, without working on it."
    submit = "Watch it"

    def perform(self, form: forms.ConfirmForm, *, by: User, now: datetime) -> str:
        """Watch it."""
        services.watch_incident(incident_id=self.standing.incident.pk, user_id=by.pk, by=by, now=now)
        return f"You watch {self.standing.incident.ref}."


class UnwatchPage(ActPage):
    """Stop watching, oneself or somebody of one's own side."""

    act = Act.COMMENT
    form_class = forms.ConfirmForm
    heading = "Stop watching"
    submit = "Stop watching"

    def perform(self, form: forms.ConfirmForm, *, by: User, now: datetime) -> str:
        """Stop it."""
        services.unwatch_incident(
            incident_id=self.standing.incident.pk, user_id=self.kwargs.get("user_id", by.pk), by=by
        )
        return f"No longer told of {self.standing.incident.ref}, but for what concerns the work on it."


class ClientFollowPage(ClientActPage):
    """Follow one's company's incident."""

    act = Act.COMMENT
    form_class = forms.ConfirmForm
    heading = "Follow this incident"
    text = "You are told by mail what we write and do on it."
    submit = "Follow it"

    def perform(self, form: forms.ConfirmForm, *, by: User, now: datetime) -> str:
        """Follow it."""
        services.watch_incident(incident_id=self.standing.incident.pk, user_id=by.pk, by=by, now=now)
        return f"You follow {self.standing.incident.ref}."


class ClientUnfollowPage(ClientActPage):
    """Stop following it."""

    act = Act.COMMENT
    form_class = forms.ConfirmForm
    heading = "Stop following"
    text = "You are no longer told of it, unless you reported it or are a designated support contact."
    submit = "Stop following"

    def perform(self, form: forms.ConfirmForm, *, by: User, now: datetime) -> str:
        """Stop it."""
        services.unwatch_incident(incident_id=self.standing.incident.pk, user_id=by.pk, by=by)
        return f"You no longer follow {self.standing.incident.ref}."
