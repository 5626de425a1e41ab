"""The clients app."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """Registers the app under its floor's name."""

    name = "portal.clients"
    label = "clients"
    verbose_name = "Clients"
