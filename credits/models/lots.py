"""Lots: the parts of an account that are followed one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from credits.models.accounts import MOST, Account
from credits.models.scope import OwnedQuerySet
from portal.clients.models import Agreement


class LotQuerySet(OwnedQuerySet):
    """Lots, narrowed to what a user may see and to what is left."""

    owner = "account__client"

    def unspent(self) -> Self:
        """Only lots of which something is left."""
        return self.filter(balance__remaining__gt=0)

    def expired_by(self, at: datetime) -> Self:
        """Only lots that are no longer valid at an instant."""
        return self.filter(expires_at__lte=at)


class Lot(models.Model):
    """A grant of prepaid units with its validity, or an invoice with what is open on it. Clause: JN-2.

    Valid from `effective_at` on, at `expires_at` no longer; empty is for ever.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lots")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="lots")
    granted = models.BigIntegerField()
    effective_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = LotQuerySet.as_manager()

    class Meta:
        ordering = (F("expires_at").asc(nulls_last=True), "id")
        constraints = [
            models.CheckConstraint(name="lot_grants_something", condition=Q(granted__gt=0, granted__lt=MOST)),
            models.CheckConstraint(
                name="lot_expires_after_it_begins",
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("effective_at")),
            ),
        ]
        # The nightly expiry, which looks only at what can expire.
        indexes = [models.Index(fields=["expires_at"], name="lot_expiring", condition=Q(expires_at__isnull=False))]

    def __str__(self) -> str:
        return f"Lot {self.pk}"


class LotBalanceQuerySet(OwnedQuerySet):
    """What is left of lots, narrowed to what a user may see."""

    owner = "lot__account__client"


class LotBalance(models.Model):
    """What is left of a lot: kept by triggers, as balances are."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, primary_key=True, related_name="balance")
    granted = models.BigIntegerField()
    remaining = models.BigIntegerField()
    last_entry = models.ForeignKey(
        "credits.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = LotBalanceQuerySet.as_manager()

    class Meta:
        ordering = ("lot",)
        constraints = [
            models.CheckConstraint(
                name="lot_never_below_zero_nor_above_its_grant",
                condition=Q(remaining__gte=0, remaining__lte=F("granted")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remaining} of {self.granted}"
