"""The second person's word for what costs money."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from credits.models.scope import OwnedQuerySet
from portal.clients.models import Client


class ApprovalQuerySet(OwnedQuerySet):
    """Approvals, narrowed to what a user may see."""


class Approval(models.Model):
    """The fact that somebody other than its author approved something; never changed or removed."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the portal itself prepared it.",
    )
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ("-approved_at", "-id")
        constraints = [
            models.CheckConstraint(
                name="approval_by_a_second_person",
                condition=Q(prepared_by__isnull=True) | ~Q(prepared_by=F("approved_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"Approved by {self.approved_by} at {self.approved_at:%Y-%m-%d %H:%M} UTC"
