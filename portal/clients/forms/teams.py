"""Teams, their rota, and absences of the staff."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from portal.accounts.models import STAFF_ROLES, Team, User
from portal.web.forms import InstantField, LineField, OnceForm, ZoneField


def _staff() -> Any:
    return User.objects.filter(role__in=STAFF_ROLES, is_active=True)


class TeamForm(OnceForm):
    """A team: its people, and from which share of a target on they are told."""

    name = LineField(max_length=100)
    zone = ZoneField(label="Time zone", help_text="Its rota is written in it.")
    members = forms.ModelMultipleChoiceField(
        User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, help_text="Told together."
    )
    manager = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Nobody")
    team_from = forms.IntegerField(
        label="Team told from (%)",
        min_value=0,
        max_value=100,
        help_text="Of a target's time. The assignee is told of every warning; where nobody is assigned, the team is.",
    )
    manager_from = forms.IntegerField(
        label="Manager told from (%)", min_value=0, max_value=100, help_text="Of a target's time; 100 is the breach."
    )

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"zone": "America/New_York", "team_from": 75, "manager_from": 90}
        if team is not None:
            plain = ("name", "zone", "manager", "team_from", "manager_from")
            initial = {name: getattr(team, name) for name in plain} | {"members": list(team.members.all())}
        super().__init__(*args, initial=initial, **kwargs)
        for name in ("members", "manager"):
            self.fields[name].queryset = _staff()  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what the services take."""
        names = ("name", "zone", "members", "manager", "team_from", "manager_from")
        return {name: self.cleaned_data[name] for name in names}


class ShiftForm(OnceForm):
    """Who is on call, from when to when, in the team's zone."""

    user = forms.ModelChoiceField(User.objects.none(), label="Who", empty_label=None)
    begins_at = InstantField(label="From")
    ends_at = InstantField(label="Until")

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = team.members.filter(is_active=True)  # type: ignore[attr-defined]
        for name in ("begins_at", "ends_at"):
            self.fields[name].zone = ZoneInfo(team.zone)  # type: ignore[attr-defined]


class AbsenceForm(OnceForm):
    """Who is away, from when to when, and who stands in."""

    user = forms.TypedChoiceField(label="Who is away", coerce=int)
    begins_at = InstantField(label="From")
    ends_at = InstantField(label="Back at")
    stand_in = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, by: User, manages: bool, **kwargs: Any) -> None:
        super().__init__(*args, initial={"user": by.pk}, **kwargs)
        # Both fields choose among the same people, who are read once.
        self._people: dict[int, User] = {user.pk: user for user in _staff()}
        everybody = [(pk, user.name) for pk, user in self._people.items()]
        away, stand_in = self.fields["user"], self.fields["stand_in"]
        assert isinstance(away, forms.ChoiceField)  # noqa: S101  # Both are declared above.
        assert isinstance(stand_in, forms.ChoiceField)  # noqa: S101
        away.choices = everybody if manages else [(by.pk, by.name)]
        stand_in.choices = [("", "Nobody"), *everybody]

    def values(self) -> dict[str, Any]:
        """Return what the services take."""
        return {
            "user": self._people[self.cleaned_data["user"]],
            "stand_in": self._people.get(self.cleaned_data["stand_in"]),
            "begins_at": self.cleaned_data["begins_at"],
            "ends_at": self.cleaned_data["ends_at"],
        }
