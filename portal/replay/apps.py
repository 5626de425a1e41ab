"""The replay app."""

from django.apps import AppConfig


class ReplayConfig(AppConfig):
    """Registers the app under its floor's name."""

    name = "portal.replay"
    label = "replay"
    verbose_name = "Replay"
