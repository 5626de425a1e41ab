"""The outbox: every message that somebody should get, written in the transaction that makes it due."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q


class Message(models.Model):
    """One message to one address. Facts in order: queued, claimed, accepted; or suppressed, or failed for good."""

    class Channel(models.TextChoices):
        MAIL = "mail", "Mail"

    key = models.CharField(max_length=200, unique=True, help_text="What it is about and to whom: the same is never queued twice.")
    kind = models.CharField(max_length=40, help_text="What it says, such as breach or warning; names the templates.")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.MAIL)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    address = models.EmailField(max_length=254)
    agreement = models.ForeignKey("clients.Agreement", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_ref = models.CharField(max_length=200, blank=True)
    event = models.ForeignKey("journal.Event", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    breach = models.ForeignKey("clocks.Breach", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    context = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder, help_text="What its templates need beside the subject.")
    mutable = models.BooleanField(default=True, help_text="Contractual notices are not: nobody can mute them.")
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField(help_text="When the sender may try it, next after a failure.")
    claimed_until = models.DateTimeField(null=True, blank=True)
    claim_token = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="When the mail server took it.")
    suppressed_at = models.DateTimeField(null=True, blank=True)
    suppressed_reason = models.CharField(max_length=200, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    digest = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="parts", help_text="The one mail that said this and others.")

    class Meta:
        ordering = ("-queued_at", "-id")
        indexes = [
            # The sender's claim: what still has to go out, oldest first.
            models.Index(
                fields=["not_before", "id"],
                name="message_unsent",
                condition=Q(accepted_at__isnull=True, suppressed_at__isnull=True, failed_at__isnull=True),
            ),
            models.Index(fields=["address", "queued_at"], name="message_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"
