#!/usr/bin/env python3
"""Run Django's and the portal's commands."""

import os
import sys


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

    # Without this import, a task sent by a command would go to Celery's default broker instead of ours.
    from django.core.management import execute_from_command_line

    import portal.celery  # noqa: F401

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
