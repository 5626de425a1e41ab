"""The alerts app."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Registers the kinds of message that the outbox writes itself, and its pages in the staff's navigation."""

    name = "portal.alerts"
    label = "alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        """Runs once the models are loaded."""
        from portal.alerts.digests import DIGEST, render_digests
        from portal.alerts.kinds import register_kind
        from portal.alerts.undelivered import UNDELIVERED, render_undelivered
        from portal.web.navigation import NavEntry, register

        register_kind(DIGEST, render_digests)
        register_kind(UNDELIVERED, render_undelivered)
        register(
            NavEntry(url_name="outbox", label="Outbox", icon="mail", audience="staff", order=310, section="Alerts"),
            NavEntry(
                url_name="latency", label="Alert latency", icon="timer", audience="staff", order=320, section="Alerts"
            ),
        )
