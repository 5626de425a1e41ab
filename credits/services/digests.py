"""The nightly digests: a chain of hashes for each client, of which anybody may keep a copy."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef

from credits.models import Digest, Entry
from credits.rules.seals import chained


@transaction.atomic
def make_digests(*, now: datetime) -> int:
    """Add to each client's chain the entries that came since its last digest, and return how many chains grew.

    Three queries, and four on PostgreSQL.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Waits for postings that are under way, and for another run: an entry that took its number earlier and
            # committed later would be left out for ever. SQLite has one writer at a time.
            cursor.execute("LOCK TABLE credits_entry IN SHARE ROW EXCLUSIVE MODE")
    covered = Digest.objects.filter(client=OuterRef("client"), last_entry__gte=OuterRef("pk"))
    new = Entry.objects.filter(~Exists(covered)).order_by("client_id", "id").values_list("client_id", "pk", "seal_id")
    newest = Digest.objects.alias(newest=Max("client__digests__number")).filter(number=F("newest"))
    latest = {digest.client_id: digest for digest in newest}
    rows = []
    for client_id, group in groupby(new, key=lambda row: row[0]):
        entries = list(group)
        before = latest.get(client_id)
        rows.append(
            Digest(
                client_id=client_id,
                number=before.number + 1 if before else 1,
                last_entry_id=entries[-1][1],
                entries=len(entries),
                digest=chained(before.digest if before else "", (seal for _, _, seal in entries)),
                made_at=now,
            )
        )
    Digest.objects.bulk_create(rows)
    return len(rows)
