"""What an entry of prepaid units is for, in words beside the ledger."""

from __future__ import annotations

from credits.models import Entry, EntryNote
from credits.services.permission import words

LONGEST_NOTE = 2000


def note_entry(entry: Entry, text: str) -> EntryNote:
    """Keep what an entry is for; told again, what was kept first stays.

    Raises:
        NoWordsError: Nothing is said, or over 2,000 characters.
    """
    said = words(text, field="reason", what="What it is for", longest=LONGEST_NOTE)
    note, _ = EntryNote.objects.get_or_create(entry=entry, defaults={"words": said})
    return note
