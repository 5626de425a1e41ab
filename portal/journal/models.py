"""The journal: what happened, in order, for ever; and the findings that the rules drew from it."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    """Events in the order in which the rules read them."""

    def in_order(self) -> Self:
        """By instant, equal instants as they were recorded."""
        return self.order_by("at", "id")

    def of_subject(self, kind: str, ref: str) -> Self:
        """Only events on one subject of the agreement already chosen."""
        return self.filter(subject_kind=kind, subject_ref=ref)


class Event(models.Model):
    """One thing that happened. Rows are inserted and never changed: triggers refuse it on both databases.

    `payload` holds typed fields and references only, never texts of people, so that these can be erased.
    """

    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey("clients.Agreement", on_delete=models.PROTECT, related_name="events")
    subject_kind = models.CharField(max_length=20)
    subject_ref = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    visible_to_client = models.BooleanField(default=True)
    shared_ref = models.UUIDField(
        null=True, blank=True, help_text="The same on each agreement's copy of one shared fact."
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = [
            # A subject's history, read in order at every retime.
            models.Index(fields=["agreement", "subject_kind", "subject_ref", "at", "id"], name="event_history"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind}:{self.subject_ref}"


class EventText(models.Model):
    """What people wrote in an event: apart from the journal, so that it can be erased without rewriting history."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="text", primary_key=True)
    texts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return ", ".join(self.texts)


class Finding(models.Model):
    """Something that happened against a clause, as the rules last saw it."""

    agreement = models.ForeignKey("clients.Agreement", on_delete=models.PROTECT, related_name="findings")
    subject = models.CharField(
        max_length=221, help_text="Kind and reference, such as incident:INC-7; 'agreement' for itself."
    )
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    clause = models.CharField(max_length=10)
    message = models.TextField()
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ("at", "subject", "kind")
        constraints = [models.UniqueConstraint(fields=["agreement", "subject", "kind", "at"], name="finding_once")]

    def __str__(self) -> str:
        return self.message
