"""The filters of the staff's queue; each stands in the address."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict

from incidents.models import RANKS, SEVERITIES, Incident, IncidentQuerySet, Problem
from portal.accounts.models import User
from portal.clients.models import Client, Product
from portal.web.forms import FilterForm, LineField, NamedChoiceField
from portal.web.words import severity_sign

WHOSE = {"open": "Open", "mine": "Mine", "none": "Unassigned", "team": "My teams", "all": "All"}
ORDERS = {
    "severity": ("Severity, then receipt", ["rank", "reported_at", "id"]),
    "due": ("Soonest due", ["due_next", "id"]),
    "newest": ("Newest", ["-reported_at", "-id"]),
}
WAITING = {"any": "Anybody", "client": "The client", "third_party": "A third party"}
LONGEST_SEARCH = 200


class QueueFilter(FilterForm):
    """Which incidents, and in what order. An unknown filter or value is refused, never ignored. BAD_INPUTS: 2, 16."""

    whose = forms.ChoiceField(choices=list(WHOSE.items()), required=False)
    client = NamedChoiceField(queryset=Client.objects.all(), required=False, empty_label="Any client")
    severity = forms.ChoiceField(
        choices=[("", "Any severity"), *((name, severity_sign(name).word) for names in SEVERITIES for name in names)],
        required=False,
    )
    status = forms.ChoiceField(choices=[("", "Any status"), *Incident.Status.choices], required=False)
    order = forms.ChoiceField(choices=[(name, label) for name, (label, _) in ORDERS.items()], required=False)
    q = forms.CharField(label="Reference or title", required=False, max_length=LONGEST_SEARCH)
    breached = forms.BooleanField(label="A promise is broken", required=False)
    waiting = forms.ChoiceField(label="Waits for", choices=[("", "Waiting or not"), *WAITING.items()], required=False)
    product = NamedChoiceField(queryset=Product.objects.all(), required=False, empty_label="Any product")
    problem = LineField(label="Problem", required=False, max_length=60)

    def selects(self) -> list[forms.BoundField]:
        """Return the fields that are lists to choose from."""
        return [self[name] for name in ("client", "severity", "status", "order")]

    def rare(self) -> list[forms.BoundField]:
        """Return the fields that wait in a fold."""
        return [self[name] for name in ("waiting", "product", "problem", "breached")]

    def rare_on(self) -> bool:
        """Return whether one of those in the fold narrows."""
        return any(self.cleaned_data[field.name] for field in self.rare())

    def narrowed(self) -> bool:
        """Return whether anything but `whose` narrows or orders."""
        return any(value for name, value in self.cleaned_data.items() if name != "whose")

    def clean_problem(self) -> str:
        """Refuse a problem that nobody named."""
        ref: str = self.cleaned_data["problem"]
        if ref and not Problem.objects.filter(ref=ref).exists():
            raise ValidationError(f"No problem is called “{ref}”. Choose one of the problems' page.")
        return ref

    def canonical(self) -> str:
        """Return the address' query that asks for the same: in the form's order, without what asks for nothing."""
        asked = {name: self.data.get(name, "") for name in self.fields if self.cleaned_data.get(name)}
        return urlencode(asked)

    def narrow(self, incidents: IncidentQuerySet, user: User, *, at: datetime) -> tuple[IncidentQuerySet, list[str]]:
        """Return the incidents that are asked for, and the columns in whose order they stand."""
        asked: dict[str, Any] = self.cleaned_data
        whose = asked["whose"] or "open"
        if whose != "all" and not asked["status"]:
            incidents = incidents.open()
        if whose == "mine":
            incidents = incidents.filter(assignee=user)
        elif whose == "none":
            incidents = incidents.filter(assignee__isnull=True)
        elif whose == "team":
            teams = user.teams.all()
            incidents = incidents.filter(Q(team__in=teams) | Q(team__isnull=True, agreement__team__in=teams))
        if asked["client"]:
            incidents = incidents.filter(client=asked["client"])
        if asked["severity"]:
            # Its rank follows from it; said as well, the index that orders by rank begins where these stand.
            incidents = incidents.filter(severity=asked["severity"], rank=RANKS[asked["severity"]])
        if asked["status"]:
            incidents = incidents.filter(status=asked["status"])
        if asked["q"]:
            incidents = incidents.mentioning(asked["q"])
        if asked["breached"]:
            incidents = incidents.open().filter(due_next__lt=at)
        if asked["waiting"]:
            on = {"any": ("client", "information", "third_party"), "client": ("client", "information")}
            incidents = incidents.filter(waiting_on__in=on.get(asked["waiting"], (asked["waiting"],)))
        if asked["product"]:
            incidents = incidents.filter(agreement__product=asked["product"])
        if asked["problem"]:
            incidents = incidents.filter(problem__ref=asked["problem"])
        order = asked["order"] or ("newest" if whose == "all" else "severity")
        return incidents, ORDERS[order][1]


def filter_of(query: str) -> QueueFilter | None:
    """Return the filter that a query asks for, None where the queue does not know it."""
    form = QueueFilter(QueryDict(query))
    return form if form.is_valid() else None
