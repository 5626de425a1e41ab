"""Waits: for whom, and for what information."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from incidents.forms.acts.act_form import ActForm, choice_field
from portal.web.forms import Choice, ProseField


class WaitForm(ActForm):
    """Whom work waits for. Clause: T-6, JB-6."""

    on = forms.ChoiceField(label="Wait for", widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stops = self.standing.state.plan.stops
        clauses = self.standing.state.plan.clauses
        choice_field(self, "on").choices = [
            (on, Choice(label, _stops_words(stops[on]), clauses[on]))
            for on, label in (("client", "The client"), ("third_party", "A third party"))
        ]


def _stops_words(targets: Iterable[str]) -> str:
    stopped = [
        word for target, word in (("response", "first response"), ("resolution", "resolution")) if target in targets
    ]
    return f"Stops {' and '.join(stopped)}." if stopped else "Stops no clock under these terms."


class InformationForm(ActForm):
    """What is asked of the client, one thing a line. Clause: JS-12."""

    items = ProseField(label="What we need", max_length=6_000, help_text="One thing a line, at most 20.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        information = self.standing.support.information
        self.initial.setdefault("items", "\n".join(information.value) if information is not None else "")

    def clean_items(self) -> list[str]:
        """Return the lines that say something."""
        return [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
