"""Who works on an incident next, and who watches it."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.forms.acts.act_form import LONGEST_REASON, ActForm
from portal.accounts.models import STAFF_ROLES, Team, User
from portal.web.forms import ProseField


def colleagues() -> forms.ModelChoiceField[User]:
    """Return a field of the provider's people whose login is open."""
    return forms.ModelChoiceField(
        queryset=User.objects.filter(role__in=STAFF_ROLES, is_active=True), required=False, empty_label="Nobody"
    )


class AssignForm(ActForm):
    """Who works on it next, and what they should know."""

    assignee = colleagues()
    team = forms.ModelChoiceField(queryset=Team.objects.all(), required=False, empty_label="The agreement's team")
    note = ProseField(
        label="What they should know",
        required=False,
        max_length=LONGEST_REASON,
        help_text="They are told by mail. The client never sees this.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        incident = self.standing.incident
        self.initial.setdefault("assignee", incident.assignee_id)
        self.initial.setdefault("team", incident.team_id)
        if incident.agreement.team is not None:
            self.fields["team"].empty_label = f"The agreement's: {incident.agreement.team}"  # type: ignore[attr-defined]  # django-stubs types the values of `fields` as Field.


class WatcherForm(ActForm):
    """A colleague who is to watch."""

    user = forms.ModelChoiceField(queryset=User.objects.none(), label="Colleague", empty_label="Choose somebody")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(client=by.client_id, is_active=True)
        self.fields["user"].queryset = people.exclude(watches__incident=self.standing.incident)  # type: ignore[attr-defined]  # As above.
