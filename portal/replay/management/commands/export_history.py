"""`export_history`: write an agreement's journal as a replay file."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.clients.models import Agreement
from portal.replay.exporting import history_lines


class Command(BaseCommand):
    """Writes the header and the events to standard output, as `replay` and `load_history` read them."""

    help = "Write an agreement's journal as a replay file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--agreement", required=True, metavar="REF", help="the agreement's reference")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write every line, 'now' as the header's until."""
        agreement = Agreement.objects.filter(ref=options["agreement"]).first()
        if agreement is None:
            raise CommandError(f"there is no agreement {options['agreement']!r}", returncode=2)
        for line in history_lines(agreement, until=timezone.now()):
            self.stdout.write(line.decode(), ending="")
