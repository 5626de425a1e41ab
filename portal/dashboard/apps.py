"""The dashboard app."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """Registers the first screens in the navigation."""

    name = "portal.dashboard"
    label = "dashboard"
    verbose_name = "Dashboard"

    def ready(self) -> None:
        """Runs once the models are loaded."""
        from portal.clients import places
        from portal.web.navigation import NavEntry, register

        places.register(places.Place(url_name="home", label="Due and to decide", icon="house", order=10, narrowed=True))
        register(
            NavEntry(url_name="home", label="Today", icon="house", audience="staff", order=10),
            NavEntry(url_name="home", label="Overview", icon="house", audience="client", order=10),
        )
