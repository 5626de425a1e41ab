"""The clients app."""

from django.apps import AppConfig
from django.http import HttpRequest


class ClientsConfig(AppConfig):
    """Tells the floors below who the provider is, and the navigation where its pages are."""

    name = "portal.clients"
    label = "clients"
    verbose_name = "Clients"

    def ready(self) -> None:
        # The models can only be imported once every app is loaded.
        from portal.accounts.access import user_of
        from portal.accounts.permissions import Act, may
        from portal.alerts.provider import set_provider
        from portal.clients.queries import provider_as_sender
        from portal.web import navigation

        def administers(request: HttpRequest) -> bool:
            return may(user_of(request), Act.ADMINISTER)

        set_provider(provider_as_sender)
        navigation.register(
            navigation.NavEntry(url_name="clients", label="Clients", icon="building-2", audience="staff", order=40),
            navigation.NavEntry(
                url_name="settings",
                label="Settings",
                icon="settings",
                audience="staff",
                order=900,
                section="Installation",
                allows=administers,
            ),
            navigation.NavEntry(
                url_name="admin:index",
                label="Records",
                icon="database",
                audience="staff",
                order=910,
                section="Installation",
                allows=administers,
            ),
            navigation.NavEntry(url_name="agreements", label="Agreements", icon="scale", audience="client", order=40),
        )
