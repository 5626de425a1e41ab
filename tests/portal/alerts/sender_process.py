"""One round of the sender in a process of its own: `sender_process.py DATABASE MAIL_PORT`."""

import sys

import django
from django.conf import settings


def main() -> None:
    """Send what waits in a test's database to a test's mail server; the clock stands still."""
    database, port = sys.argv[1:]
    settings.DATABASES["default"]["NAME"] = database
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = int(port)
    django.setup()
    from tests.portal.alerts.letters import send

    send()


if __name__ == "__main__":
    main()
