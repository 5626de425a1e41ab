"""The credits app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CreditsConfig(AppConfig):
    """Registers what the database guards and how sources are shown, and makes the units after every migrate."""

    name = "credits"
    verbose_name = "Credits"

    def ready(self) -> None:
        """Runs once the models are loaded."""
        from credits import source_kinds
        from credits.guards import register
        from credits.services.units import make_units

        register()
        source_kinds.register()
        post_migrate.connect(make_units, sender=self, dispatch_uid="credits_units")
