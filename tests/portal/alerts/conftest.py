"""A mail server for every test of alerts that asks for one."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.portal.alerts.mail_server import MailServer, running


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """A mail server that the portal sends to."""
    with running(MailServer()) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = server.port
        settings.EMAIL_TIMEOUT = 5
        yield server
