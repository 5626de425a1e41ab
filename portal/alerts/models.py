"""The outbox: every message that somebody should get, written in the transaction that makes it due."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

UNSENT = Q(accepted_at__isnull=True, suppressed_at__isnull=True, failed_at__isnull=True)


def label_of(kind: str) -> str:
    """Return a kind's name in words, such as `Incident answered`."""
    return kind.replace("_", " ").capitalize()


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, narrowed to how they stand."""

    def unsent(self) -> Self:
        """Only messages that still have to go out, those that travel inside a digest among them."""
        return self.filter(UNSENT)

    def claimable(self, at: datetime) -> Self:
        """Only unsent messages that a sender may take: their time has come and no other sender's lease holds them."""
        return self.unsent().filter(
            Q(claimed_until__isnull=True) | Q(claimed_until__lte=at), digest__isnull=True, not_before__lte=at
        )

    def timed(self) -> Self:
        """Only sent messages that tell how fast the portal alerts: neither detected late nor kept for a digest."""
        return self.filter(
            accepted_at__isnull=False, due_at__isnull=False, detected_at__isnull=False, collect_at__isnull=True
        )


class Message(models.Model):
    """One message to one address. Facts in order: queued, claimed, accepted; or suppressed, or failed for good."""

    class Channel(models.TextChoices):
        MAIL = "mail", "Mail"

    key = models.CharField(
        max_length=400, unique=True, help_text="What it is about and to whom: the same is never queued twice."
    )
    kind = models.CharField(max_length=40, help_text="What it says, such as breach or warning; names its renderer.")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.MAIL)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    address = models.EmailField(max_length=254)
    agreement = models.ForeignKey(
        "clients.Agreement", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_ref = models.CharField(max_length=200, blank=True)
    event = models.ForeignKey("journal.Event", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    breach = models.ForeignKey("clocks.Breach", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    context: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True, encoder=DjangoJSONEncoder, help_text="What its renderer needs beside the subject."
    )
    subject = models.CharField(max_length=200, blank=True, help_text="What its mail said; empty until it is written.")
    mutable = models.BooleanField(default=True, help_text="Contractual notices are not: nobody can mute them.")
    due_at = models.DateTimeField(null=True, blank=True, help_text="When it fell due; empty when noticed late.")
    detected_at = models.DateTimeField(null=True, blank=True, help_text="When the flagger noticed.")
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField(help_text="When the sender may try it, next after a failure.")
    collect_at = models.DateTimeField(
        null=True, blank=True, help_text="When its reader's digest is due; empty: it goes out at once, on its own."
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    claim_token = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="When the mail server took it.")
    suppressed_at = models.DateTimeField(null=True, blank=True)
    suppressed_reason = models.CharField(max_length=200, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    digest = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="parts",
        # Nearly every message is in no digest: a full index would be chosen for exactly those by SQLite's planner.
        db_index=False,
        help_text="The one mail that said this and others.",
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ("-queued_at", "-id")
        indexes = [
            # The sender's claim and the watchdog's oldest: what still has to go out, however much went out before.
            models.Index(fields=["not_before", "id"], name="message_unsent", condition=UNSENT),
            models.Index(fields=["digest"], name="message_parts", condition=Q(digest__isnull=False)),
            # How much an address got within the last minute.
            models.Index(fields=["address", "accepted_at"], name="message_by_address"),
            # The outbox page, newest first, one keyset after another.
            models.Index(fields=["queued_at", "id"], name="message_newest"),
            # The newest alerts whose speed is known, for the published latency.
            models.Index(
                fields=["accepted_at", "id"],
                name="message_timed",
                condition=Q(accepted_at__isnull=False, due_at__isnull=False, detected_at__isnull=False),
            ),
            # The figure of failures on the dashboard.
            models.Index(fields=["failed_at"], name="message_failed", condition=Q(failed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"

    @property
    def label(self) -> str:
        """Its kind in words, such as `Incident answered`."""
        return label_of(self.kind)


class Preference(models.Model):
    """How a person wants to be told of what they may mute; without a row, of everything and at once."""

    class Rhythm(models.TextChoices):
        AT_ONCE = "at_once", "At once"
        HOURLY = "hourly", "Every hour"
        DAILY = "daily", "Every day"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    muted: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, blank=True, help_text="Names of kinds that are not mailed."
    )

    class Meta:
        ordering = ("user_id",)

    def __str__(self) -> str:
        return f"{self.get_rhythm_display()} to {self.user}"


class Heartbeat(models.Model):
    """When a background process last finished a full cycle: the flagger's tick, the sender's round."""

    name = models.CharField(max_length=20, unique=True)
    finished_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
