"""Forms of releases. Clause: JS-9, JB-9, JB-12."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.models import Incident, Release
from portal.clients.models import Product
from portal.web.forms import Choice, InstantField, LineField, OnceForm, ProseField

LONGEST_NOTES = 20_000


class PlanReleaseForm(OnceForm):
    """A release, planned or planned anew: then its product and name stand already."""

    product = forms.ModelChoiceField(queryset=Product.objects.all(), empty_label=None)
    ref = LineField(label="Name", max_length=200, help_text="Such as 2027.3.")
    planned_at = InstantField(label="Planned for")
    notes = ProseField(required=False, max_length=LONGEST_NOTES, help_text="Every client on the product reads them.")
    beta = forms.BooleanField(label="A beta release: no promise refers to it", required=False)

    def __init__(self, *args: Any, release: Release | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if release is not None:
            del self.fields["product"], self.fields["ref"]
            for name in ("planned_at", "notes", "beta"):
                self.initial.setdefault(name, getattr(release, name))


class PublishReleaseForm(OnceForm):
    """What a release solves: the open incidents of every client on its product."""

    fixes = forms.TypedMultipleChoiceField(
        label="Incidents that it solves",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="They are resolved by it at the moment of publication.",
    )
    notes = ProseField(required=False, max_length=LONGEST_NOTES, help_text="Every client on the product reads them.")

    def __init__(self, *args: Any, release: Release, candidates: list[Incident], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["fixes"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101  # It is declared above.
        field.choices = [
            (incident.pk, Choice(incident.title, f"{incident.ref}, {incident.client}, {incident.severity}"))
            for incident in candidates
        ]
        if not candidates:
            del self.fields["fixes"]
        self.initial.setdefault("notes", release.notes)
