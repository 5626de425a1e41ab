"""What a client asks for on request and for a price. Clause: JB-14."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from credits.models.scope import OwnedQuerySet
from portal.clients.models import Agreement, Client


class ServiceRequestQuerySet(OwnedQuerySet):
    """Service requests, narrowed to what a user may see and to how they stand."""

    def open(self) -> Self:
        """Only requests that nobody closed."""
        return self.filter(closed_at__isnull=True)


class ServiceRequest(models.Model):
    """A client's wish for work that its fee does not cover: quoted, accepted, done, charged. Clause: JB-14."""

    class Kind(models.TextChoices):
        ON_SITE = "on_site", "On-site support"
        INSTALLATION = "installation", "Installation"
        TRAINING = "training", "Training"

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        WITHDRAWN = "withdrawn", "Withdrawn by the client"
        REFUSED = "refused", "Not possible"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="service_requests")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="service_requests")
    ref = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=300)
    wish = models.TextField(max_length=10_000)
    wanted_on = models.DateField(null=True, blank=True, help_text="The day the client would like, if it named one.")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    outcome_words = models.CharField(max_length=2000, blank=True)

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at", "-id")
        constraints = [
            models.CheckConstraint(
                name="service_request_closed_with_its_outcome",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
            ),
        ]
        # A client's requests and everybody's, newest first.
        indexes = [
            models.Index(fields=["client", "-requested_at", "-id"], name="service_request_of_client"),
            models.Index(fields=["-requested_at", "-id"], name="service_request_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still works on it."""
        return self.closed_at is None
