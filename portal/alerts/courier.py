"""The way to the mail server: one connection a batch, and what its answers mean."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from types import TracebackType
from typing import Self

from django.core.mail import EmailMessage, get_connection


class DeliveryError(Exception):
    """A mail that was not accepted; its text is what is kept as the message's last error."""


class UnreachableError(DeliveryError):
    """There is no server to talk to: it says nothing about any one mail."""


class RefusedForNowError(DeliveryError):
    """The server may take this mail later."""


class RefusedForGoodError(DeliveryError):
    """No server will take this mail, however often it is tried."""


def _told(code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"


def _refusal(error: Exception) -> DeliveryError:
    """Return what an error means for the one mail that was being sent."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            code, answer = next(iter(recipients.values()))
        case smtplib.SMTPSenderRefused(smtp_code=code, smtp_error=answer):
            # Whatever its code, it speaks of our own address: a mail must not be lost to a setting that can be mended.
            return RefusedForNowError(f"Sender refused: {_told(code, answer)}")
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=answer):
            pass
        case smtplib.SMTPNotSupportedError() | ValueError():
            return RefusedForGoodError(f"Cannot be sent: {error}")
        case _:
            return RefusedForNowError(f"Connection lost: {error!r}")
    return (RefusedForGoodError if code >= 500 else RefusedForNowError)(_told(code, answer))


class Courier:
    """A connection to the mail server, opened at the first mail and again after a failure."""

    def __init__(self) -> None:
        self._connection = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        with suppress(OSError):  # The server has hung up already.
            self._connection.close()

    def send(self, mail: EmailMessage) -> None:
        """Hand one mail to the server; returning means that the server took it.

        Raises:
            UnreachableError: No connection could be made.
            RefusedForNowError: A temporary answer, or the connection broke.
            RefusedForGoodError: A permanent answer, or a mail that cannot be written.
        """
        try:
            self._connection.open()
        except OSError as error:  # Errors of SMTP are such too, a refused password among them.
            self._close()
            raise UnreachableError(f"No connection: {error}") from error
        try:
            self._connection.send_messages([mail])
        except (OSError, ValueError) as error:
            # The conversation stands who knows where: the next mail begins a new one.
            self._close()
            raise _refusal(error) from error
