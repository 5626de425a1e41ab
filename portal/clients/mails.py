"""The words of invitations. The link is made here, when the mail is written. Clause: JS-16."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from portal.alerts.kinds import Mail, zone_of
from portal.alerts.models import Message
from portal.alerts.provider import provider
from portal.clients.models import Invitation
from portal.clients.services.invitations import link_token
from portal.web.figures import instant_text


def render_invitations(messages: Sequence[Message]) -> list[Mail]:
    """Write invitations. Two queries."""
    rows, name = _invitations(messages), provider().name
    return [_mail(message, rows[message.context["invitation"]], name) for message in messages]


def outdated_invitations(messages: Sequence[Message]) -> Mapping[int, str]:
    """Return the mails whose link opens nothing any more. One query."""
    rows = _invitations(messages)
    reasons: dict[int, str] = {}
    for message in messages:
        invitation = rows.get(message.context["invitation"])
        if invitation is None or invitation.revoked_at is not None:
            reasons[message.pk] = "The invitation was taken back."
        elif invitation.confirmed_at is not None:
            reasons[message.pk] = "The invitation was confirmed already."
        elif invitation.email != message.address:
            reasons[message.pk] = "The invitation was sent to another address since."
    return reasons


def _invitations(messages: Sequence[Message]) -> dict[int, Invitation]:
    ids = {message.context["invitation"] for message in messages}
    return Invitation.objects.select_related("client", "replaces", "invited_by").in_bulk(ids)


def _mail(message: Message, invitation: Invitation, provider_name: str) -> Mail:
    until = instant_text(invitation.expires_at, zone_of(message))
    side = invitation.client.name if invitation.client else provider_name
    facts = [("Invited by", invitation.invited_by.name), ("As", invitation.get_role_display()), ("Good until", until)]
    if invitation.designates:
        if invitation.replaces:
            facts.append(("In place of", invitation.replaces.name))
        return Mail(
            subject=f"Confirm by {until}: support contact of {side}",
            ask=f"Confirm that you are a support contact of {side}.",
            paragraphs=["Support contacts open incidents and are told of what happens to them."],
            facts=facts,
            why=f"You get this because {invitation.invited_by} named you. If it is a mistake, nothing has to be done.",
            clause="JS-16",
            link_path=reverse("invitation", args=[link_token(invitation)]),
            link_label="Open the page that confirms it",
        )
    return Mail(
        subject=f"Join by {until}: {side} on the customer success portal",
        ask=f"Choose a password to join {side} on the portal.",
        facts=facts,
        why=f"You get this because {invitation.invited_by} invited you. If it is a mistake, nothing has to be done.",
        link_path=reverse("invitation", args=[link_token(invitation)]),
        link_label="Open the invitation",
    )
