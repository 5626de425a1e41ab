"""Clients, contacts, the provider."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.accounts.models import STAFF_ROLES, Role, User
from portal.clients.models import Client, Contact, Provider
from portal.clients.services import ContactDetails
from portal.web.forms import FilterForm, LineField, OnceForm, PortalForm, ZoneField

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
MOST_DOMAINS = 20


class ClientFilter(FilterForm):
    """What the list of clients is narrowed to; it stands in the address. BAD_INPUTS: 2."""

    q = LineField(label="Name", required=False, max_length=100)


class MailField(forms.EmailField):
    """One mail address, kept in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        self.error_messages["invalid"] = "That is no mail address. Write one such as dana@example.com."

    def clean(self, value: Any) -> str:
        return str(super().clean(value) or "").lower()


class ClientForm(OnceForm):
    """A client company."""

    name = LineField(max_length=150)
    zone = ZoneField(label="Time zone", help_text="Where most of its people are, such as America/New_York.")
    domains = LineField(
        label="Mail domains",
        required=False,
        max_length=2000,
        help_text="Of its people's addresses, with commas between them: example.com, example.org.",
    )
    relationship_manager = forms.ModelChoiceField(
        User.objects.none(), required=False, empty_label="Nobody", help_text="Who of ours answers for this client."
    )

    def __init__(self, *args: Any, client: Client | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"zone": "America/New_York"}
        if client is not None:
            initial = {
                "name": client.name,
                "zone": client.zone,
                "domains": ", ".join(client.domains),
                "relationship_manager": client.relationship_manager_id,
            }
        super().__init__(*args, initial=initial, **kwargs)
        people = User.objects.filter(role__in=STAFF_ROLES, is_active=True).exclude(role=Role.FINANCE)
        self.fields["relationship_manager"].queryset = people  # type: ignore[attr-defined]

    def clean_domains(self) -> list[str]:
        """Return the domains in lower case, each once."""
        words = [word.strip().lower().removeprefix("@") for word in self.cleaned_data["domains"].split(",")]
        domains = list(dict.fromkeys(word for word in words if word))
        for domain in domains:
            if not _DOMAIN.fullmatch(domain) or len(domain) > 253:
                raise ValidationError(f"“{domain[:60]}” is no mail domain. Write one such as example.com.")
        if len(domains) > MOST_DOMAINS:
            raise ValidationError(f"These are {len(domains)} domains. Give {MOST_DOMAINS} at most.")
        return domains

    def values(self) -> dict[str, Any]:
        """Return what the services take."""
        manager = self.cleaned_data["relationship_manager"]
        return {
            "name": self.cleaned_data["name"],
            "zone": self.cleaned_data["zone"],
            "domains": self.cleaned_data["domains"],
            "relationship_manager_id": manager.pk if manager else None,
        }


class ContactForm(OnceForm):
    """A person of a client's. Clause: JS-16, JB-2."""

    name = LineField(max_length=150)
    email = MailField()
    phone = LineField(max_length=40, required=False, help_text="With country code, such as +1 212 555 0100.")
    is_support_contact = forms.BooleanField(
        label="Designated support contact",
        required=False,
        help_text="May open incidents and is told of what happens to them. Needs a phone number (JS-16, JB-2).",
    )
    signs_in = forms.BooleanField(
        label="Signs in to the portal",
        required=False,
        help_text="With an emailed code at first. Without the box above this person reads and comments only.",
    )
    is_administrator = forms.BooleanField(label="Administers the client's side of the portal", required=False)

    def __init__(self, *args: Any, contact: Contact | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {}
        if contact is not None:
            user = contact.user
            initial = {
                "name": contact.name,
                "email": contact.email,
                "phone": contact.phone,
                "is_support_contact": contact.is_support_contact,
                "signs_in": user is not None and user.is_active,
                "is_administrator": user is not None and user.role == Role.CLIENT_ADMINISTRATOR,
            }
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("is_support_contact") and not values.get("phone"):
            self.add_error(
                "phone", "Nothing is filled in. A designated support contact is reached by phone too (JS-16)."
            )
        if values.get("is_administrator") and not values.get("signs_in"):
            self.add_error("signs_in", "An administrator signs in. Tick this box, or take the other one away.")
        return values

    def details(self) -> ContactDetails:
        """Return what the services take."""
        return ContactDetails(**{name: self.cleaned_data[name] for name in ContactDetails.__dataclass_fields__})


class ProviderForm(PortalForm):
    """The company that runs this installation."""

    name = LineField(max_length=150, help_text="Mails are signed with it.")
    sender = MailField(label="Sender of mails", help_text="Mails to clients come from this address.")
    zone = ZoneField(label="Time zone", help_text="In which mails tell times to people without a zone of their own.")
    fallback = MailField(
        label="Fallback address",
        required=False,
        help_text="Told when a mail fails for good and nobody else can be reached.",
    )

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        initial = {name: getattr(provider, name) for name in ("name", "sender", "zone", "fallback")}
        super().__init__(*args, initial=initial, **kwargs)
