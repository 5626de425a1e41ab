"""`verify_ledger`: prove that the ledger adds up and that nobody rewrote it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from credits.services import verify


class Command(BaseCommand):
    """Says how many entries hold, or, with exit 1, each thing that is wrong."""

    help = (
        "Add the ledger up again from its lines and compare: entries, balances, lots, digests, and what they rest on."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify."""
        with transaction.atomic():
            verdict = verify()
        if verdict.wrong:
            raise CommandError("\n".join(verdict.wrong), returncode=1)
        self.stdout.write(f"The ledger holds: {verdict.entries:,} entries verified.")
