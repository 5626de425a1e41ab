"""A kind of message for tests, so that they need nothing of the floors above; and what sending it takes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.alerts.kinds import Mail, register_kind
from portal.alerts.models import Message
from portal.alerts.sender import send_outbox
from portal.alerts.services import Notice, enqueue

NOW = datetime(2027, 3, 2, 15, 32, tzinfo=UTC)
LETTER = "letter"


class SpiltInk(RuntimeError):
    """What writing a broken letter raises."""


def write_letters(messages: Sequence[Message]) -> list[Mail]:
    """Write letters; one that is broken spoils its whole batch."""
    if any(message.context.get("broken") for message in messages):
        raise SpiltInk
    return [
        Mail(
            subject=message.context.get("subject", f"Letter {message.key}"),
            ask=message.context.get("ask", "Read this letter."),
            why="You get this because you are in a test.",
            link_path="/letters/1/",
            link_label="Open the letter",
            facts=[("From", message.context.get("from", "Nobody"))],
            clause="JS-7",
            state="breached",
        )
        for message in messages
    ]


def outdated_letters(messages: Sequence[Message]) -> Mapping[int, str]:
    """Return the letters that were answered in time."""
    return {message.pk: "It was answered in time." for message in messages if message.context.get("answered")}


register_kind(LETTER, write_letters, outdated_letters)


def letter(key: str = "letter-1", address: str = "ada@people.example", **fields: Any) -> Notice:
    """Return a letter to one address; keywords that Notice does not have go into its context."""
    own = {name: fields.pop(name) for name in list(fields) if name in Notice.__dataclass_fields__}
    return Notice(key=key, kind=LETTER, address=address, context=fields, **own)


def post(*notices: Notice, at: datetime = NOW) -> None:
    """Queue notices."""
    enqueue(notices, at=at)


def send(at: datetime = NOW) -> int:
    """Run one round of the sender while the clock stands still."""
    return send_outbox(clock=lambda: at)


def ticking(start: datetime = NOW, step: timedelta = timedelta(seconds=1)) -> Callable[[], datetime]:
    """Return a clock that goes on by a step each time it is read."""
    instants = iter(start + step * count for count in range(100_000))
    return lambda: next(instants)
