"""The filters of the staff's first screen and of the search; each stands in the address."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.db.models import Exists, OuterRef, Q

from incidents.models import Incident
from portal.accounts.models import User
from portal.clients.models import Client
from portal.clients.today import Asked
from portal.clocks.models import ClockQuerySet
from portal.web.forms import FilterForm, LineField, NamedChoiceField

WHOSE = {"mine": "Mine", "team": "Team", "all": "All"}


class HomeFilter(FilterForm):
    """Whose promises: those on my own incidents and clients, my teams' agreements, or all; and of which client."""

    whose = forms.ChoiceField(choices=list(WHOSE.items()), required=False)
    client = NamedChoiceField(queryset=Client.objects.all(), required=False)

    def asked(self, user: User, *, at: datetime) -> Asked:
        """Return the same question as the modules' sources are asked it."""
        client = self.cleaned_data["client"]
        return Asked(
            user=user,
            at=at,
            whose=self.cleaned_data["whose"] or "all",
            client_id=client.pk if client is not None else None,
        )

    def narrow(self, clocks: ClockQuerySet, user: User) -> ClockQuerySet:
        """Return the clocks that are asked for."""
        if self.cleaned_data["client"] is not None:
            clocks = clocks.filter(agreement__client=self.cleaned_data["client"])
        if self.cleaned_data["whose"] == "team":
            return clocks.filter(agreement__team__in=user.teams.all())
        if self.cleaned_data["whose"] == "mine":
            assigned = Incident.objects.filter(
                agreement=OuterRef("agreement"), ref=OuterRef("subject_ref"), assignee=user
            )
            mine = Q(subject_kind="incident") & Q(Exists(assigned))
            return clocks.filter(mine | Q(agreement__client__relationship_manager=user))
        return clocks


class SearchFilter(FilterForm):
    """The words that are looked for."""

    q = LineField(label="Search for", required=False, max_length=200)
