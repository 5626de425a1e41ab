"""The form of a saved view."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from incidents.forms.queue import filter_of
from incidents.models import SavedView
from portal.accounts.models import Team, User
from portal.web.forms import LineField, OnceForm


class SavedViewForm(OnceForm):
    """A name for a filter, whom it is shared with, and whether the queue begins with it."""

    name = LineField(max_length=60)
    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), label="Shared with", required=False, empty_label="Nobody: only I see it"
    )
    is_default = forms.BooleanField(label="My queue begins with it", required=False)
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def __init__(self, *args: Any, by: User, view: SavedView | None = None, query: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = self.fields["team"]
        assert isinstance(teams, forms.ModelChoiceField)  # noqa: S101  # As declared above.
        teams.queryset = by.teams.all()
        self.initial.update(
            {"name": view.name, "team": view.team_id, "is_default": view.is_default, "query": view.query}
            if view is not None
            else {"query": query}
        )

    def clean_query(self) -> str:
        """Return the filter as the queue itself writes it; what the queue does not know is refused."""
        form = filter_of(self.cleaned_data["query"])
        if form is None:
            raise ValidationError("The queue does not know this filter. Filter it anew, then save that.")
        return form.canonical()
