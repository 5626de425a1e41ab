"""`load_history`: read a recorded history into the live portal."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.contract.bad_line import BadLine
from portal.replay.files import opened
from portal.replay.loading import LoadRefusedError, load_history


class Command(BaseCommand):
    """Loads one file, all of it or nothing; a bad line ends it with exit 2. It mails nothing."""

    help = "Read a recorded history into the live portal: journal, clocks, breaches and findings; mails nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--agreement", required=True, metavar="REF", help="the agreement's reference")
        parser.add_argument("file", metavar="FILE", help="a history (JSON Lines), or - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the file and say what came of it."""
        try:
            with opened(options["file"]) as lines:
                loaded = load_history(agreement_ref=options["agreement"], lines=lines, now=timezone.now())
        except (BadLine, LoadRefusedError, OSError) as error:
            raise CommandError(f"{options['file']}: {error}", returncode=2) from None
        self.stdout.write(loaded.sentence)
