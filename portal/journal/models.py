"""The journal: what happened, in order, for ever; and the findings that the rules drew from it."""

from __future__ import annotations

from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from portal.contract.events import AgreementAmended

AMENDED = AgreementAmended.__struct_config__.tag


class EventQuerySet(models.QuerySet["Event"]):
    """Events in the order in which the rules read them."""

    def in_order(self) -> Self:
        """By instant, equal instants as they were recorded."""
        return self.order_by("at", "id")

    def of_subject(self, kind: str, ref: str) -> Self:
        """Only events on one subject of the agreement already chosen."""
        return self.filter(subject_kind=kind, subject_ref=ref)

    def amendments(self) -> Self:
        """Only the amendments of the agreements already chosen.

        Their subject is said as well, so that the index of histories finds them among an agreement's many events.
        """
        return self.of_subject(AgreementAmended.SUBJECT, "").filter(kind=AMENDED)


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
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The client's person whose part the actor, one of the staff, took.",
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
            # A client's feed, page by page from its newest event.
            models.Index(fields=["client", "at", "id"], name="event_feed"),
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


def random_key(_: Attachment, __: str) -> str:
    """Return where a file is kept: never by the name that its sender gave it. BAD_INPUTS: 18."""
    key = uuid4().hex
    return f"attachments/{key[:2]}/{key}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Files, narrowed to what they came with."""

    def of_subject(self, agreement_id: int, kind: str, ref: str) -> Self:
        """Only files of one subject, as they were sent."""
        return self.filter(agreement=agreement_id, subject_kind=kind, subject_ref=ref).order_by("id")


class Attachment(models.Model):
    """A file that somebody sent with what they wrote on a subject; kept as it came, and never unpacked or run."""

    agreement = models.ForeignKey("clients.Agreement", on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=20)
    subject_ref = models.CharField(max_length=200, blank=True)
    part = models.CharField(max_length=40, help_text="What of the subject it came with, such as comment:12.")
    visible_to_client = models.BooleanField(default=True)
    file = models.FileField(upload_to=random_key)
    name = models.CharField(max_length=150, help_text="As its sender called it, without folders and what forges.")
    size = models.PositiveIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=60, help_text="Read from its first bytes, not from what was claimed.")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = [
            # The files of a conversation, read with each look at it.
            models.Index(fields=["agreement", "subject_kind", "subject_ref", "id"], name="attachment_of_subject"),
        ]

    def __str__(self) -> str:
        return self.name
