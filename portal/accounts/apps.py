"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the app under its floor's name."""

    name = "portal.accounts"
    label = "accounts"
    verbose_name = "Accounts"
