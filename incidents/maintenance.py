"""Who is told of maintenance, and in which words: the contract's written notice. Clause: JS-18, JB-10."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from incidents.models import MaintenanceWindow
from portal.alerts.kinds import Mail, MailState, zone_of
from portal.alerts.models import Message
from portal.alerts.services import Notice, enqueue
from portal.clients.models import Contact
from portal.contract.terms import AvailabilityTerms
from portal.journal.models import Event
from portal.web.figures import duration_text, period_text

KINDS = ("maintenance_announced", "maintenance_cancelled")
WHY = "You are a designated support contact."


def tell_contacts(kind: str, *, window: MaintenanceWindow, event: Event, at: datetime) -> None:
    """Queue a notice for every designated support contact, in the caller's transaction. Nobody can mute it."""
    enqueue(
        (
            Notice(
                key=f"{kind}:e{event.pk}:{contact.email}",
                kind=kind,
                address=contact.email,
                recipient_id=contact.user_id,
                agreement_id=window.agreement_id,
                subject_kind="maintenance",
                subject_ref=window.ref,
                event_id=event.pk,
                context={"why": WHY, "window": window.pk},
                mutable=False,
            )
            for contact in Contact.objects.filter(client=window.agreement.client_id, is_support_contact=True)
        ),
        at=at,
    )


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write notices of maintenance. One query."""
    windows = MaintenanceWindow.objects.select_related("agreement__client").in_bulk(
        {message.context["window"] for message in messages}
    )
    return [_mail(message, windows) for message in messages]


def _mail(message: Message, windows: Mapping[int, MaintenanceWindow]) -> Mail:
    window = windows[message.context["window"]]
    announced = message.kind == "maintenance_announced"
    first, last = period_text(window.starts_at, window.ends_at, zone_of(message))
    service = window.agreement.title
    state: MailState = "paused" if announced else "void"
    return Mail(
        subject=f"{'Maintenance' if announced else 'Cancelled: maintenance'} of {service}, {first} to {last}",
        kicker=f"{'Maintenance' if announced else 'Cancelled maintenance'} {window.ref}",
        ask=(
            f"Expect {service} to be down for a while between {first} and {last}."
            if announced
            else f"Expect no maintenance of {service} from {first} to {last}: it is cancelled."
        ),
        paragraphs=[window.purpose] if announced and window.purpose else [],
        facts=[
            ("Service", f"{service} ({window.agreement.ref})"),
            ("From", first),
            ("To", last),
            ("Longest", duration_text(window.ends_at - window.starts_at)),
            *([("Agreed", "with you beforehand")] if window.agreed else []),
        ],
        clause=_clause(window),
        why=f"Why you get this: {message.context['why']}",
        link_path=f"/availability/{window.agreement_id}/",
        link_label="Open its availability",
        state=state,
    )


def _clause(window: MaintenanceWindow) -> str:
    terms: AvailabilityTerms | None = window.agreement.pinned_terms.document.availability
    return terms.notice.clause if terms is not None else ""
