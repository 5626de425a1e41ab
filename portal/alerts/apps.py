"""The alerts app."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Registers the app under its floor's name."""

    name = "portal.alerts"
    label = "alerts"
    verbose_name = "Alerts"
