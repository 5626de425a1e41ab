"""The incidents app."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Registers the app, and what the portal must know of its subjects."""

    name = "incidents"
    verbose_name = "Incidents"

    def ready(self) -> None:
        """Runs once the models are loaded."""
        from incidents.services import IncidentKind
        from portal.journal.subjects import register

        register("incident", IncidentKind())
