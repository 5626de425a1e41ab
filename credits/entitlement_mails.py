"""The words of the mail about prepaid units that expire. Clause: JN-2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from credits.models import Lot
from credits.queries.entitlements import lot_shown
from credits.words import amount_text
from portal.alerts.kinds import Mail
from portal.alerts.models import Message
from portal.web.figures import day_text


def _lots(messages: Sequence[Message]) -> Mapping[int, Lot]:
    return Lot.objects.select_related("account__client", "agreement", "balance").in_bulk(
        {message.context["lot"] for message in messages}
    )


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write notices of units that expire. One query."""
    lots = _lots(messages)
    return [_mail(message, lots[message.context["lot"]]) for message in messages]


def outdated(messages: Sequence[Message]) -> Mapping[int, str]:
    """Return the notices that are no longer true: the units are spent. One query."""
    lots = _lots(messages)
    return {
        message.pk: "The units were used meanwhile."
        for message in messages
        if not lots[message.context["lot"]].balance.remaining
    }


def _mail(message: Message, lot: Lot) -> Mail:
    it = lot_shown(lot, at=message.queued_at)
    client = lot.account.client
    last = "" if it.last_day is None else day_text(it.last_day)
    ref = "" if lot.agreement is None else lot.agreement.ref
    return Mail(
        subject=f"{amount_text(it.remaining)} of {client} end on {last}",
        kicker="Prepaid units expire",
        ask=f"Help {client} to use {amount_text(it.remaining)} by {last}.",
        paragraphs=["What is left then is lost to the client."],
        facts=[
            ("Client", client.name),
            ("Agreement", ref),
            ("Left", f"{amount_text(it.remaining)} of {amount_text(it.granted)}"),
            ("Valid until", f"the end of {last}"),
        ],
        clause="JN-2",
        why=f"Why you get this: {message.context['why']}",
        link_path=f"/prepaid-units/{client.pk}/",
        link_label="Open the prepaid units",
        state="risk",
    )
