"""The filters of the staff's queue; each stands in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from incidents.models import RANKS, SEVERITIES, Incident, IncidentQuerySet
from portal.accounts.models import User
from portal.clients.models import Client
from portal.web.forms import PortalForm
from portal.web.words import severity_sign

WHOSE = {"open": "Open", "mine": "Mine", "all": "All"}
ORDERS = {
    "severity": ("Severity, then receipt", ["rank", "reported_at", "id"]),
    "due": ("Soonest due", ["due_next", "id"]),
    "newest": ("Newest", ["-reported_at", "-id"]),
}
LONGEST_SEARCH = 200


class QueueFilter(PortalForm):
    """Which incidents, and in what order. An unknown value is refused, never ignored. BAD_INPUTS: 2, 16."""

    whose = forms.ChoiceField(choices=list(WHOSE.items()), required=False)
    client = forms.ModelChoiceField(queryset=Client.objects.all(), required=False, empty_label="Any client")
    severity = forms.ChoiceField(
        choices=[("", "Any severity"), *((name, severity_sign(name).word) for names in SEVERITIES for name in names)],
        required=False,
    )
    status = forms.ChoiceField(choices=[("", "Any status"), *Incident.Status.choices], required=False)
    order = forms.ChoiceField(choices=[(name, label) for name, (label, _) in ORDERS.items()], required=False)
    q = forms.CharField(label="Reference or title", required=False, max_length=LONGEST_SEARCH)

    def selects(self) -> list[forms.BoundField]:
        """Return the fields that are lists to choose from."""
        return [self[name] for name in ("client", "severity", "status", "order")]

    def narrow(self, incidents: IncidentQuerySet, user: User) -> tuple[IncidentQuerySet, list[str]]:
        """Return the incidents that are asked for, and the columns in whose order they stand."""
        asked: dict[str, Any] = self.cleaned_data
        whose = asked["whose"] or "open"
        if whose != "all" and not asked["status"]:
            incidents = incidents.open()
        if whose == "mine":
            incidents = incidents.filter(assignee=user)
        if asked["client"]:
            incidents = incidents.filter(client=asked["client"])
        if asked["severity"]:
            # Its rank follows from it; said as well, the index that orders by rank begins where these stand.
            incidents = incidents.filter(severity=asked["severity"], rank=RANKS[asked["severity"]])
        if asked["status"]:
            incidents = incidents.filter(status=asked["status"])
        if asked["q"]:
            incidents = incidents.filter(Q(ref__icontains=asked["q"]) | Q(title__icontains=asked["q"]))
        order = asked["order"] or ("newest" if whose == "all" else "severity")
        return incidents, ORDERS[order][1]
