"""`import_history`: turn another system's export into a replay file."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.contract.terms import InvalidTerms
from portal.contract.zones import InvalidZone
from portal.replay.files import opened
from portal.replay.importing import SEVERITIES, BadSheet, servicenow_history


class Command(BaseCommand):
    """Writes the history to standard output; bad rows end it with exit 2, all of them named, and nothing written."""

    help = (
        "Turn another system's export into a replay file. Priorities become severities: "
        + ", ".join(f"{priority} = {severity}" for priority, severity in SEVERITIES.items())
        + ". Of a local time that occurs twice the first is meant; one that clocks leave out is an error."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--from", required=True, choices=("servicenow",), dest="source", help="whose export it is")
        parser.add_argument("--zone", required=True, metavar="ZONE", help="the IANA zone of its times")
        parser.add_argument("--terms", default="juno-live-support", metavar="NAME", help="a preset, for the header")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar='"PRIORITY=SEVERITY"',
            help='a priority and what it becomes, such as "2 - High=critical"; may be given several times',
        )
        parser.add_argument("file", metavar="FILE", help="the export (separated values), or - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the export and write the history."""
        try:
            with opened(options["file"]) as file:
                data = file.read()
            lines = servicenow_history(
                data, zone=options["zone"], terms=options["terms"], severities=_severities(options["map"])
            )
        except (BadSheet, InvalidTerms, InvalidZone, OSError) as error:
            raise CommandError(f"{options['file']}: {error}", returncode=2) from None
        for line in lines:
            self.stdout.write(line.decode(), ending="")


def _severities(pairs: list[str]) -> dict[str, str]:
    severities = {}
    for pair in pairs:
        priority, equals, severity = pair.rpartition("=")
        if not equals or not priority.strip() or not severity.strip():
            raise CommandError(f'--map: {pair!r} is no map; write "2 - High=critical"', returncode=2)
        severities[priority.strip()] = severity.strip()
    return severities
