"""Close months that are over, as beat does: any month, any agreement, as often as one likes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from credits.queries.closing import crediting
from credits.services import close_months
from incidents.rules.months import Month


class Command(BaseCommand):
    """Close months, and say what came of it."""

    help = "Close the months that are over: freeze what their credits rest on, and propose them. Idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a month and an agreement; without them, the last twelve months of all."""
        parser.add_argument("--month", help="One month only, such as 2026-03.")
        parser.add_argument("--agreement", help="One agreement only, by its reference.")

    def handle(self, *args: Any, month: str | None, agreement: str | None, **options: Any) -> None:
        """Close, and print a sentence."""
        agreements = None
        if agreement is not None:
            agreements = crediting().filter(ref=agreement)
            if not agreements.exists():
                raise CommandError(
                    f"There is no agreement {agreement[:60]!r} that grants credits. Give the reference on its page."
                )
        months = None
        if month is not None:
            chosen = _month(month)
            months = chosen, chosen
        self.stdout.write(close_months(now=timezone.now(), agreements=agreements, months=months).sentence)


def _month(text: str) -> Month:
    year, dash, number = text.partition("-")
    plain = dash and len(year) == 4 and len(number) == 2 and text.isascii() and (year + number).isdigit()
    if not plain or not 2000 <= int(year) <= 2100 or not 1 <= int(number) <= 12:
        raise CommandError(f"{text[:40]!r} is no month. Write one such as 2026-03.")
    return Month(int(year), int(number))
