"""The clocks app."""

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    """Registers breaches and their voiding facts as append-only, and the clocks' mails."""

    name = "portal.clocks"
    label = "clocks"
    verbose_name = "Clocks"

    def ready(self) -> None:
        """Runs once the models are loaded."""
        from portal.alerts.kinds import register_kind
        from portal.clients import today
        from portal.clocks import handover
        from portal.clocks.mails import outdated_breaches, outdated_warnings, render_breaches, render_warnings
        from portal.clocks.models import Breach, BreachVoid
        from portal.clocks.notices import BREACH, WARNING
        from portal.journal.append_only import append_only

        append_only(Breach)
        append_only(BreachVoid)
        register_kind(
            BREACH, render_breaches, outdated_breaches, told="staff", mutable=False, says="A promise is broken"
        )
        register_kind(WARNING, render_warnings, outdated_warnings, told="staff", says="A promise is close to its date")
        register_kind(
            handover.HANDOVER,
            handover.render,
            handover.outdated,
            told="staff",
            mutable=False,
            says="What falls due on your shift",
        )
        today.decisions.register(handover.decisions)
