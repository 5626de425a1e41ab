"""The clocks app."""

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    """Registers breaches and their voiding facts as append-only."""

    name = "portal.clocks"
    label = "clocks"
    verbose_name = "Clocks"

    def ready(self) -> None:
        """Runs once the models are loaded."""
        from portal.clocks.models import Breach, BreachVoid
        from portal.journal.append_only import append_only

        append_only(Breach)
        append_only(BreachVoid)
