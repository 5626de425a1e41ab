"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Listens to sign-ins, to keep the list of sessions and the log."""

    name = "portal.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Listen to sign-ins: allauth and Django tell of them by signals only."""
        from allauth.account.signals import password_changed, password_reset, password_set
        from allauth.mfa.signals import authentication_failed
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from portal.accounts.signals import end_acting_at_sign_out, end_other_sessions, log_wrong_code, note_sign_in

        for changed in (password_changed, password_reset, password_set):
            changed.connect(end_other_sessions, dispatch_uid="end_other_sessions")
        user_logged_out.connect(end_acting_at_sign_out, dispatch_uid="end_acting_at_sign_out")
        user_logged_in.connect(note_sign_in, dispatch_uid="note_sign_in")
        authentication_failed.connect(log_wrong_code, dispatch_uid="log_wrong_code")
