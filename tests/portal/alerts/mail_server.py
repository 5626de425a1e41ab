"""A real mail server in a thread, whose answers a test chooses."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """Takes what it is not told to refuse. `answers` maps an address to the answer it gets, such as `550 Unknown`."""

    def __init__(self, during: Callable[["MailServer"], None] | None = None) -> None:
        self.port = free_port()
        self.answers: dict[str, str] = {}
        self.sender_answer = ""
        self.arrived: list[Message] = []
        self.conversations: set[Any] = set()
        self._during = during

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to the sender's address."""
        self.conversations.add(session.peer)
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to a recipient's address."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail."""
        self.arrived.append(message_from_bytes(envelope.content or b""))  # type: ignore[arg-type]
        if self._during:
            self._during(self)
        return "250 OK"

    @property
    def subjects(self) -> list[str]:
        """The subjects of what arrived, in their order."""
        return [str(mail["Subject"]) for mail in self.arrived]


def free_port() -> int:
    """Return a port of this computer that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(server: MailServer) -> Iterator[MailServer]:
    """Run a mail server for a while."""
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
