"""The report of an incident, by the client or on its behalf. Clause: JS-1, JS-4, JB-2, JB-4, JB-12."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.forms.acts import LONGEST_BODY, choice_field, severity_choices
from incidents.models import Category
from portal.clients.models import Agreement
from portal.contract.terms import Terms
from portal.journal.attachments import RULES
from portal.web.forms import Choice, FilesField, LineField, OnceForm, ProseField

CATEGORIES = [
    (Category.AVAILABILITY, Choice("It can't be reached", "The service is down for everybody or for many.", "JS-1")),
    (Category.NONCONFORMITY, Choice("It does not work as it should", "A fault in what the service does.", "JS-1")),
    (
        Category.GENERAL,
        Choice("A question, or help with using it", "Answered as soon as practicable, without a deadline.", "JS-2"),
    ),
    (Category.ENHANCEMENT, Choice("A wish for something new", "Kept and answered, without a deadline.", "JS-2")),
    (
        Category.OTHER,
        Choice("Something else", "Changed by others, a third party's, or not our software. No deadline.", "JS-2"),
    ),
]


class ReportForm(OnceForm):
    """What is wrong, how bad it is, and what the agreement's terms ask along with it.

    Under terms that know beta versions the reporter says whether it is one; under terms that list diagnostics, whether
    they are all there.
    """

    title = LineField(label="What is wrong, in one line", max_length=300)
    severity = forms.ChoiceField(label="How bad it is", widget=forms.RadioSelect)
    category = forms.ChoiceField(
        label="What it is about", widget=forms.RadioSelect, choices=CATEGORIES, initial=Category.NONCONFORMITY
    )
    description = ProseField(
        label="What happens",
        max_length=LONGEST_BODY,
        help_text="What you did, what you saw, since when, and whom it touches.",
    )
    attachments = FilesField(label="Files", help_text=f"Logs, screenshots. {RULES}")
    diagnostics = forms.MultipleChoiceField(
        label="What your description holds", required=False, widget=forms.CheckboxSelectMultiple
    )
    version = LineField(label="Version", required=False, max_length=100)
    beta = forms.BooleanField(label="This is a beta version", required=False)

    def __init__(self, *args: Any, agreement: Agreement, terms: Terms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreement = agreement
        support = terms.document.support
        assert support is not None  # noqa: S101  # Agreements without support are not offered.
        choice_field(self, "severity").choices = severity_choices(terms)
        self.asked = list(support.diagnostics.value) if support.diagnostics is not None else []
        if self.asked:
            field = choice_field(self, "diagnostics")
            field.choices = [(str(place), text) for place, text in enumerate(self.asked)]
            field.help_text = "The time to answer starts when all of it is there (JB-4). You can add the rest later."
        else:
            del self.fields["diagnostics"]
        if support.beta_unsupported is None or not support.beta_unsupported.value:
            del self.fields["beta"]

    def facts(self) -> dict[str, Any]:
        """Return what the report's service takes."""
        cleaned = self.cleaned_data
        return {
            "title": cleaned["title"],
            "severity": cleaned["severity"],
            "category": cleaned["category"],
            "description": cleaned["description"],
            "files": cleaned["attachments"],
            "version": cleaned["version"],
            "beta": cleaned.get("beta", False),
            "diagnostics": len(cleaned.get("diagnostics", [])) == len(self.asked),
        }
