"""The forms of clients, their people, and their agreements."""

from portal.clients.forms.agreements import AgreementForm, AmendmentForm, DiscontinuationForm, RenewalForm
from portal.clients.forms.clients import ClientFilter, ClientForm, ContactForm, ProviderForm
from portal.clients.forms.people import (
    DesignateForm,
    InviteColleagueForm,
    InviteStaffForm,
    JoinForm,
    ResendForm,
)

__all__ = [
    "AgreementForm",
    "AmendmentForm",
    "ClientFilter",
    "ClientForm",
    "ContactForm",
    "DesignateForm",
    "DiscontinuationForm",
    "InviteColleagueForm",
    "InviteStaffForm",
    "JoinForm",
    "ProviderForm",
    "RenewalForm",
    "ResendForm",
]
