"""Forms of acts on many incidents at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from incidents.forms.acts import LONGEST_REASON, choice_field, colleagues
from incidents.forms.queue import filter_of
from incidents.models import Incident, Problem
from incidents.services.bulk import MOST_AT_ONCE
from portal.accounts.models import Team, User
from portal.web.forms import LineField, OnceForm, ProseField, make_alternatives

LONGEST_ID = 18


class IncidentsField(forms.Field):
    """Incidents by their numbers; cleaned to those that the user may see."""

    widget = forms.MultipleHiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="Incidents", **kwargs)
        self.user: User | None = None

    def clean(self, value: Any) -> list[Incident]:
        numbers = {str(number) for number in value or []}
        if not numbers:
            raise ValidationError("No incident is chosen. Go back and choose one.")
        if len(numbers) > MOST_AT_ONCE:
            raise ValidationError(f"{len(numbers)} incidents are chosen. Choose at most {MOST_AT_ONCE}.")
        if any(not (number.isascii() and number.isdigit() and len(number) <= LONGEST_ID) for number in numbers):
            raise ValidationError("One of the chosen is no incident. Go back and choose again.")
        assert self.user is not None  # noqa: S101  # The form gives it.
        found = Incident.objects.visible_to(self.user).filter(pk__in=[int(number) for number in numbers])
        incidents = list(found.select_related("client", "assignee").order_by("rank", "reported_at", "id"))
        if len(incidents) != len(numbers):
            raise ValidationError("One of the chosen incidents does not exist. Go back and choose again.")
        return incidents


class BulkForm(OnceForm):
    """The chosen incidents, and the filter of the queue to go back to."""

    incident = IncidentsField()
    back = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["incident"]
        assert isinstance(field, IncidentsField)  # noqa: S101  # As declared above.
        field.user = by

    def clean_back(self) -> str:
        """Return the filter as the queue writes it, nothing where it does not know it."""
        form = filter_of(self.cleaned_data["back"])
        return form.canonical() if form is not None else ""

    def chosen(self) -> list[int]:
        """Return the numbers of the chosen incidents."""
        return [incident.pk for incident in self.cleaned_data["incident"]]


class BulkAssignForm(BulkForm):
    """To whom."""

    assignee = colleagues()
    team = forms.ModelChoiceField(queryset=Team.objects.all(), required=False, empty_label="Each agreement's team")
    note = ProseField(
        label="What they should know",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BulkLinkForm(BulkForm):
    """To which problem. Clause: JS-13."""

    MOST_PROBLEMS = 200

    problem = forms.ChoiceField(label="Known problem", required=False)
    new_problem = LineField(
        label="Or a new problem's name", required=False, max_length=60, help_text="Short, such as PRB-12."
    )
    problem_title = LineField(label="The new problem's title", required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        make_alternatives(self, "problem", "new_problem", "problem_title")
        problems = Problem.objects.all()[: self.MOST_PROBLEMS]
        choice_field(self, "problem").choices = [
            ("", "None of these"),
            *((problem.ref, str(problem)) for problem in problems),
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


class BulkWatchForm(BulkForm):
    """Who is to watch."""

    user = colleagues()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].required = True
        self.fields["user"].label = "Colleague"
