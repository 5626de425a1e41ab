"""Clients, their people and agreements; the settings of the installation."""

from django.urls import path

from portal.clients.views import agreements, clients

urlpatterns = [
    path("clients/", clients.clients, name="clients"),
    path("clients/new/", clients.client_new, name="client_new"),
    path("clients/<int:client_id>/", clients.client, name="client"),
    path("clients/<int:client_id>/edit/", clients.client_edit, name="client_edit"),
    path("clients/<int:client_id>/contacts/new/", clients.contact_new, name="contact_new"),
    path("clients/<int:client_id>/contacts/<int:contact_id>/", clients.contact_edit, name="contact_edit"),
    path("clients/<int:client_id>/contacts/<int:contact_id>/remove/", clients.contact_remove, name="contact_remove"),
    path("clients/<int:client_id>/agreements/new/", agreements.agreement_new, name="agreement_new"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<int:agreement_id>/", agreements.agreement, name="agreement"),
    path("agreements/<int:agreement_id>/edit/", agreements.agreement_edit, name="agreement_edit"),
    path("agreements/<int:agreement_id>/activate/", agreements.agreement_activate, name="agreement_activate"),
    path("agreements/<int:agreement_id>/amend/", agreements.agreement_amend, name="agreement_amend"),
    path("agreements/<int:agreement_id>/suspend/", agreements.agreement_suspend, name="agreement_suspend"),
    path("agreements/<int:agreement_id>/reinstate/", agreements.agreement_reinstate, name="agreement_reinstate"),
    path("settings/", clients.settings, name="settings"),
]
