"""The incidents app."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Registers the app, and what the portal must know of its subjects."""

    name = "incidents"
    verbose_name = "Incidents"
