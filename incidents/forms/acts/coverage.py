"""Coverage: why support does not cover it, or owes no resolution time."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.forms.acts.act_form import LONGEST_REASON, ActForm, choice_field
from incidents.models import Category
from incidents.standing import Standing
from portal.web.forms import Choice, ProseField

CAUSES = {
    "client_misuse": Choice("Misuse by the client", "The fault comes from using it otherwise than agreed.", "JB-7"),
    "outside_control": Choice("Outside our control", "Networks, third parties, force majeure.", "JB-7"),
}


def cause_choices(standing: Standing) -> list[tuple[str, Choice]]:
    """Return the causes that take the resolution time away under the incident's terms. Clause: JB-7."""
    causes = standing.support.void_causes
    return [(cause, CAUSES[cause]) for cause in causes.value] if causes is not None else []


class DetermineForm(ActForm):
    """Why support does not cover it. Clause: JS-2."""

    category = forms.ChoiceField(
        label="It is",
        widget=forms.RadioSelect,
        choices=[
            (Category.GENERAL, Choice("A question or help with using it", "", "JS-2")),
            (Category.ENHANCEMENT, Choice("A wish for something new", "", "JS-2")),
            (
                Category.OTHER,
                Choice("Something else", "Changed by the client, a third party's, the client's own systems.", "JS-2"),
            ),
        ],
    )
    reason = ProseField(max_length=LONGEST_REASON, help_text="The client is told this reason.")


class AttributeForm(ActForm):
    """Where the cause lies. Clause: JB-7."""

    cause = forms.ChoiceField(widget=forms.RadioSelect)
    reason = ProseField(max_length=LONGEST_REASON, help_text="The client is told this reason.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "cause").choices = cause_choices(self.standing)
