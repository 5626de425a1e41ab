"""The form of a canned reply."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.canned import PLACEHOLDERS
from incidents.models import CannedReply
from incidents.services.canned import LONGEST_CANNED
from portal.accounts.models import Team, User
from portal.web.forms import LineField, OnceForm, ProseField

FILLED_IN = ", ".join(f"{{{name}}} {what}" for name, what in PLACEHOLDERS.items())


class CannedReplyForm(OnceForm):
    """A title to find it by, the text, and who may use it."""

    title = LineField(max_length=100)
    body = ProseField(
        label="Text",
        max_length=LONGEST_CANNED,
        help_text=f"Filled in where it is used: {FILLED_IN}.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    team = forms.ModelChoiceField(
        queryset=Team.objects.none(), label="For", required=False, empty_label="Everybody on the staff"
    )

    def __init__(self, *args: Any, by: User, reply: CannedReply | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = self.fields["team"]
        assert isinstance(teams, forms.ModelChoiceField)  # noqa: S101  # As declared above.
        teams.queryset = by.teams.all()
        if reply is not None:
            self.initial.update({"title": reply.title, "body": reply.body, "team": reply.team_id})
