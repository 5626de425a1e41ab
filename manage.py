#!/usr/bin/env python3
"""Run Django's and the portal's commands."""

import os
import sys


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

    from django.core.management import execute_from_command_line

    import portal.celery  # noqa: F401  (a task sent by a command goes to our broker, not to Celery's default one)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
