"""Who is told that an agreement is amended, or will be, and in which words. Nobody can mute them.

The clauses that such a notice cites are those of the values that change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import NamedTuple

from django.urls import reverse

from portal.accounts.models import User
from portal.alerts.kinds import Mail, MailState, zone_of
from portal.alerts.models import Message
from portal.alerts.services import Notice, enqueue
from portal.clients.audience import client_people, relationship_manager
from portal.clients.models import Agreement, PlannedAmendment
from portal.clients.terms_table import Change, changes
from portal.contract.terms import Terms
from portal.journal.models import Event
from portal.web.figures import day_text, instant_text

AMENDED = "agreement_amended"
PLANNED = "amendment_planned"
WITHDRAWN = "amendment_withdrawn"

KINDS = (AMENDED, PLANNED, WITHDRAWN)


def tell_amended(agreement: Agreement, event: Event, *, before: Terms, after: Terms, by: User, at: datetime) -> None:
    """Queue the notice that other targets hold from now on, in the caller's transaction. Six queries."""
    _tell(AMENDED, f"e{event.pk}", agreement, changes(before, after), by=by, at=at)


def tell_planned(planned: PlannedAmendment, *, before: Terms, after: Terms, by: User, at: datetime) -> None:
    """Queue the notice that other targets will hold from a day on, in the caller's transaction. Six queries."""
    changed = changes(before, after)
    _tell(PLANNED, f"p{planned.pk}", planned.agreement, changed, by=by, at=at, on=planned.begins_on)


def tell_withdrawn(planned: PlannedAmendment, *, before: Terms, after: Terms | None, by: User, at: datetime) -> None:
    """Queue the notice that what was planned is taken back; `after` is what it would have made of the terms."""
    changed = changes(before, after) if after is not None else []
    _tell(WITHDRAWN, f"p{planned.pk}", planned.agreement, changed, by=by, at=at, on=planned.begins_on)


def _tell(
    kind: str,
    source: str,
    agreement: Agreement,
    changed: Sequence[Change],
    *,
    by: User,
    at: datetime,
    on: date | None = None,
) -> None:
    """Queue a notice for both sides, whoever acted left out. What changes travels with it: terms go on changing."""
    people = [*client_people(agreement.client_id), *relationship_manager(agreement.client)]
    told = [asdict(change) for change in changed]
    enqueue(
        (
            Notice(
                key=f"{kind}:{source}:{one.address}",
                kind=kind,
                address=one.address,
                recipient_id=one.user_id,
                agreement_id=agreement.pk,
                subject_kind="agreement",
                context={
                    "why": one.why,
                    "ours": one.is_provider,
                    "at": at.isoformat(),
                    "on": str(on) if on is not None else None,
                    "changes": told,
                },
                mutable=False,
            )
            for one in people
            if one.address != by.email
        ),
        at=at,
    )


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write what changes in agreements. One query."""
    wanted = {message.agreement_id for message in messages}
    agreements = Agreement.objects.select_related("client").in_bulk(wanted)
    return [_mail(message, agreements[message.agreement_id or 0]) for message in messages]


def _mail(message: Message, agreement: Agreement) -> Mail:
    changed = [Change(**change) for change in message.context["changes"]]
    words = _words(message, agreement)
    client = [("Client", agreement.client.name)] if message.context["ours"] else []
    return Mail(
        subject=words.subject,
        kicker=f"{words.kicker}, {agreement.ref}",
        ask=words.ask,
        paragraphs=[words.keeps],
        facts=[
            *client,
            ("Agreement", f"{agreement.title} ({agreement.ref})"),
            *words.since,
            *((f"{change.part}, {change.label.lower()}", _told(message.kind, change)) for change in changed),
        ],
        clause=", ".join(dict.fromkeys(change.clause for change in changed)),
        why=f"Why you get this: {message.context['why']}",
        link_path=reverse("agreement", args=[agreement.pk]),
        link_label="Open the agreement",
        state=words.state,
    )


def _told(kind: str, change: Change) -> str:
    """Return what becomes of one value, with its clause."""
    after, before = change.after or "nothing", change.before or "nothing"
    if kind == WITHDRAWN:
        return f"stays as it is, {after} was planned ({change.clause})"
    return f"{after} instead of {before} ({change.clause})"


class _Words(NamedTuple):
    """What one kind of notice says beside the values."""

    subject: str
    kicker: str
    ask: str
    keeps: str
    since: Sequence[tuple[str, str]]
    state: MailState


def _words(message: Message, agreement: Agreement) -> _Words:
    title = agreement.title
    if message.kind == AMENDED:
        since = instant_text(datetime.fromisoformat(message.context["at"]), zone_of(message))
        return _Words(
            f"Amended: {title}, {since}",
            "Agreement amended",
            f"Read what changed in {title}: it holds for what begins from {since} on.",
            "What had begun by then keeps the terms with which it began.",
            [("Holds from", since)],
            "running",
        )
    on = day_text(date.fromisoformat(message.context["on"]))
    if message.kind == PLANNED:
        return _Words(
            f"Amended from {on} on: {title}",
            "Amendment planned",
            f"Read what changes in {title}: it holds for what begins from {on} on.",
            "What begins before that day keeps the terms of today.",
            [("Holds from", f"{on}, as the day begins"), ("Zone", agreement.zone)],
            "running",
        )
    return _Words(
        f"Taken back: no amendment of {title} from {on} on",
        "Amendment taken back",
        f"Count on {title} as it is: the amendment from {on} on is taken back.",
        "Nothing of what was planned will hold.",
        [("Would have held from", on), ("Zone", agreement.zone)],
        "void",
    )
