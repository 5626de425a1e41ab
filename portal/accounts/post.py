"""The mails of sign-in leave beside the request, so that how long a page takes tells nobody whether a login exists.

They carry codes and links that open a door, so they pass through no queue and no table that others read. One that the
mail server does not take is asked for again on the page.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import structlog
from django.core.mail import EmailMessage

log = structlog.get_logger(__name__)
_clerk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sign-in-mail")


def post(message: EmailMessage) -> Future[None]:
    """Send a mail after those posted before it; the future ends when it was handed over, or could not be."""
    return _clerk.submit(_send, message)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError as error:  # Connections and every refusal of smtplib's.
        log.warning("sign_in_mail_failed", error=type(error).__name__)
