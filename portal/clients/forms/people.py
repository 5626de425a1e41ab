"""Inviting people, and joining."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.db.models import QuerySet

from portal.accounts.forms import PASSWORD_HINT
from portal.accounts.models import STAFF_ROLES, Role, User
from portal.clients.forms.clients import MailField
from portal.clients.models import Client, Contact, Invitation
from portal.web.forms import Choice, LineField, OnceForm, PortalForm

ROLES = {
    Role.AGENT: Choice("Agent", "Works on incidents and releases."),
    Role.MANAGER: Choice("Manager", "Works as an agent, and manages clients, agreements and people."),
    Role.FINANCE: Choice("Finance", "Reads, and decides on money."),
    Role.ADMINISTRATOR: Choice("Administrator", "Does everything, the settings and staff's logins among it."),
    Role.MEMBER: Choice("Member", "Reads and comments."),
    Role.SUPPORT_CONTACT: Choice("Support contact", "Opens incidents and is told of what happens to them.", "JS-16"),
    Role.CLIENT_ADMINISTRATOR: Choice("Client administrator", "Does all of it, and manages the client's people."),
}
"""What each role is for, in a sentence."""

PHONE_HINT = "With country code, such as +1 212 555 0100. A support contact is reached by phone too (JS-16)."


def _choices(roles: Sequence[Role]) -> list[tuple[str, Choice]]:
    return [(role.value, ROLES[role]) for role in roles]


def _replaces_field() -> forms.ModelChoiceField[Contact]:
    return forms.ModelChoiceField(
        Contact.objects.none(),
        label="Takes the place of",
        required=False,
        empty_label="Nobody",
        help_text="That person stays a support contact until the mailed link is confirmed (JS-16).",
    )


class InviteStaffForm(OnceForm):
    """Somebody who is to work for the provider."""

    email = MailField()
    role = forms.ChoiceField(choices=_choices(STAFF_ROLES), widget=forms.RadioSelect)


class InviteColleagueForm(OnceForm):
    """Somebody who is to sign in for a client. `roles` are those that the inviting person may give."""

    email = MailField()
    role = forms.ChoiceField(widget=forms.RadioSelect)
    phone = LineField(max_length=40, required=False, help_text=PHONE_HINT)
    replaces = _replaces_field()

    def __init__(self, *args: Any, client: Client, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _choices(roles)  # type: ignore[attr-defined]
        self.fields["replaces"].queryset = _designated(client)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        designates = values.get("role") == Role.SUPPORT_CONTACT
        if designates and not values.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "Nothing is filled in. A support contact is reached by phone too (JS-16).")
        if not designates and values.get("replaces"):
            self.add_error("replaces", "Only a support contact takes a support contact's place. Choose “Nobody”.")
        return values


class DesignateForm(OnceForm):
    """Somebody known who is to become a support contact. Clause: JS-16."""

    phone = LineField(max_length=40, help_text=PHONE_HINT)
    replaces = _replaces_field()

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, initial={"phone": contact.phone}, **kwargs)
        self.fields["replaces"].queryset = _designated(contact.client)  # type: ignore[attr-defined]


def _designated(client: Client) -> QuerySet[Contact]:
    return client.contacts.filter(is_support_contact=True).order_by("name", "id")


class ResendForm(OnceForm):
    """Where an invitation is mailed to once more."""

    email = MailField(help_text="Another address ends the link that was mailed before.")

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, initial={"email": invitation.email}, **kwargs)


class JoinForm(PortalForm):
    """How an invited person is called, and the password they choose."""

    name = LineField(label="Your name", max_length=150)
    password = forms.CharField(
        help_text=PASSWORD_HINT,
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": invitation.name}, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self._email = invitation.email

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("password"):
            try:
                # A person like this one, so that a password that is nearly their address or name is refused.
                password_validation.validate_password(
                    values["password"], User(email=self._email, name=values.get("name", ""))
                )
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values
