"""What of the money at stake is asked for."""

from __future__ import annotations

from django import forms

from portal.web.forms import FilterForm


class ExposureFilter(FilterForm):
    """One client's only, or everybody's."""

    client = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
