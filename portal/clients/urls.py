"""Clients, their people and agreements; the settings of the installation."""

from django.urls import path

from portal.clients.views import agreements, clients, endings, people

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
    path("agreements/<int:agreement_id>/renew/", endings.agreement_renew, name="agreement_renew"),
    path("agreements/<int:agreement_id>/discontinue/", endings.agreement_discontinue, name="agreement_discontinue"),
    path("agreements/<int:agreement_id>/continue/", endings.agreement_continue, name="agreement_continue"),
    path("agreements/<int:agreement_id>/betas/", agreements.agreement_betas, name="agreement_betas"),
    path("clients/<int:client_id>/people/", people.client_people, name="client_people"),
    path("clients/<int:client_id>/people/invite/", people.client_invite, name="client_invite"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.people_invite, name="people_invite"),
    path("people/<int:contact_id>/", people.person, name="person"),
    path("people/<int:contact_id>/designate/", people.person_designate, name="person_designate"),
    path("people/<int:contact_id>/release/", people.person_release, name="person_release"),
    path("staff/", people.staff, name="staff"),
    path("staff/invite/", people.staff_invite, name="staff_invite"),
    path("logins/<int:user_id>/close/", people.login_close, name="login_close"),
    path("logins/<int:user_id>/reopen/", people.login_reopen, name="login_reopen"),
    path("invitations/<int:invitation_id>/resend/", people.invitation_resend, name="invitation_resend"),
    path("invitations/<int:invitation_id>/revoke/", people.invitation_revoke, name="invitation_revoke"),
    # What mails lead to: GET shows, POST confirms.
    path("join/<str:token>/", people.invitation, name="invitation"),
    path("settings/", clients.settings, name="settings"),
]
