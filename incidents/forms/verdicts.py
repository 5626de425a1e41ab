"""The client's word on a resolution. Clause: T-11."""

from __future__ import annotations

from django import forms

from incidents.forms.acts import LONGEST_REASON, ActForm
from portal.web.forms import ProseField

STARS = [("5", "5, very good"), ("4", "4"), ("3", "3"), ("2", "2"), ("1", "1, very bad")]


class SolvedForm(ActForm):
    """That it is solved, and, for those who like to say it, how they were served."""

    stars = forms.ChoiceField(label="How well were you served", required=False, widget=forms.RadioSelect, choices=STARS)
    words = ProseField(label="In your words", required=False, max_length=LONGEST_REASON)

    def rating(self) -> int | None:
        """Return the stars, None where nobody chose any."""
        chosen = self.cleaned_data["stars"]
        return int(chosen) if chosen else None
