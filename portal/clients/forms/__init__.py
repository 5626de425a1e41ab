"""The forms of clients, their people, and their agreements."""

from portal.clients.forms.agreements import AgreementForm, AmendmentForm
from portal.clients.forms.clients import ClientForm, ContactForm, ProviderForm, SearchForm

__all__ = ["AgreementForm", "AmendmentForm", "ClientForm", "ContactForm", "ProviderForm", "SearchForm"]
