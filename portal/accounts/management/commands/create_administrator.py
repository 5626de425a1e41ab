"""Create an administrator: the first one of an installation, or another."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from portal.accounts.models import Role, User
from portal.accounts.services import create_login
from portal.contract.zones import InvalidZone, check_zone
from portal.web.errors import PortalError

VARIABLE = "ADMINISTRATOR_PASSWORD"


class Command(BaseCommand):
    """`create_administrator --email ann@example.com --name "Ann Lee"`."""

    help = f"Create an administrator. The password is asked for, or taken from {VARIABLE}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address and the name."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--zone", default="UTC", help="IANA zone in which this person reads times.")

    def handle(self, *args: Any, email: str, name: str, zone: str, **options: Any) -> None:
        """Create the login, or say in one sentence why not."""
        try:
            validate_email(email)
            check_zone(zone)
            password = _read_password()
            validate_password(password, User(email=email, name=name))
            user = create_login(email=email, name=name, role=Role.ADMINISTRATOR, zone=zone, password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except InvalidZone as error:
            raise CommandError(str(error)) from None
        except PortalError as error:
            raise CommandError(error.sentence) from None
        self.stdout.write(f"{user.email} is an administrator and can sign in.")


def _read_password() -> str:
    given = os.environ.get(VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise CommandError(f"Nobody is there to type a password. Set {VARIABLE}.")
    password = getpass("Password: ")
    if getpass("Password again: ") != password:
        raise CommandError("The two passwords differ. Try again.")
    return password
