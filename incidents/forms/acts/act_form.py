"""What all forms of acts share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from incidents.standing import Standing
from incidents.versions import Version
from portal.web.forms import InstantField, LineField, OnceForm, ProseField

LONGEST_BODY = 20_000
LONGEST_REASON = 2_000


def choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    """Return a form's field of choices, to be filled from the terms."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  # A slip of the programmer's, not of the user's.
    return field


class VersionField(forms.CharField):
    """What the sender had seen of an incident: hidden, cleaned to a `Version`, or to None where it is left out."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Version | None:
        text = super().clean(value)
        try:
            return Version.read(text) if text else None
        except ValueError:
            raise ValidationError("This form is damaged. Load the page again and fill it in anew.") from None


class ActForm(OnceForm):
    """A form on one incident. `folded` names the fields that a page keeps out of sight until they are asked for.

    `version` says what the sender had seen of it; a page that lives says so itself (`incidents/_live_thread.html`).
    """

    folded: tuple[str, ...] = ()

    version = VersionField()

    def __init__(self, *args: Any, standing: Standing, version: Version | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        self.initial["version"] = version

    def plain_fields(self) -> Iterable[forms.BoundField]:
        """Return the fields that everybody fills in."""
        return [field for field in self.visible_fields() if field.name not in self.folded]

    def folded_fields(self) -> Iterable[forms.BoundField]:
        """Return the fields for the rare case."""
        return [self[name] for name in self.folded]

    def folded_open(self) -> bool:
        """Return whether one of the rare fields was filled in or refused."""
        return any(self[name].errors or self[name].value() for name in self.folded)


class ConfirmForm(ActForm):
    """An act without any field of its own."""


class ReasonForm(ActForm):
    """An act that needs a reason and nothing else."""

    reason = ProseField(max_length=LONGEST_REASON)


class BackdatedForm(ActForm):
    """An act that keeps a promise, and may be recorded later than it was done. BAD_INPUTS: 38."""

    folded = ("at", "backdating_reason")

    at = InstantField(label="Done at", required=False)
    backdating_reason = LineField(
        label="Why it is recorded later",
        required=False,
        max_length=LONGEST_REASON,
        help_text="The client does not see this. It stands beside the act and its breach.",
    )
