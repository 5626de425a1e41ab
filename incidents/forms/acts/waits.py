"""Waits: for whom, why and until when, and for what information."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from incidents.forms.acts.act_form import LONGEST_REASON, ActForm, choice_field
from portal.web.forms import Choice, InstantField, ProseField


class WaitForm(ActForm):
    """Whom work waits for, why, and until when it should. Clause: T-6, JB-6."""

    on = forms.ChoiceField(label="Wait for", widget=forms.RadioSelect)
    reason = ProseField(
        label="Why",
        required=False,
        max_length=LONGEST_REASON,
        help_text="Both sides read this.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    expected_at = InstantField(label="Expected to be over by", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stops = self.standing.state.plan.stops
        clauses = self.standing.state.plan.clauses
        choice_field(self, "on").choices = [
            (on, Choice(label, _stops_words(stops[on]), clauses[on]))
            for on, label in (("client", "The client"), ("third_party", "A third party"))
        ]
        waiting_on = self.standing.incident.waiting_on
        if waiting_on in ("client", "third_party"):
            self.initial.setdefault("on", waiting_on)
            wait = self.standing.wait
            if wait is not None:
                self.initial.setdefault("reason", wait.reason)
                self.initial.setdefault("expected_at", wait.expected_at)


def _stops_words(targets: Iterable[str]) -> str:
    stopped = [
        word for target, word in (("response", "first response"), ("resolution", "resolution")) if target in targets
    ]
    return f"Stops {' and '.join(stopped)}." if stopped else "Stops no clock under these terms."


class InformationForm(ActForm):
    """What is asked of the client, one thing a line. Clause: JS-12."""

    items = ProseField(label="What we need", max_length=6_000, help_text="One thing a line, at most 20.")
    expected_at = InstantField(label="Expected by", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        information = self.standing.support.information
        self.initial.setdefault("items", "\n".join(information.value) if information is not None else "")

    def clean_items(self) -> list[str]:
        """Return the lines that say something."""
        return [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
