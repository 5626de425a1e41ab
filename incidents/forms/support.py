"""The filter of a client's incidents; it stands in the address."""

from __future__ import annotations

from django import forms

from incidents.forms.queue import LONGEST_SEARCH
from incidents.models import Incident, IncidentQuerySet
from portal.web.forms import FilterForm

STATES = {"all": "All", "open": "Open", "solved": "Resolved"}


class SupportFilter(FilterForm):
    """Which of its incidents a client's person looks for. An unknown filter or value is refused. BAD_INPUTS: 2, 16."""

    state = forms.ChoiceField(choices=list(STATES.items()), required=False)
    q = forms.CharField(label="Reference or title", required=False, max_length=LONGEST_SEARCH)

    def narrow(self, incidents: IncidentQuerySet) -> IncidentQuerySet:
        """Return the incidents that are asked for."""
        if self.cleaned_data["state"] == "open":
            incidents = incidents.open()
        elif self.cleaned_data["state"] == "solved":
            incidents = incidents.filter(status=Incident.Status.RESOLVED)
        if self.cleaned_data["q"]:
            incidents = incidents.mentioning(self.cleaned_data["q"])
        return incidents
