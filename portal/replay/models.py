"""Histories that staff judged under one contract or two, kept for some days; they touch nothing of the portal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models

from portal.accounts.models import User
from portal.clients.models import validate_zone


class RunQuerySet(models.QuerySet["Run"]):
    """Runs, narrowed to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Staff see every run; clients' people see none."""
        return self if user.is_active and user.is_provider else self.none()


class Run(models.Model):
    """An uploaded history and what was asked of it. The file is kept compressed, so that web and worker share it."""

    class Source(models.TextChoices):
        HISTORY = "history", "A history (JSON Lines)"
        SERVICENOW = "servicenow", "ServiceNow's audit of incidents (CSV)"

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Judged"
        REFUSED = "refused", "Refused"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=12, choices=Source.choices)
    zone = models.CharField(max_length=64, blank=True, validators=[validate_zone])
    severities: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        default=dict, blank=True, help_text="What the file's severities become where a contract does not have them."
    )
    fee: models.JSONField[dict[str, str] | None, dict[str, str] | None] = models.JSONField(
        null=True, blank=True, help_text="A monthly fee in place of the file's: amount and currency."
    )
    content = models.BinaryField()
    created_at = models.DateTimeField()
    asked_at = models.DateTimeField(help_text="When a worker was last asked to judge it.")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    progress = models.CharField(max_length=200, blank=True)
    refusal = models.TextField(blank=True, help_text="Why it could not be read: line or row, field and remedy.")

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.name

    @property
    def took(self) -> timedelta | None:
        """How long the judging took."""
        return self.finished_at - self.started_at if self.finished_at and self.started_at else None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in (self.State.DONE, self.State.REFUSED)


class Side(models.Model):
    """A run under one contract: the whole document as it stood then, and what came of it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="sides")
    letter = models.CharField(max_length=1)
    title = models.CharField(max_length=200)
    terms: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    summary: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    attainment: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True, help_text="By month and severity, [met, due] of the provider's promises."
    )
    findings: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list, blank=True)
    availability: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list, blank=True
    )
    credits: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("run", "letter")
        constraints = [models.UniqueConstraint(fields=["run", "letter"], name="side_once_in_its_run")]

    def __str__(self) -> str:
        return f"{self.letter}, {self.title}"


class SideBreach(models.Model):
    """A promise that would have been broken under one contract."""

    side = models.ForeignKey(Side, on_delete=models.CASCADE, related_name="breaches")
    subject = models.CharField(max_length=221)
    target = models.CharField(max_length=30)
    ordinal = models.PositiveIntegerField()
    severity = models.CharField(max_length=31, blank=True)
    clause = models.CharField(max_length=10)
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("due_at", "id")
        verbose_name_plural = "side breaches"
        indexes = [models.Index(fields=["side", "due_at", "id"], name="side_breach_in_order")]

    def __str__(self) -> str:
        return f"{self.target} {self.ordinal} of {self.subject}"

    @property
    def name(self) -> str:
        """The subject without its kind."""
        return self.subject.partition(":")[2]

    @property
    def promise(self) -> str:
        """What was promised, in words."""
        words = self.target.replace("_", " ").capitalize()
        return f"{words} {self.ordinal}" if self.ordinal > 1 else words

    @property
    def over(self) -> timedelta | None:
        """How late it was kept; None where it never was."""
        return self.met_at - self.due_at if self.met_at else None
