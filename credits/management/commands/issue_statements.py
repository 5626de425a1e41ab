"""`issue_statements`: issue the statements whose month is over, as beat does."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from credits.services import issue_statements
from incidents.rules.months import Month


def month(text: str) -> Month:
    """Read a month such as 2027-02."""
    if re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text) is None:
        raise ArgumentTypeError(f"{text[:40]!r} is no month. Write one such as 2027-02.")
    return Month(int(text[:4]), int(text[5:]))


class Command(BaseCommand):
    """Issues what is missing, and says what it issued; run again it issues nothing."""

    help = "Issue the statements of every month that is over and has none yet."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the last month to issue."""
        parser.add_argument("--until", type=month, metavar="YYYY-MM", help="Leave out the months after this one.")

    def handle(self, *args: Any, until: Month | None = None, **options: Any) -> None:
        """Issue."""
        issued = issue_statements(now=timezone.now(), until=until)
        for statement in issued:
            self.stdout.write(f"{statement.number}: {statement.client}, {statement.unit_id}")
        self.stdout.write(f"{len(issued):,} statements issued.")
