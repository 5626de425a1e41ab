"""The nightly digests, which make rewriting evident to whoever kept one."""

from __future__ import annotations

from django.db import models

from credits.models.entries import Entry
from credits.models.scope import OwnedQuerySet
from portal.clients.models import Client


class DigestQuerySet(OwnedQuerySet):
    """Digests, narrowed to what a user may see."""


class Digest(models.Model):
    """The hash of a client's entries up to one of them, chained to the digest before."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="digests")
    number = models.PositiveIntegerField()
    last_entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    entries = models.PositiveIntegerField(help_text="How many entries it adds to the digest before.")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    objects = DigestQuerySet.as_manager()

    class Meta:
        ordering = ("client", "number")
        constraints = [models.UniqueConstraint(fields=["client", "number"], name="digest_once_for_its_number")]

    def __str__(self) -> str:
        return self.digest
