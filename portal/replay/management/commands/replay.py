"""`replay`: judge recorded histories under a contract."""

from __future__ import annotations

import gc
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from portal.contract.bad_line import BadLine
from portal.contract.events import EARLIEST_YEAR, LATEST_YEAR, is_countable
from portal.contract.terms import library_names, library_terms
from portal.replay.engine import Judgement
from portal.replay.files import opened
from portal.replay.forking import processors
from portal.replay.history import Fee, read_history
from portal.replay.output import json_document, table


class Command(BaseCommand):
    """Reads files (or `-`) and prints one document for each.

    A bad line ends it with exit 2 and nothing on standard output.
    """

    help = "Judge recorded histories under a contract, and print clocks, findings, availability, credits and a summary."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="a history (JSON Lines), or - for standard input")
        parser.add_argument(
            "--terms",
            metavar="NAME",
            action="append",
            help="a preset's name, in place of the header's terms; given twice, the history is judged under each",
        )
        parser.add_argument(
            "--severity-map",
            metavar="FROM=TO",
            action="append",
            type=_pair,
            help="what a severity becomes where the terms do not have it, in place of the header's; may be repeated",
        )
        parser.add_argument(
            "--fee",
            metavar="AMOUNT",
            help="the monthly fee, such as 10000.00, in place of the header's",
        )
        parser.add_argument("--currency", metavar="CODE", default="USD", help="the fee's currency; USD unless said")
        parser.add_argument(
            "--until",
            metavar="INSTANT",
            help="'now' for what is still open, in place of the header's; ISO 8601 with an offset",
        )
        parser.add_argument("--format", choices=("json", "table"), default="json")
        parser.add_argument(
            "--explain", metavar="SUBJECT", help="a subject whose clocks are explained, such as incident:A"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Judge each file in turn."""
        gc.disable()  # A million small events hold no cycles; the search for them costs a third of the time.
        until = _until(options["until"])
        presets = options["terms"] or [None]
        if len(presets) > 1 and "-" in options["files"]:
            raise CommandError("standard input is read once; give a file to judge it under several terms", returncode=2)
        jobs = [(name, preset) for name in options["files"] for preset in presets]
        fee = Fee(options["fee"], options["currency"], "month") if options["fee"] is not None else None
        many = len(jobs) > 1
        failed = False
        for name, preset in jobs:
            try:
                severities = _mapped(options["severity_map"], preset)
                with opened(name) as lines:
                    history = read_history(
                        lines, terms=preset, severities=severities, fee=fee, until=until, note=self._note
                    )
            except (BadLine, OSError) as error:
                sentence = f"{name}: {error}"
                if not many:
                    raise CommandError(sentence, returncode=2) from None
                self._write(msgspec.json.encode({"error": sentence}) + b"\n")
                failed = True
                continue
            judgement = Judgement(history)
            if options["format"] == "table":
                for line in table(judgement, explain=options["explain"]):
                    self.stdout.write(line)
            else:
                for piece in json_document(judgement, explain=options["explain"], compact=many, processes=processors()):
                    self._write(piece)
        if failed:
            raise CommandError("not every file could be read; their lines say why", returncode=2)

    def _note(self, lines: int) -> None:
        self.stderr.write(f"{lines:,} lines read")

    def _write(self, piece: bytes) -> None:
        binary = getattr(self.stdout._out if hasattr(self.stdout, "_out") else self.stdout, "buffer", None)
        if binary is not None:
            binary.write(piece)
        else:
            self.stdout.write(piece.decode(), ending="")


def _pair(text: str) -> tuple[str, str]:
    name, equals, mapped = text.partition("=")
    if not (name and equals and mapped):
        raise ArgumentTypeError(f"{text!r} is no pair; write one such as major=high")
    return name, mapped


def _mapped(pairs: list[tuple[str, str]] | None, preset: str | None) -> dict[str, str] | None:
    """Return the map as far as the terms lack its severities; None where none is given."""
    if pairs is None:
        return None
    ranks = library_terms(preset).ranks if preset in library_names() else {}
    return {name: mapped for name, mapped in pairs if name not in ranks}


def _until(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        until = datetime.fromisoformat(text)
    except ValueError:
        until = None
    if until is None or until.tzinfo is None or not is_countable(until):
        raise CommandError(
            f"--until: {text!r} is no instant of the years {EARLIEST_YEAR} to {LATEST_YEAR}; "
            "write ISO 8601 with an offset, such as 2026-03-02T10:00:00-05:00",
            returncode=2,
        )
    return until
