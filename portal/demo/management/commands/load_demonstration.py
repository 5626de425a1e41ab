"""`load_demonstration`: fill an empty portal on this computer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.demo.demonstration import NotEmptyError, load_demonstration


class Command(BaseCommand):
    """Loads the demonstration once; a portal with clients is left as it is.

    Its passwords are known, so that it refuses to run in production.
    """

    help = "Fill an empty portal on this computer with the demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it and say what came of it."""
        if settings.PRODUCTION:
            raise CommandError(f"ORIGIN ({settings.ORIGIN}) is not on this computer; the demonstration runs here only.")
        try:
            loaded = load_demonstration(now=timezone.now())
        except NotEmptyError as error:
            self.stdout.write(error.sentence)
            return
        for each in loaded:
            self.stdout.write(each.sentence)
