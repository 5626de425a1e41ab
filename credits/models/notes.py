"""What an entry is for, in words. They lie beside the ledger, so that they can be put right and erased."""

from __future__ import annotations

from django.db import models

from credits.models.entries import Entry
from credits.models.scope import OwnedQuerySet


class EntryNoteQuerySet(OwnedQuerySet):
    """Notes, narrowed to what a user may see."""

    owner = "entry__client"


class EntryNote(models.Model):
    """Why units were granted, reserved, used or given back; the client reads it."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="note")
    words = models.CharField(max_length=2000)

    objects = EntryNoteQuerySet.as_manager()

    class Meta:
        ordering = ("-entry",)

    def __str__(self) -> str:
        return self.words
