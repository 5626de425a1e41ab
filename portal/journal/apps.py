"""The journal app."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate


class JournalConfig(AppConfig):
    """Registers the journal as append-only, and makes such tables' triggers after every migrate."""

    name = "portal.journal"
    label = "journal"
    verbose_name = "Journal"

    def ready(self) -> None:
        """Runs once the models are loaded."""
        from portal.journal import append_only
        from portal.journal.models import Event

        append_only.append_only(Event)
        pre_migrate.connect(append_only.drop_triggers_before_migrate, dispatch_uid="append_only_triggers")
        post_migrate.connect(append_only.make_triggers_after_migrate, dispatch_uid="append_only_triggers")
        register(append_only.check_triggers, Tags.database)
