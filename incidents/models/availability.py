"""The service of an agreement: when it was down, when it was maintained, and which backups checked in.

Outages, windows and check-ins are copies of the journal's events, kept for lists and links; what follows from them is
computed from the journal.
"""

from __future__ import annotations

from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from incidents.models.support import Incident
from portal.accounts.models import User
from portal.clients.models import Agreement

Part = TypeVar("Part", bound=models.Model)


class ServicePartQuerySet(models.QuerySet[Part]):
    """Rows of agreements' services, narrowed to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Staff see all; a client's user sees its own agreements', drafts excepted."""
        if not user.is_active:
            return self.none()
        if user.is_provider:
            return self
        return self.filter(agreement__client_id=user.client_id, agreement__activated_at__isnull=False)


class Outage(models.Model):
    """A time for which the service was down, as last recorded. Clause: JS-17, JS-18, JB-10."""

    class Cause(models.TextChoices):
        UNSCHEDULED = "unscheduled", "Not scheduled"
        FORCE_MAJEURE = "force_majeure", "Force majeure"
        CLIENT = "client", "The client's doing"
        NETWORK = "network", "Networks outside our control"
        EMERGENCY = "emergency", "An emergency patch"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="outages")
    ref = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, help_text="Empty while the service is down.")
    cause = models.CharField(max_length=15, choices=Cause.choices, default=Cause.UNSCHEDULED)
    notified_at = models.DateTimeField(help_text="When the provider was told: the time to end it counts from here.")
    incident = models.ForeignKey(
        Incident,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="outages",
        help_text="What it was part of.",
    )

    objects = ServicePartQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "ref"], name="outage_ref_once_in_its_agreement"),
        ]

    def __str__(self) -> str:
        return self.ref


class NoDowntime(models.Model):
    """The reasoned statement that an availability incident took no downtime. Clause: JS-17."""

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="no_downtime")
    reason = models.CharField(max_length=2000)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "statements of no downtime"

    def __str__(self) -> str:
        return f"{self.incident.ref}: no downtime"


class MaintenanceWindow(models.Model):
    """A time announced for maintenance. Only downtime inside it changes a figure. Clause: JS-18, JB-10."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="maintenance_windows")
    ref = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    agreed = models.BooleanField(default=False, help_text="The client agreed to it, so that no notice is due.")
    announced_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    purpose = models.TextField(max_length=2000, blank=True, help_text="What is done: the client reads this.")

    objects = ServicePartQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "ref"], name="window_ref_once_in_its_agreement"),
        ]

    def __str__(self) -> str:
        return self.ref


class BackupType(models.TextChoices):
    """The backups that are promised. Clause: JS-19."""

    FULL = "full", "Full"
    INCREMENTAL = "incremental", "Incremental"


class BackupCheck(models.Model):
    """A backup that checked in. `ordinal` is that of the clock that it starts. Clause: JS-19."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="backup_checks")
    kind = models.CharField(max_length=11, choices=BackupType.choices)
    ordinal = models.PositiveIntegerField()
    at = models.DateTimeField()
    retention_days = models.PositiveIntegerField(null=True, blank=True)

    objects = ServicePartQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        constraints = [
            # It is also the way to the last check-in of a kind, from which the next clock is counted.
            models.UniqueConstraint(fields=["agreement", "kind", "ordinal"], name="backup_check_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} backup, {self.at:%Y-%m-%d %H:%M}"


class BackupAddress(models.Model):
    """The secret address at which the backups of a kind check in; of its token only a hash is kept. Clause: JS-19."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="backup_addresses")
    kind = models.CharField(max_length=11, choices=BackupType.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ServicePartQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "backup addresses"
        constraints = [models.UniqueConstraint(fields=["agreement", "kind"], name="one_address_for_each_backup")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} backups of {self.agreement.ref}"


class ServiceWatch(models.Model):
    """When time alone changes what an agreement's service owes or what is found of it; written by its retime."""

    agreement = models.OneToOneField(
        Agreement, on_delete=models.CASCADE, primary_key=True, related_name="service_watch"
    )
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "service watches"
        indexes = [
            # The beat's question: whose instant has come.
            models.Index(fields=["next_at"], name="service_waking", condition=Q(next_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Watch over {self.agreement.ref}"
