"""Severities: the choice, and another one."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.forms.acts.act_form import LONGEST_REASON, ActForm, choice_field
from portal.contract.explain import measure_text
from portal.contract.terms import SeverityTerms, Terms
from portal.web.forms import Choice, ProseField
from portal.web.words import severity_sign


def severity_choices(terms: Terms) -> list[tuple[str, Choice]]:
    """Return the severities of terms with what each means and promises, the most severe first. Clause: JS-4, JS-5."""
    support = terms.document.support
    return [(severity.name, severity_choice(severity, terms)) for severity in support.severities] if support else []


def severity_choice(severity: SeverityTerms, terms: Terms) -> Choice:
    """Return a severity's label, meaning and first promises."""
    promises = (
        ("first response within", terms.promise(severity.name, "response")),
        ("resolution within", terms.promise(severity.name, "resolution")),
    )
    words = [f"{what} {measure_text(promise)}" for what, promise in promises if promise is not None]
    promised = ", ".join(words).replace("within the next release", "with the next release")
    detail = f"{severity.meaning.value} {promised[:1].upper()}{promised[1:]}." if promised else severity.meaning.value
    return Choice(severity_sign(severity.name).word, detail, severity.meaning.clause)


class ReclassifyForm(ActForm):
    """Another severity, and why. Clause: JS-4.

    `preview` is the button that asks what moves; `seen` the severity whose moves the page shows.
    """

    severity = forms.ChoiceField(widget=forms.RadioSelect)
    reason = ProseField(
        max_length=LONGEST_REASON, help_text="The support contacts are told, with this reason and the moved deadlines."
    )
    preview = forms.BooleanField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.standing.state.severity
        self.offered = [choice for choice in severity_choices(self.standing.terms) if choice[0] != now]
        choice_field(self, "severity").choices = self.offered

    def chosen(self) -> str:
        """Return the severity that is chosen, '' for none of those offered."""
        chosen = self["severity"].value()
        return next((name for name, _ in self.offered if name == chosen), "")

    def unseen(self) -> bool:
        """Return whether the reader asked, or has to be shown, what moves before it moves."""
        cleaned = self.cleaned_data
        return bool(cleaned["preview"]) or cleaned["seen"] not in ("", cleaned["severity"])
