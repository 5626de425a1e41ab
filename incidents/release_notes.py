"""Who is told of a release, and in which words: everybody whom it goes to, at one instant. Clause: JB-9, JB-15."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse

from incidents.models import Release
from portal.alerts.kinds import Mail, zone_of
from portal.alerts.models import Message
from portal.alerts.services import Notice, enqueue
from portal.clients.models import Agreement, Contact
from portal.web.figures import instant_text

KIND = "release_published"
MOST_PARAGRAPHS = 12
"""Of the notes that a mail repeats; the page has them all."""


def tell_contacts(release: Release, agreements: Iterable[Agreement], *, at: datetime) -> None:
    """Queue a notice for each designated support contact of these agreements' clients, in the caller's transaction.

    Nobody can mute it or have it in a digest: then it would reach one client before another. One query.
    """
    of_client = {agreement.client_id: agreement for agreement in agreements}
    contacts = Contact.objects.filter(client__in=of_client, is_support_contact=True).order_by("client", "id")
    enqueue(
        (
            Notice(
                key=f"{KIND}:{release.pk}:{contact.email}",
                kind=KIND,
                address=contact.email,
                recipient_id=contact.user_id,
                agreement_id=of_client[contact.client_id].pk,
                subject_kind="release",
                subject_ref=release.ref,
                context={"why": "You are a designated support contact.", "release": release.pk},
                mutable=False,
            )
            for contact in contacts
        ),
        at=at,
    )


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write what is new. Two queries."""
    releases = Release.objects.select_related("product").in_bulk({message.context["release"] for message in messages})
    agreements = Agreement.objects.in_bulk({message.agreement_id for message in messages})
    return [
        _mail(message, releases[message.context["release"]], agreements[message.agreement_id or 0])
        for message in messages
    ]


def clause_of(release: Release, agreement: Agreement) -> str:
    """Return the clause by which a client gets a release; none where its contract says nothing of releases."""
    support = agreement.pinned_terms.document.support
    if support is None or support.beta_unsupported is None:
        return ""
    return "JB-15" if release.beta else "JB-9"


def _mail(message: Message, release: Release, agreement: Agreement) -> Mail:
    kind = "Beta release" if release.beta else "Release"
    name = f"{release.product} {release.ref}"
    out = instant_text(release.published_at or message.queued_at, zone_of(message))
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", release.notes) if part.strip()]
    more = len(paragraphs) - MOST_PARAGRAPHS
    return Mail(
        subject=f"{kind} of {name}, out {out}",
        kicker=f"{kind} {release.ref}",
        ask=f"Read what is new in {name}.",
        paragraphs=[*paragraphs[:MOST_PARAGRAPHS], *([f"The page has {more} more paragraphs."] if more > 0 else [])],
        facts=[
            ("Product", str(release.product)),
            ("Out", out),
            ("Goes to", "every client that asked for betas" if release.beta else "every client on the product"),
            *([("Support", "none on a beta version")] if release.beta else []),
        ],
        clause=clause_of(release, agreement),
        why=f"Why you get this: {message.context['why']}",
        link_path=reverse("release", args=[release.pk]),
        link_label=f"Open release {release.ref}",
        state="running",
    )
