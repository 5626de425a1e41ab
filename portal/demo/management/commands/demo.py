"""The `demo` command, which ./dev demo runs."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from portal.clients.models import Client
from portal.demo.sign_ins import PASSWORD, sign_ins
from portal.demo.supervisor import DemoError, Supervisor


class Command(BaseCommand):
    """Show the portal on this computer, with a demonstration when the database is empty."""

    help = "Show the portal on this computer, with a demonstration when the database is empty."
    requires_system_checks = []  # Tables that a check reads are there only after the command has migrated.

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C."""
        if settings.PRODUCTION:
            raise CommandError(f"ORIGIN ({settings.ORIGIN}) is not on this computer; the demonstration runs here only.")
        try:
            Supervisor(prepare=self._prepare, announce=self._announce, say=self.stdout.write).run()
        except DemoError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Stopped.")

    def _prepare(self) -> None:
        """Bring the database up to date and fill it when no client is in it."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if not Client.objects.exists():
            self.stdout.write("Loading the demonstration (once) ...")
            call_command("load_demonstration", stdout=self.stdout)
        connections.close_all()

    def _announce(self) -> None:
        """Say where the portal is and who may sign in."""
        lines = ["", f"The portal    {settings.ORIGIN}/"]
        if settings.MAIL_PAGE:
            lines.append(f"Its mails     {settings.MAIL_PAGE}")
        people = sign_ins()
        if people:
            width = max(len(person.email) for person in people)
            lines += ["", f'Sign in with the password "{PASSWORD}" as']
            lines += [
                f"  {person.email:<{width}}  {person.role}" + (f", {person.client}" if person.client else "")
                for person in people
            ]
        if settings.BROKER_NOTICE:
            lines += ["", settings.BROKER_NOTICE]
        lines += ["", f"Logs: {settings.VAR / 'log'}. Ctrl-C stops everything.", ""]
        self.stdout.write("\n".join(lines))
        connections.close_all()
