"""The forms of clients, their people, and their agreements."""

from portal.clients.forms.agreements import AgreementForm, AmendmentForm, DiscontinuationForm, RenewalForm
from portal.clients.forms.clients import ClientForm, ContactForm, ProviderForm, SearchForm
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
    "SearchForm",
]
