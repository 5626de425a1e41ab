"""What an incident is tied to: a problem, and another incident."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.forms.acts.act_form import ActForm, choice_field
from incidents.models import Incident, Problem
from portal.web.forms import LineField, make_alternatives


class LinkForm(ActForm):
    """A problem that the incident shares with others: one of the list, or a new one. Clause: JS-13."""

    MOST_PROBLEMS = 200

    problem = forms.ChoiceField(label="Known problem", required=False)
    new_problem = LineField(
        label="Or a new problem's name", required=False, max_length=60, help_text="Short, such as PRB-12."
    )
    problem_title = LineField(label="The new problem's title", required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        make_alternatives(self, "problem", "new_problem", "problem_title")
        choice_field(self, "problem").choices = [
            ("", "None of these"),
            *((problem.ref, str(problem)) for problem in Problem.objects.all()[: self.MOST_PROBLEMS]),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse both a known and a new problem, and neither."""
        cleaned = super().clean() or {}
        known, new = cleaned.get("problem"), cleaned.get("new_problem")
        if known and new:
            self.add_error("new_problem", "A known problem is chosen as well. Leave one of the two empty.")
        if not known and not new and not self.errors:
            self.add_error("problem", "Nothing is chosen. Choose a problem, or name a new one below.")
        if new and not cleaned.get("problem_title") and not Problem.objects.filter(ref=new).exists():
            self.add_error("problem_title", "A new problem needs a title. Say in a line what is wrong.")
        return cleaned


class MergeForm(ActForm):
    """The other incident, by its reference; the latest open ones of the agreement are offered."""

    MOST_OFFERED = 200

    into = forms.ChoiceField(label="It goes on in", required=False)
    reference = LineField(
        label="Or another one's reference", required=False, max_length=200, help_text="Such as INC-1002."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        incident = self.standing.incident
        others = Incident.objects.open().filter(agreement=incident.agreement_id).exclude(pk=incident.pk)
        make_alternatives(self, "into", "reference")
        choice_field(self, "into").choices = [
            ("", "None of these"),
            *((other.ref, str(other)) for other in others[: self.MOST_OFFERED]),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse both a chosen and a typed incident, and neither."""
        cleaned = super().clean() or {}
        if cleaned.get("into") and cleaned.get("reference"):
            self.add_error("reference", "One is chosen as well. Leave one of the two empty.")
        if not cleaned.get("into") and not cleaned.get("reference") and not self.errors:
            self.add_error("into", "Nothing is chosen. Choose an incident, or write its reference below.")
        return cleaned
