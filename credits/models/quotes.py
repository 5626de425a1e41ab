"""Quotes: what work would cost, offered in versions that never change, and what became of each. Clause: JS-2, JB-14."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from credits.models.accounts import MOST, Unit
from credits.models.scope import OwnedQuerySet
from credits.models.work import Rate
from portal.clients.models import Agreement, Client
from portal.contract.money import Money

if TYPE_CHECKING:
    from datetime import datetime


class QuoteQuerySet(OwnedQuerySet):
    """Quotes, narrowed to what a user may see and to what may still be charged."""

    def accepted(self) -> Self:
        """Only quotes that the client accepted."""
        accepted = QuoteDecision.objects.filter(version__quote=OuterRef("pk"), verdict=QuoteDecision.Verdict.ACCEPTED)
        return self.filter(Exists(accepted))


class Quote(models.Model):
    """An offer of work on a subject, told apart by its reference; what it says stands in its versions.

    The row is what everybody locks who revises, withdraws or decides it.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="quotes")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="quotes")
    ref = models.CharField(max_length=60, unique=True)
    subject = models.CharField(max_length=200, help_text="What it is for, such as incident:INC-7.")
    clause = models.CharField(max_length=20, help_text="The clause that lets this work be paid for.")
    opened_at = models.DateTimeField()

    objects = QuoteQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["agreement", "subject"], name="quote_of_a_subject"),
            models.Index(fields=["client", "-id"], name="quote_of_client"),
        ]

    def __str__(self) -> str:
        return self.ref


class QuoteVersion(models.Model):
    """One wording of a quote with its price: a fixed sum, or hours at a rate, the most that is then charged."""

    class Basis(models.TextChoices):
        FIXED = "fixed", "A fixed price"
        TIME = "time", "Hours at a rate"

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(max_length=10_000, help_text="What is done for it.")
    basis = models.CharField(max_length=5, choices=Basis.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    total_minor = models.BigIntegerField(help_text="The price, or the most that the hours may come to.")
    minutes = models.PositiveIntegerField(null=True, blank=True)
    rate = models.ForeignKey(Rate, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    valid_until = models.DateField(help_text="The last day on which it can be accepted, in the agreement's zone.")
    expires_at = models.DateTimeField(help_text="The end of that day: the first instant at which it can't be accepted.")
    quoted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    quoted_at = models.DateTimeField()

    class Meta:
        ordering = ("quote", "number")
        constraints = [
            models.UniqueConstraint(fields=["quote", "number"], name="quote_version_once"),
            models.CheckConstraint(
                name="quote_costs_something", condition=Q(total_minor__gt=0, total_minor__lt=MOST // 10**3)
            ),
            models.CheckConstraint(
                name="quote_of_time_has_hours_and_a_rate",
                condition=Q(basis="fixed", minutes__isnull=True, rate__isnull=True)
                | Q(basis="time", minutes__gt=0, rate__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote.ref}, version {self.number}"

    @property
    def total(self) -> Money:
        """The price, or the most that the hours may come to."""
        return Money(self.total_minor, self.unit_id)

    @property
    def hourly(self) -> Money | None:
        """The price of an hour, None for a fixed price."""
        return None if self.rate is None else Money(self.rate.hourly, self.unit_id)

    def has_expired(self, at: datetime) -> bool:
        """Return whether it is too late to accept it."""
        return at >= self.expires_at


class QuoteDecision(models.Model):
    """What became of a version, once and for ever: who accepted, declined or withdrew it, by name, and when."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    version = models.OneToOneField(QuoteVersion, on_delete=models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150, help_text="How that person was called then.")
    decided_at = models.DateTimeField()
    words = models.CharField(max_length=2000, blank=True, help_text="Why, where somebody said so.")

    class Meta:
        ordering = ("version",)

    def __str__(self) -> str:
        return f"{self.version}: {self.get_verdict_display().lower()} by {self.name}"
