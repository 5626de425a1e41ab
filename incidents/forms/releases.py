"""Forms of releases. Clause: JS-9, JB-9, JB-12."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.models import Incident, Release, ReleaseQuerySet
from incidents.services.releasing import LONGEST_NOTES
from portal.clients.models import Product
from portal.web.forms import Choice, FilterForm, InstantField, LineField, OnceForm, ProseField


class ReleaseFilter(FilterForm):
    """The filters of the list; they stand in the address."""

    kind = forms.ChoiceField(choices=[("general", "General"), ("beta", "Beta")], required=False)
    state = forms.ChoiceField(choices=[("planned", "Planned"), ("published", "Published")], required=False)

    def narrow(self, releases: ReleaseQuerySet) -> ReleaseQuerySet:
        """Return the releases that are asked for."""
        if kind := self.cleaned_data["kind"]:
            releases = releases.filter(beta=kind == "beta")
        if state := self.cleaned_data["state"]:
            releases = releases.filter(published_at__isnull=state == "planned")
        return releases


class PlanReleaseForm(OnceForm):
    """A release, planned or planned anew: then its product and name stand already."""

    product = forms.ModelChoiceField(queryset=Product.objects.all(), empty_label=None)
    ref = LineField(label="Name", max_length=200, help_text="Such as 2027.3.")
    planned_at = InstantField(label="Planned for")
    notes = ProseField(required=False, max_length=LONGEST_NOTES, help_text="Every client on the product reads them.")
    beta = forms.BooleanField(
        label="A beta release",
        required=False,
        help_text="It goes to every client that asked for betas, to all at once (JB-15). No promise means it.",
    )

    def __init__(self, *args: Any, release: Release | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if release is not None:
            # Clients were told of it as what it is.
            del self.fields["product"], self.fields["ref"], self.fields["beta"]
            for name in ("planned_at", "notes"):
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
    notes = ProseField(max_length=LONGEST_NOTES, help_text="What is new. Everybody whom it goes to gets them by mail.")

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
