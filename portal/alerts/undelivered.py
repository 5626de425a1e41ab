"""The notice to the provider's fallback address that a mail failed for good."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from portal.alerts.kinds import Mail, zone_of
from portal.alerts.models import Message
from portal.alerts.services import Notice
from portal.web.figures import instant_text

UNDELIVERED = "undelivered"


def undelivered_notice(message: Message, *, fallback: str, subject: str, error: str) -> Notice | None:
    """Return the notice that tells of a failed message; None where nobody else is left to tell."""
    if not fallback or message.kind == UNDELIVERED or message.address.lower() == fallback.lower():
        return None
    return Notice(
        key=f"undelivered:{message.pk}",
        kind=UNDELIVERED,
        address=fallback,
        agreement_id=message.agreement_id,
        subject_kind=message.subject_kind,
        subject_ref=message.subject_ref,
        context={"address": message.address, "subject": subject, "error": error},
        mutable=False,
    )


def render_undelivered(messages: Sequence[Message]) -> list[Mail]:
    """Write to the fallback address whom a mail did not reach, what it said, and what the server answered."""
    return [
        Mail(
            subject=f"Not delivered to {message.context['address']}: {message.context['subject']}",
            ask=f"Tell {message.context['address']} in another way.",
            paragraphs=["A mail to this address failed for good. It is not tried again."],
            facts=[
                ("Said", message.context["subject"]),
                ("Failed", instant_text(message.queued_at, zone_of(message))),
                ("Answer", message.context["error"]),
            ],
            why="You get this because yours is the provider's fallback address.",
            link_path=f"{reverse('outbox')}?state=failed",
            link_label="See what failed",
            state="breached",
        )
        for message in messages
    ]
