"""The replay app."""

from django.apps import AppConfig
from django.http import HttpRequest


class ReplayConfig(AppConfig):
    """Registers the app under its floor's name, and its page in the navigation."""

    name = "portal.replay"
    label = "replay"
    verbose_name = "Replay"

    def ready(self) -> None:
        """Runs once the models are loaded."""
        from portal.accounts.models import User
        from portal.accounts.permissions import Act, may
        from portal.web.navigation import NavEntry, register

        def allowed(request: HttpRequest) -> bool:
            return isinstance(request.user, User) and may(request.user, Act.REPLAY)

        register(
            NavEntry(
                url_name="replay_runs",
                label="Replay and what-if",
                icon="history",
                audience="staff",
                order=150,
                section="Promises",
                allows=allowed,
            )
        )
