"""What a feed of activity is narrowed to; it stands in the address."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.clients.models import Agreement, AgreementQuerySet
from portal.journal.feed import labels
from portal.journal.models import EventQuerySet
from portal.web.forms import FilterForm

FREQUENT = ("backup",)
"""Kinds that come by the hour: they show where they are asked for, lest they bury the rest."""


class ActivityFilter(FilterForm):
    """What it happened to, and under which agreement. An unknown filter is refused, never ignored. BAD_INPUTS: 2."""

    about = forms.ChoiceField(required=False)
    agreement = forms.ModelChoiceField(Agreement.objects.none(), required=False, empty_label="Any agreement")

    def __init__(self, *args: Any, agreements: AgreementQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rest = " and ".join(labels()[kind].lower() for kind in FREQUENT if kind in labels())
        everything = f"Everything but {rest}" if rest else "Everything"
        self.fields["about"].choices = [("", everything), *labels().items()]  # type: ignore[attr-defined]
        self.fields["agreement"].queryset = agreements  # type: ignore[attr-defined]

    def narrow(self, events: EventQuerySet) -> EventQuerySet:
        """Return only what was asked for."""
        chosen = self.cleaned_data
        if chosen["agreement"] is not None:
            events = events.filter(agreement=chosen["agreement"])
        if chosen["about"]:
            return events.filter(subject_kind=chosen["about"])
        return events.exclude(subject_kind__in=FREQUENT)
