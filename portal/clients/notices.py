"""Who is told of what happens to an agreement, and in which words: the contract's own notices. Clause: JS-22."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from portal.alerts.kinds import Mail, zone_of
from portal.alerts.models import Message
from portal.alerts.services import Notice, enqueue
from portal.clients.audience import WHY_CONTACT
from portal.clients.models import Agreement, Contact
from portal.journal.models import Event
from portal.web.figures import day_text, instant_text

DISCONTINUED = "agreement_discontinued"
CONTINUED = "agreement_continued"
ENDED = "agreement_ended"
SUSPENDED = "agreement_suspended"
REINSTATED = "agreement_reinstated"
TERM_ENDING = "term_ending"

TO_CLIENT = (DISCONTINUED, CONTINUED, ENDED, SUSPENDED, REINSTATED)
"""The contract's written notices: nobody can mute them."""


def tell_contacts(kind: str, *, agreement: Agreement, event: Event, at: datetime) -> None:
    """Queue a notice for every designated support contact, in the caller's transaction. One query."""
    contacts = Contact.objects.filter(client=agreement.client_id, is_support_contact=True)
    enqueue(
        (
            Notice(
                key=f"{kind}:e{event.pk}:{contact.email}",
                kind=kind,
                address=contact.email,
                recipient_id=contact.user_id,
                agreement_id=agreement.pk,
                subject_kind="agreement",
                event_id=event.pk,
                context={"why": WHY_CONTACT},
                mutable=False,
            )
            for contact in contacts
        ),
        at=at,
    )


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write what happened to agreements. Two queries."""
    agreements = _agreements(messages)
    events = Event.objects.select_related("text").in_bulk({message.event_id for message in messages})
    return [
        _WORDS[message.kind](message, agreements[message.agreement_id or 0], events[message.event_id or 0])
        for message in messages
    ]


def _agreements(messages: Iterable[Message]) -> Mapping[int, Agreement]:
    wanted = {message.agreement_id for message in messages}
    return Agreement.objects.select_related("client").in_bulk(wanted)


def _mail(message: Message, agreement: Agreement, *, subject: str, ask: str, link_label: str, **parts: object) -> Mail:
    return Mail(
        subject=subject,
        ask=ask,
        clause="JS-22",
        why=f"Why you get this: {message.context['why']}",
        link_path=reverse("agreement", args=[agreement.pk]),
        link_label=link_label,
        **parts,  # type: ignore[arg-type]  # Kicker, paragraphs, facts and state, each as Mail has it.
    )


def _facts(agreement: Agreement) -> list[tuple[str, str]]:
    return [("Agreement", f"{agreement.title} ({agreement.ref})"), ("Zone", agreement.zone)]


def _discontinued(message: Message, agreement: Agreement, event: Event) -> Mail:
    last_day = day_text(date.fromisoformat(event.payload["last_day"]))
    reason = event.text.texts.get("reason", "") if hasattr(event, "text") else ""
    return _mail(
        message,
        agreement,
        subject=f"Notice: {agreement.title} ends with {last_day}",
        kicker=f"Notice of discontinuation, {agreement.ref}",
        ask=f"Make other arrangements by {last_day}: {agreement.title} ends with that day.",
        paragraphs=[part.strip() for part in re.split(r"\n\s*\n", reason) if part.strip()],
        facts=[
            *_facts(agreement),
            ("Notice given", instant_text(event.at, zone_of(message))),
            ("Last day", f"{last_day}, included"),
            ("Until then", "support goes on as agreed"),
        ],
        state="risk",
        link_label="Open the agreement",
    )


def _continued(message: Message, agreement: Agreement, event: Event) -> Mail:
    return _mail(
        message,
        agreement,
        subject=f"Withdrawn: {agreement.title} goes on, {instant_text(event.at, zone_of(message))}",
        kicker=f"Notice withdrawn, {agreement.ref}",
        ask=f"Count on {agreement.title} as before: the notice of discontinuation is withdrawn.",
        facts=_facts(agreement),
        state="met",
        link_label="Open the agreement",
    )


def _ended(message: Message, agreement: Agreement, event: Event) -> Mail:
    ended = instant_text(event.at, ZoneInfo(agreement.zone))
    return _mail(
        message,
        agreement,
        subject=f"Ended: {agreement.title}, {ended}",
        kicker=f"Ended, {agreement.ref}",
        ask=f"Expect no more support under {agreement.title}: it has ended.",
        paragraphs=["What you reported before stays promised, and stays in the portal."],
        facts=[*_facts(agreement), ("Ended", ended)],
        state="void",
        link_label="Open the agreement",
    )


def _suspended(message: Message, agreement: Agreement, event: Event) -> Mail:
    return _mail(
        message,
        agreement,
        subject=f"Suspended: support under {agreement.title}, {instant_text(event.at, zone_of(message))}",
        kicker=f"Support suspended, {agreement.ref}",
        ask="Settle the overdue fees: support is suspended until then.",
        paragraphs=["What you report is kept and waits. Every clock of an incident stands still."],
        facts=[*_facts(agreement), ("Since", instant_text(event.at, zone_of(message)))],
        state="paused",
        link_label="Open the agreement",
    )


def _reinstated(message: Message, agreement: Agreement, event: Event) -> Mail:
    return _mail(
        message,
        agreement,
        subject=f"Reinstated: support under {agreement.title}, {instant_text(event.at, zone_of(message))}",
        kicker=f"Support reinstated, {agreement.ref}",
        ask="Count on support again: what stood still runs on.",
        facts=[*_facts(agreement), ("Since", instant_text(event.at, zone_of(message)))],
        state="running",
        link_label="Open the agreement",
    )


_WORDS: Mapping[str, Callable[[Message, Agreement, Event], Mail]] = {
    DISCONTINUED: _discontinued,
    CONTINUED: _continued,
    ENDED: _ended,
    SUSPENDED: _suspended,
    REINSTATED: _reinstated,
}


# -------------------------------------------------------------------------------------------- to the provider's people


def render_term_endings(messages: Sequence[Message]) -> list[Mail]:
    """Write that terms end soon. One query."""
    agreements = _agreements(messages)
    return [_term_ending(message, agreements[message.agreement_id or 0]) for message in messages]


def _term_ending(message: Message, agreement: Agreement) -> Mail:
    ends_on = day_text(date.fromisoformat(message.context["ends_on"]))
    days = message.context["days"]
    return Mail(
        subject=f"{days} days left: the term of {agreement.ref} ends with {ends_on}",
        kicker=f"Term ending, {agreement.client.name}",
        ask=f"Renew {agreement.ref} for {agreement.client.name}, or give notice.",
        paragraphs=["Without either, support goes on without a term."],
        facts=[("Client", agreement.client.name), *_facts(agreement), ("Term ends", f"{ends_on}, included")],
        why=f"Why you get this: {message.context['why']}",
        link_path=reverse("agreement_renew", args=[agreement.pk]),
        link_label=f"Renew {agreement.ref}",
        state="risk",
    )


def outdated_term_endings(messages: Sequence[Message]) -> Mapping[int, str]:
    """Return the reminders of terms that were renewed, or whose agreement ends by notice. One query."""
    agreements = _agreements(messages)
    reasons: dict[int, str] = {}
    for message in messages:
        agreement = agreements[message.agreement_id or 0]
        if agreement.discontinued_at is not None or agreement.ended_at is not None:
            reasons[message.pk] = "Notice was given that the agreement ends."
        elif str(agreement.term_ends_on) != message.context["ends_on"]:
            reasons[message.pk] = "Its term was renewed."
    return reasons
