"""Invoices that somebody else billed, typed in so that credits can be offset against them. Clause: JS-15."""

from __future__ import annotations

from django.db import models

from credits.models.lots import Lot
from credits.models.scope import OwnedQuerySet
from portal.clients.models import Client
from portal.contract.money import Money


class InvoiceQuerySet(OwnedQuerySet):
    """Invoices, narrowed to what a user may see."""


class Invoice(models.Model):
    """An invoice's number and day; its lot says how much it was for and how much of it is open."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=60)
    issued_on = models.DateField()
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="invoice")

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ("issued_on", "id")
        constraints = [models.UniqueConstraint(fields=["client", "number"], name="invoice_once_for_its_client")]

    def __str__(self) -> str:
        return f"Invoice {self.number}"

    @property
    def total(self) -> Money:
        """What it was for."""
        return Money(self.lot.granted, self.lot.account.unit_id)

    @property
    def open(self) -> Money:
        """What is open on it."""
        return Money(self.lot.balance.remaining, self.lot.account.unit_id)
