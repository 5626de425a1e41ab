"""Months that closed: what their credits rest on, frozen; and what keeps a month from closing by itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from credits.models.scope import OwnedQuerySet
from portal.clients.models import Agreement


class MonthCloseQuerySet(OwnedQuerySet):
    """Closes, narrowed to what a user may see."""

    owner = "agreement__client"


class MonthClose(models.Model):
    """A month of an agreement, closed: its inputs with their hash, and the lines that followed.

    Never changed: what is learned later closes the month again, by another row that supersedes this one, and only the
    difference is proposed.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="closes", db_index=False)
    month = models.DateField(help_text="Its first day.")
    number = models.PositiveIntegerField(help_text="1 for the first close of the month, then on.")
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    inputs: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    inputs_hash = models.CharField(max_length=64)
    terms_hash = models.CharField(max_length=64, help_text="That of the whole terms with which the month began.")
    lines: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the portal itself.",
    )
    reason = models.CharField(max_length=2000, blank=True, help_text="Why it closed though something spoke against it.")

    objects = MonthCloseQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "month closes"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "month", "number"], name="close_once_for_its_number"),
            models.CheckConstraint(name="close_of_a_month_by_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="close_supersedes_unless_the_first",
                condition=Q(number=1, supersedes__isnull=True) | Q(number__gt=1, supersedes__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["month", "agreement"], name="close_of_a_month")]

    def __str__(self) -> str:
        return f"{self.agreement.ref}, {self.month:%Y-%m}"


class MonthHold(models.Model):
    """What keeps a month from closing by itself, as the closer last saw it: a notice, gone once it has closed."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="month_holds", db_index=False)
    month = models.DateField(help_text="Its first day.")
    blocks: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()
    since = models.DateTimeField()

    objects = MonthCloseQuerySet.as_manager()

    class Meta:
        ordering = ("month", "agreement")
        constraints = [models.UniqueConstraint(fields=["agreement", "month"], name="hold_once_for_its_month")]

    def __str__(self) -> str:
        return f"{self.agreement.ref}, {self.month:%Y-%m}: not closed"
