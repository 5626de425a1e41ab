"""Sign-in, sign-out, passwords, and a person's own page, below /account/.

Of allauth's pages only these exist: there is no signing up, and addresses are changed by staff.
"""

from allauth.account import views as allauth_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from django.urls import path, re_path

from portal.accounts import views
from portal.alerts.views import preferences

urlpatterns = [
    path("", views.account, name="account"),
    path("login/", allauth_views.login, name="account_login"),
    path("login/code/", allauth_views.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", allauth_views.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("password/set/", allauth_views.password_set, name="account_set_password"),
    path("password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("again/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("second-step/", mfa_views.index, name="mfa_index"),
    path("second-step/code/", mfa_views.authenticate, name="mfa_authenticate"),
    path("second-step/again/", mfa_views.reauthenticate, name="mfa_reauthenticate"),
    path("second-step/app/", totp_views.activate_totp, name="mfa_activate_totp"),
    path("second-step/app/off/", totp_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-step/recovery-codes/", recovery_views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-step/recovery-codes/new/", recovery_views.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("acting/stop/", views.acting_stop, name="acting_stop"),
    path("acting/<int:user_id>/", views.acting_begin, name="acting_begin"),
    path("notices/", preferences, name="preferences"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/<int:sign_in_id>/end/", views.session_end, name="session_end"),
    path("sessions/end/", views.sessions_end, name="sessions_end"),
]
