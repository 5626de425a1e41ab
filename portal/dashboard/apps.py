"""The dashboard app."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """Registers the app under its floor's name."""

    name = "portal.dashboard"
    label = "dashboard"
    verbose_name = "Dashboard"
