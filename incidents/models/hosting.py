"""What moves the clocks of many incidents at once: hosted events and releases."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from portal.accounts.models import User
from portal.clients.models import Agreement, Product, validate_zone


class HostedEventQuerySet(models.QuerySet["HostedEvent"]):
    """Hosted events, narrowed to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Staff see all; a client's user sees its own client's."""
        if not user.is_active:
            return self.none()
        return self if user.is_provider else self.filter(agreement__client_id=user.client_id)


class HostedEvent(models.Model):
    """A client's event that goes on air: shorter targets hold around its sessions. Clause: JS-10."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="hosted_events")
    ref = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64, validators=[validate_zone])
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = HostedEventQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["agreement", "ref"], name="hosted_event_ref_once_in_its_agreement")
        ]

    def __str__(self) -> str:
        return self.name


class HostedSession(models.Model):
    """One session of a hosted event, as last known."""

    hosted_event = models.ForeignKey(HostedEvent, on_delete=models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ("starts_at", "id")
        constraints = [
            models.CheckConstraint(
                name="session_ends_after_it_starts",
                condition=Q(ends_at__gt=models.F("starts_at")),
                violation_error_message="A session ends after it starts.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Releases, narrowed to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Staff see all; a client's user those of its products, betas only where its agreement asked for them.

        Clause: JB-9, JB-15.
        """
        if not user.is_active:
            return self.none()
        if user.is_provider:
            return self
        own = Agreement.objects.visible_to(user).filter(product=OuterRef("product"))
        return self.filter(Exists(own), Q(beta=False) | Exists(own.filter(betas_since__isnull=False)))


class Release(models.Model):
    """A release of a product, published to every client on it at once. Clause: JB-9, JS-9."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="releases")
    ref = models.CharField(max_length=200)
    planned_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(max_length=20_000, blank=True)
    beta = models.BooleanField(default=False)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ("-planned_at", "-id")
        constraints = [models.UniqueConstraint(fields=["product", "ref"], name="release_ref_once_in_its_product")]

    def __str__(self) -> str:
        return self.ref
