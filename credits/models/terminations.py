"""The exercise of a right to end an order form. Clause: JB-11."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from credits.models.accounts import Unit
from credits.models.proposals import Proposal
from credits.models.scope import OwnedQuerySet
from portal.clients.models import Agreement, Client


class TerminationQuerySet(OwnedQuerySet):
    """Terminations, narrowed to what a user may see."""


class Termination(models.Model):
    """The client's written notice: who gave it, by which name, when, and the day on which the order form ends.

    Never changed or removed. The months are those that gave the right, the refund is what the day gives back.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="termination")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150, help_text="As the person signed.")
    given_at = models.DateTimeField()
    ends_on = models.DateField(help_text="The first day without it, in the agreement's zone.")
    months: models.JSONField[list[str], list[str]] = models.JSONField(help_text="The months under target.")
    right_at = models.DateTimeField(help_text="When the right arose.")
    refund_minor = models.BigIntegerField(null=True, blank=True, help_text="Empty: nothing was prepaid.")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    proposal = models.OneToOneField(
        Proposal,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="termination",
        help_text="Of the refund.",
    )

    objects = TerminationQuerySet.as_manager()

    class Meta:
        ordering = ("-given_at", "-id")
        constraints = [
            models.CheckConstraint(
                name="termination_refund_has_a_unit",
                condition=models.Q(refund_minor__isnull=True, unit__isnull=True)
                | models.Q(refund_minor__gte=0, unit__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement.ref} ends on {self.ends_on}"
